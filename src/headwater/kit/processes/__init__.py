"""Work on foreign text under a deadline that holds: a small pool of child processes, shared fairly between workspaces.

A regular expression, an HTML parser or a diff can't be interrupted inside the process that runs it: a thread that hangs
keeps its core, and one that holds the GIL stops everything else. A child process is killed, and a new one takes its
place.
"""

from headwater.kit.processes.errors import (
    DeadlinePassed,
    MemoryExceeded,
    PoolBusy,
    PoolClosed,
    ProcessDied,
    WorkFailed,
    WorkStopped,
)
from headwater.kit.processes.pool import ProcessPool

__all__ = [
    "DeadlinePassed",
    "MemoryExceeded",
    "PoolBusy",
    "PoolClosed",
    "ProcessDied",
    "ProcessPool",
    "WorkFailed",
    "WorkStopped",
]
