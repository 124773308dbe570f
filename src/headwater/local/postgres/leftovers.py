"""What an earlier run may have left on the same data: a stale `postmaster.pid`, a living server, orphaned backends.

Only called while the data folder is claimed, so no living Headwater runs these; and a process is only ever signalled
when it is a Postgres that works in this very folder.
"""

from __future__ import annotations

import signal
from pathlib import Path

from headwater.core.errors import Unavailable
from headwater.core.telemetry import get_logger
from headwater.process.running import KILL, QUIT, end_processes, exists, list_working_in

_POSTMASTER_STEPS = ((signal.SIGINT, 60.0), (QUIT, 10.0))
# Busy backends notice late that their postmaster is gone, and no new server may start beside them.
_ORPHAN_STEPS = ((QUIT, 2.0), (KILL, 2.0))

logger = get_logger(__name__)


async def clear_leftovers(folder: Path) -> int | None:
    """Stop what an earlier run left on the data in `folder`.

    Returns the process id in `postmaster.pid` if a stranger has it now, so that Postgres can be told to disregard it
    (the file itself stays: Postgres also checks the shared memory that it names).

    Raises:
        Unavailable: a server that was left behind doesn't stop.
    """
    postmaster = _read_postmaster(folder)
    if postmaster in list_working_in(folder, program="postgres") and postmaster is not None:
        logger.warning("leftover_postgres_stopped", pid=postmaster)
        if not await end_processes([postmaster], steps=_POSTMASTER_STEPS):
            raise Unavailable(
                f"A Postgres from an earlier run (process {postmaster}) still works on {folder} and doesn't stop.",
                hint=f"Stop it: kill {postmaster}",
            )
    await end_processes(list_working_in(folder, program="postgres"), steps=_ORPHAN_STEPS)
    if postmaster is not None and exists(postmaster):
        logger.info("foreign_postmaster_pid_ignored", pid=postmaster)
        return postmaster
    return None


def _read_postmaster(folder: Path) -> int | None:
    try:
        return abs(int((folder / "postmaster.pid").read_text("utf-8", "replace").split("\n", 1)[0]))
    except (OSError, ValueError):
        return None
