"""Starts one child whose life is tied to ours, and tells when it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Literal

from headwater.process.running import KILL
from headwater.process.users import SystemUser

_KILLED_WITHIN = 60.0
# Making a cluster takes seconds, and minutes on the slowest disk.
_LONGEST_RUN_SECONDS = 900.0
_LAUNCHER = Path(__file__).with_name("launcher.py")
_PRIVATE = 0o077
Tie = Literal["kernel", "watch", "none"]
# The kernel ties the child to its parent on Linux; everywhere else the launcher stays and watches.
DEFAULT_TIE: Tie = "kernel" if sys.platform == "linux" else "watch"


@dataclass(frozen=True)
class ChildCommand:
    """What to run and how.

    `log_file` takes what it prints; None leaves that on our own standard output and error. `environment` is all that it
    gets, with `inherit_environment` on top of ours. `death_signal` is sent to it when this process dies without
    stopping it: the default suits children that keep nothing in memory, a server that must write something down takes a
    gentler one. `by_descriptor` runs a single self-contained binary that `user` can't reach by its path.
    """

    arguments: Sequence[str]
    folder: Path
    log_file: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    inherit_environment: bool = False
    user: SystemUser | None = None
    death_signal: int = KILL
    by_descriptor: bool = False
    tie: Tie = DEFAULT_TIE

    def with_environment(self, more: Mapping[str, str]) -> ChildCommand:
        """Return the same command with more variables set for the child."""
        return replace(self, environment={**self.environment, **more})

    def as_launched(self) -> list[str]:
        """Return the arguments that run this through the launcher."""
        plan = {
            "arguments": list(self.arguments),
            "parent": os.getpid(),
            "user": [self.user.user_id, self.user.group_id] if self.user else None,
            "death_signal": int(self.death_signal),
            "by_descriptor": self.by_descriptor,
            "tie": self.tie,
        }
        return [sys.executable, "-I", "-S", str(_LAUNCHER), json.dumps(plan)]


class SpawnedProcess:
    """A child that runs or has ended.

    A daemon thread of its own starts it and waits for it: the kernel counts the *thread* that started a child as its
    parent, so this thread lives exactly as long as the child does, whatever becomes of the event loop.
    """

    def __init__(self, command: ChildCommand) -> None:
        self._command = command
        self._loop = asyncio.get_running_loop()
        self._started: asyncio.Future[int] = self._loop.create_future()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._guard = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    async def spawn(cls, command: ChildCommand) -> SpawnedProcess:
        """Start `command`. Raises OSError when the system refuses."""
        child = cls(command)
        threading.Thread(target=child._run, name="child", daemon=True).start()
        try:
            await asyncio.shield(child._started)
        except asyncio.CancelledError:
            # Nobody would know of it: it goes as soon as it has come.
            child._started.add_done_callback(lambda _: child.send_signal(KILL))
            raise
        return child

    @property
    def pid(self) -> int:
        """The child's process id (the launcher's, where it stays to watch)."""
        return self._started.result()

    @property
    def exit_code(self) -> int | None:
        """How it ended: the code, or minus the signal; None while it runs."""
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Wait for the end and give the exit code."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        """Signal the child, unless it has ended: its id may belong to somebody else by then."""
        with self._guard:
            process = self._process
            if process is None or process.returncode is not None:
                return
            if number == KILL and hasattr(os, "killpg"):
                # The group: a watching launcher that is killed can't pass it on.
                _end_group(process.pid)
            else:
                process.send_signal(number)

    async def stop(self, *, signals: Sequence[int], patience: float) -> int:
        """Send one signal after the other, waiting `patience` seconds after each, until the child has ended.

        Raises TimeoutError where even being killed doesn't end it.
        """
        for number in signals:
            self.send_signal(number)
            try:
                return await asyncio.wait_for(self.wait(), patience)
            except TimeoutError:
                continue
        self.send_signal(KILL)
        # Not even this ends a process that waits in the kernel, for a disk that is gone.
        async with asyncio.timeout(_KILLED_WITHIN):
            return await self.wait()

    def _run(self) -> None:
        try:
            process = self._open()
        except OSError as error:
            self._tell(self._started.set_exception, error)
            return
        with self._guard:
            self._process = process
        self._tell(self._started.set_result, process.pid)
        code = self._await_end(process)
        if process.stdin:
            process.stdin.close()
        self._tell(self._ended.set_result, code)

    def _open(self) -> subprocess.Popen[bytes]:
        command = self._command
        with open_log(command.log_file) if command.log_file else nullcontext() as log:
            return subprocess.Popen(
                command.as_launched(),
                cwd=command.folder,
                env=_choose_environment(command),
                # The watching launcher reads its parent's death from this pipe.
                stdin=subprocess.PIPE if command.tie == "watch" else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in a terminal signals the whole group; the order in which children stop is ours.
                start_new_session=True,
                # What a child writes, its owner alone may read, whatever the shell allowed that began all this.
                umask=_PRIVATE,
            )

    def _await_end(self, process: subprocess.Popen[bytes]) -> int:
        if hasattr(os, "waitid"):
            try:
                os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            except ChildProcessError:
                # Somebody in this process waits for every child there is, and was quicker.
                return process.wait()
            # Not reaped yet, so its id can't belong to a stranger.
            _end_group(process.pid)
            with self._guard:
                return process.wait()
        return process.wait()

    def _tell(self, action: Callable[[Any], None], value: object) -> None:
        try:
            self._loop.call_soon_threadsafe(action, value)
        except RuntimeError:
            # The loop was closed before the child ended: there is nobody left to tell.
            return


def open_log(path: Path) -> IO[bytes]:
    """Open a child's log for appending, readable by its owner alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def run_to_end(command: ChildCommand, *, standard_input: bytes = b"") -> tuple[int, str]:
    """Run `command` to its end in the calling thread; return its exit code and what it printed.

    `standard_input` must fit a pipe (4 KiB is always safe). Raises TimeoutError, an OSError, where it doesn't end.
    """
    # A watcher needs standard input for itself, and this is over before long.
    command = command if command.tie == "kernel" else replace(command, tie="none")
    reading, writing = os.pipe()
    try:
        if command.user:
            # The program may open /dev/stdin by name, which asks for a right to the pipe itself.
            os.fchown(reading, command.user.user_id, command.user.group_id)
        os.write(writing, standard_input)
        os.close(writing)
        finished = subprocess.run(
            command.as_launched(),
            cwd=command.folder,
            env=_choose_environment(command),
            stdin=reading,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
            timeout=_LONGEST_RUN_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"{command.arguments[0]} did not end within {_LONGEST_RUN_SECONDS:g} seconds") from error
    finally:
        os.close(reading)
    return finished.returncode, finished.stdout.decode(errors="replace")


def _end_group(group_id: int) -> None:
    """Kill what the child left behind in its group."""
    try:
        os.killpg(group_id, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _choose_environment(command: ChildCommand) -> dict[str, str]:
    inherited = os.environ if command.inherit_environment else {"PATH": os.defpath}
    return {**inherited, **command.environment}
