"""One child process, as the pool sees it."""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from headwater.core.clock import monotonic
from headwater.core.settings import inherited_environment
from headwater.kit.processes.errors import DeadlinePassed, MemoryExceeded, ProcessDied, WorkFailed
from headwater.kit.processes.frames import receive_frame, send_frame

#: For how long a child may import what it works with, and for how long its end is waited for.
MAX_START_SECONDS = 60.0
MAX_REAP_SECONDS = 10.0
# What any program needs to run; the rest of this process's environment holds secrets.
_BARE_NAMES = frozenset(
    ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
)
# One thread is enough for the matrices of a page.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_PROGRAM = Path(__file__).with_name("program.py")


class Child:
    """A process that runs one call after the other. Used by one thread; `kill` may be called by any."""

    def __init__(self) -> None:
        """Start it. Raises OSError where the machine has no room for it."""
        self.calls = 0
        self.peak_bytes = 0
        self._guard = Lock()
        ours, theirs = socket.socketpair()
        self._connection = ours
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(_PROGRAM), str(theirs.fileno()), str(os.getpid())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_bare_environment(),
            )

    def prepare(self, *, preload: Sequence[str], max_memory_bytes: int) -> None:
        """Wait until it takes calls. Raises ProcessDied where it doesn't; the child is gone then."""
        deadline = monotonic() + MAX_START_SECONDS
        try:
            send_frame(self._connection, pickle.dumps((sys.path, tuple(preload), max_memory_bytes)), deadline=deadline)
            receive_frame(self._connection, deadline=deadline)
        except (OSError, EOFError) as error:
            self.close()
            raise ProcessDied from error

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Say whether it still runs."""
        return self._process.poll() is None

    def call(self, request: bytes, *, seconds: float) -> Any:
        """Run a pickled call and return its result. After any error but one of ours the child is of no more use.

        Raises:
            DeadlinePassed: it took longer than `seconds`.
            MemoryExceeded: it wanted more memory than it may have.
            ProcessDied: it ended in the middle.
            WorkFailed: what it ran raised something else than an error of ours, which is raised as it is.
        """
        self.calls += 1
        deadline = monotonic() + seconds
        try:
            send_frame(self._connection, request, deadline=deadline)
            kind, value, self.peak_bytes = pickle.loads(receive_frame(self._connection, deadline=deadline))  # noqa: S301 - our child's
        except TimeoutError:
            raise DeadlinePassed(seconds) from None
        except (OSError, EOFError, ValueError, pickle.UnpicklingError) as error:
            raise ProcessDied from error
        if kind == "memory":
            raise MemoryExceeded
        if kind == "failed":
            raise WorkFailed(value)
        if kind == "raised":
            raise value
        return value

    def kill(self) -> None:
        """End it now, whatever it does."""
        with self._guard:
            if self._process.returncode is None:
                self._process.kill()

    def close(self) -> None:
        """End it and wait until it is gone."""
        self.kill()
        self._connection.close()
        with suppress(subprocess.TimeoutExpired):
            # One that the kernel can't end yet holds no lock of ours.
            self._process.wait(MAX_REAP_SECONDS)


def _bare_environment() -> dict[str, str]:
    """Return the environment of a child, which must hold no secrets."""
    inherited = inherited_environment().items()
    return {name: value for name, value in inherited if name in _BARE_NAMES or name.startswith("LC_")} | _ONE_THREAD
