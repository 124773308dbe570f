"""What runs on this machine: enough to tell our own leftovers from strangers who got the same process id."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from headwater.core.clock import monotonic


@dataclass(frozen=True)
class RunningProcess:
    """A process of this machine. Its command line is left empty on Linux, which tells more by other means."""

    pid: int
    program: str
    command: str


def exists(pid: int) -> bool:
    """Say whether a process with this id runs (one that has ended and waits to be reaped doesn't)."""
    if sys.platform == "linux":
        return _read_state(pid) not in {"", "Z", "X"}
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def list_processes(*, program: str) -> list[RunningProcess]:
    """Return the running processes of one program, by the name of its file."""
    found = _list_from_proc() if sys.platform == "linux" else _list_from_ps()
    return [process for process in found if process.program == program]


def signal_process(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def list_working_in(folder: Path, *, program: str) -> set[int]:
    """Return the processes of one program that work in `folder`; elsewhere than on Linux, those that name it."""
    found = list_processes(program=program)
    if sys.platform == "linux":
        # By the folder itself and not by its path, which a mount may change.
        return {process.pid for process in found if _is_in(process.pid, folder)}
    return {process.pid for process in found if str(folder) in process.command.split(" ")}


def _is_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False


async def end_processes(pids: Iterable[int], *, steps: Sequence[tuple[int, float]]) -> bool:
    """Send each step's signal to those that still run and wait its seconds; say whether all are gone."""
    remaining = set(pids)
    for number, seconds in steps:
        for pid in remaining:
            signal_process(pid, number)
        deadline = monotonic() + seconds
        while remaining := {pid for pid in remaining if exists(pid)}:
            if monotonic() > deadline:
                break
            # They are not our children (any more), so there is no end to wait for: only to look for.
            await asyncio.sleep(_POLL_SECONDS)
        else:
            return True
    return False


# Absent on Windows, where nothing is signalled because nothing is ever listed.
QUIT = getattr(signal, "SIGQUIT", signal.SIGTERM)
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
_POLL_SECONDS = 0.02


def _list_from_proc() -> Iterator[RunningProcess]:
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        pid = int(entry.name)
        if _read_state(pid) in {"", "Z", "X"}:
            continue
        program = _read_link(entry / "exe")
        if program is not None:
            yield RunningProcess(pid, program.name.removesuffix(" (deleted)"), "")


def _read_link(path: Path) -> Path | None:
    """Follow a link of proc(5); None for processes of others, and for those that have just ended."""
    try:
        return Path(os.readlink(path))
    except OSError:
        return None


def _read_state(pid: int) -> str:
    """Return the state letter of proc(5); empty when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[0]


def _list_from_ps() -> Iterator[RunningProcess]:
    if sys.platform == "win32":
        return
    listed = subprocess.run(
        ["/bin/ps", "-axo", "pid=,command="], capture_output=True, text=True, check=False, timeout=60
    )
    for line in listed.stdout.splitlines():
        pid, _, command = line.strip().partition(" ")
        program = Path(command.strip().split(" ")[0]).name
        if pid.isdigit():
            yield RunningProcess(int(pid), program, command.strip())
