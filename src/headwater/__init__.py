"""Headwater: signals in, durable work, rows under row-level security, actions out."""

from __future__ import annotations

from typing import Any

__version__: str


def __getattr__(name: str) -> Any:
    """Look up the version and what products export when they are asked for, so that `import headwater` is quick."""
    if name == "__version__":
        # Reading the package's metadata takes as long as much of a start.
        from importlib.metadata import version

        return version("headwater")
    if not name.startswith("_"):
        from importlib.util import find_spec

        # `from headwater import services` asks here first; a part of the package is no product's to export.
        if find_spec(f"{__name__}.{name}") is None:
            from headwater.catalogue import list_exports
            from headwater.kit.module import load_place

            place = list_exports().get(name)
            if place is not None:
                return load_place(place)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
