"""What an earlier run may have left on the same data: a stale `postmaster.pid`, a living server, orphaned backends.

Only called while the data folder is claimed, so no living Headwater runs these; and a process is only ever signalled
when it is a Postgres that works in this very folder.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from headwater.core.clock import monotonic
from headwater.core.errors import Unavailable
from headwater.core.telemetry import get_logger
from headwater.local.process.running import KILL, exists, list_processes, signal_process

_FAST_SHUTDOWN_SECONDS = 60.0
_IMMEDIATE_SHUTDOWN_SECONDS = 10.0
_ORPHAN_SECONDS = 2.0
_POLL_SECONDS = 0.02
# Absent on Windows, where nothing is signalled because nothing is ever listed.
_QUIT = getattr(signal, "SIGQUIT", signal.SIGTERM)

logger = get_logger(__name__)


async def clear_leftovers(folder: Path) -> int | None:
    """Stop what an earlier run left on the data in `folder`.

    Gives the process id in `postmaster.pid` if a stranger has it now, so that Postgres can be told to disregard it
    (the file itself stays: Postgres also checks the shared memory that it names).

    Raises:
        Unavailable: a server that was left behind doesn't stop.
    """
    postmaster = _read_postmaster(folder)
    ours = _list_ours(folder, postmaster=postmaster)
    if postmaster in ours and postmaster is not None:
        logger.warning("a Postgres left behind by an earlier run is stopped", pid=postmaster)
        await _stop_postmaster(postmaster, folder=folder)
    await _stop_orphans(folder, postmaster=postmaster)
    if postmaster is not None and exists(postmaster):
        logger.info("postmaster.pid names a process of somebody else; it is disregarded", pid=postmaster)
        return postmaster
    return None


def _read_postmaster(folder: Path) -> int | None:
    try:
        return abs(int((folder / "postmaster.pid").read_text("utf-8", "replace").split("\n", 1)[0]))
    except (OSError, ValueError):
        return None


def _list_ours(folder: Path, *, postmaster: int | None) -> set[int]:
    """Give the Postgres processes that work in `folder`."""
    found = list_processes(program="postgres")
    if sys.platform == "linux":
        # Another mount namespace could hold the same path, but not the same folder.
        return {process.pid for process in found if process.folder == folder and _is_same(process.pid, folder)}
    return {process.pid for process in found if process.pid == postmaster and f"-D {folder}" in process.command}


def _is_same(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False


async def _stop_postmaster(pid: int, *, folder: Path) -> None:
    for number, seconds in ((signal.SIGINT, _FAST_SHUTDOWN_SECONDS), (_QUIT, _IMMEDIATE_SHUTDOWN_SECONDS)):
        signal_process(pid, number)
        if await _are_gone([pid], seconds=seconds):
            return
    raise Unavailable(
        f"A Postgres from an earlier run (process {pid}) still works on {folder} and doesn't stop.",
        hint=f"Stop it: kill {pid}",
    )


async def _stop_orphans(folder: Path, *, postmaster: int | None) -> None:
    """End backends whose postmaster was killed: busy ones notice late, and no new server may start beside them."""
    for number in (_QUIT, KILL):
        orphans = _list_ours(folder, postmaster=postmaster)
        for pid in orphans:
            signal_process(pid, number)
        if await _are_gone(orphans, seconds=_ORPHAN_SECONDS):
            return


async def _are_gone(pids: Iterable[int], *, seconds: float) -> bool:
    deadline = monotonic() + seconds
    remaining = set(pids)
    while remaining := {pid for pid in remaining if exists(pid)}:
        if monotonic() > deadline:
            return False
        await asyncio.sleep(_POLL_SECONDS)
    return True
