"""Runs inside the child, before its program: takes the server's user, ties its life to the parent's, then becomes it.

A stand-alone script (`python -I -S launcher.py '<json>'`): the interpreter may stand where the server's user can't
read, so nothing is imported after the user has changed. On Linux the kernel signals the child when its parent dies
(prctl(2), PR_SET_PDEATHSIG); elsewhere this process stays and watches a pipe whose other end the parent holds.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any

PR_SET_PDEATHSIG = 1
PARENT_GONE = 125


def main() -> None:
    """Read the plan from the only argument and carry it out."""
    plan = json.loads(sys.argv[1])
    program = _open_program(plan)
    _take_user(plan)
    if plan["tie"] == "watch":
        sys.exit(_run_watched(plan))
    if plan["tie"] == "kernel":
        _tie_to_parent(plan)
    # CPython ignores these two; a server expects their defaults.
    for name in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(name, signal.SIG_DFL)
    os.execve(program, plan["arguments"], dict(os.environ))  # noqa: S606 - the list is the supervisor's own


def _open_program(plan: dict[str, Any]) -> Any:
    """Return what execve takes: an open file where the server's user can't reach the program by its path."""
    return os.open(plan["arguments"][0], os.O_RDONLY | os.O_CLOEXEC) if plan["by_descriptor"] else plan["arguments"][0]


def _take_user(plan: dict[str, Any]) -> None:
    if plan["user"] is None:
        return
    user_id, group_id = plan["user"]
    os.setgroups([])
    os.setgid(group_id)
    os.setuid(user_id)


def _tie_to_parent(plan: dict[str, Any]) -> None:
    # After setuid, which clears it; and the parent may have died before this took effect.
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, plan["death_signal"], 0, 0, 0)
    if os.getppid() != plan["parent"]:
        os._exit(PARENT_GONE)


def _run_watched(plan: dict[str, Any]) -> int:
    """Run the program as a child of this process until it ends or the pipe at standard input closes."""
    child = subprocess.Popen(plan["arguments"], stdin=subprocess.DEVNULL)
    for name in ("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda number, _: child.send_signal(number))

    def end_with_parent() -> None:
        while os.read(0, 4096):
            pass
        child.send_signal(plan["death_signal"])

    threading.Thread(target=end_with_parent, daemon=True).start()
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    main()
