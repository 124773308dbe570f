"""Says in one line why the disk refused."""

from __future__ import annotations

import errno
from pathlib import Path

from headwater.core.errors import Unavailable

_FULL = {errno.ENOSPC, errno.EDQUOT}


def explain_os_error(error: OSError, folder: Path, *, what: str) -> Unavailable:
    """Return the error of a backup or restore that the disk of `folder` refused."""
    if error.errno in _FULL:
        return explain_full_disk(folder, what=what)
    place = error.filename if isinstance(error.filename, str) else folder
    return Unavailable(f"{what} failed at {place}: {error.strerror or error}.", hint="Nothing was changed.")


def explain_full_disk(folder: Path, *, what: str, needed: int | None = None) -> Unavailable:
    """Return the error for a disk that is full, or has less than `needed` bytes free."""
    room = f" of {needed / 1e6:,.0f} MB at least" if needed is not None else ""
    return Unavailable(
        f"{what} has no room{room}: the disk that holds {folder} is full.",
        code="disk_full",
        hint="Free some space there, and run it again; nothing was changed.",
    )
