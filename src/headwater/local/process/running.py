"""What runs on this machine: enough to tell our own leftovers from strangers who got the same process id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunningProcess:
    """A process of this machine, as far as we may see it. `folder` is where it works; None where unknown."""

    pid: int
    program: str
    folder: Path | None
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
    """Give the running processes of one program (by the name of its file, at most 15 letters)."""
    found = _list_from_proc() if sys.platform == "linux" else _list_from_ps()
    return [process for process in found if process.program == program]


def signal_process(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


def _list_from_proc() -> Iterator[RunningProcess]:
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        pid = int(entry.name)
        if _read_state(pid) in {"", "Z", "X"}:
            continue
        try:
            program = (entry / "comm").read_text("utf-8", "replace").strip()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        yield RunningProcess(pid, program, _read_folder(entry), command)


def _read_folder(entry: Path) -> Path | None:
    try:
        return Path(os.readlink(entry / "cwd"))
    except OSError:
        return None


def _read_state(pid: int) -> str:
    """Give the state letter of proc(5); empty when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[0]


def _list_from_ps() -> Iterator[RunningProcess]:
    if sys.platform == "win32":
        return
    listed = subprocess.run(["/bin/ps", "-axo", "pid=,command="], capture_output=True, text=True, check=False)
    for line in listed.stdout.splitlines():
        pid, _, command = line.strip().partition(" ")
        program = Path(command.strip().split(" ")[0]).name
        if pid.isdigit():
            yield RunningProcess(int(pid), program, None, command.strip())
