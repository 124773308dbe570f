"""Finds what the package brings along and the checkout has."""

from __future__ import annotations

from pathlib import Path


def find_dashboard() -> Path | None:
    """Return the folder of the built dashboard: inside the installed package, or in the checkout; None without one."""
    packaged = Path(__file__).parent.parent / "_dashboard"
    candidates = (packaged, Path(__file__).parents[3] / "dashboard" / "dist")
    return next((folder for folder in candidates if (folder / "index.html").is_file()), None)
