"""The simulated systems of the platform itself, one a file: `system` of each. Products bring more of their own."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from headwater.kit.demo import System


def list_systems() -> dict[str, System[Any]]:
    """Return the systems of this folder by name, in the order in which they take their ports: the web's come first."""
    found = (import_module(f"{__name__}.{module.name}").system for module in iter_modules(__path__))
    return {system.name: system for system in sorted(found, key=lambda system: (system.name != "web", system.name))}
