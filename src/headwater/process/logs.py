"""Log files of children: bounded in size, and quoted when something fails."""

from __future__ import annotations

import shutil
from pathlib import Path

# The current file and one older one are kept, so a child's logs stay below twice this (plus a few seconds' lines).
LOG_LIMIT_BYTES = 5_000_000


def bound_log(path: Path | None, *, limit: int = LOG_LIMIT_BYTES) -> bool:
    """Move the content of a log that has grown past `limit` bytes aside; say whether it did.

    Copied and emptied instead of renamed: the child holds the file open, for appending, and goes on writing to it.
    """
    if path is None:
        return False
    try:
        if path.stat().st_size <= limit:
            return False
        older = path.with_name(path.name + ".1")
        shutil.copyfile(path, older)
        older.chmod(0o600)
        with path.open("r+b") as log:
            log.truncate(0)
    except OSError:
        # A full disk, for one. The log is tried again in a moment, and the child must not suffer for it.
        return False
    return True


def read_tail(path: Path | None, *, since: int = 0, limit: int = 4_000) -> str:
    """Return the last `limit` bytes that were written after the offset `since`; empty when there is no log."""
    if path is None:
        return ""
    try:
        with path.open("rb") as log:
            size = log.seek(0, 2)
            log.seek(max(size - limit, since if since <= size else 0))
            return log.read().decode(errors="replace").strip()
    except OSError:
        return ""


def measure(path: Path | None) -> int:
    """Return the size of a log in bytes, 0 when there is none."""
    if path is None:
        return 0
    try:
        return path.stat().st_size
    except OSError:
        return 0
