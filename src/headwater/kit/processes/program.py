"""What runs inside a child of the pool: it takes calls from a socket, one at a time, and answers them.

A stand-alone script (`python -P program.py <socket> <parent>`), so that the child imports nothing but what it works
with. It ends when its parent does: on Linux the kernel kills it (prctl(2), PR_SET_PDEATHSIG); elsewhere the socket
ends, and an alarm that no handler catches ends what doesn't look at the socket.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import re
import resource
import signal
import socket
import struct
import sys
import traceback
from importlib import import_module
from typing import Any

PR_SET_PDEATHSIG = 1
PARENT_GONE = 125
#: How much later than the pool's own deadline the alarm rings here.
GRACE_SECONDS = 2.0
_LENGTH = struct.Struct("!Q")
# The most memory of this process alone (proc_pid_status(5)).
_PEAK = re.compile(rb"^VmHWM:\s*(\d{1,12}) kB", re.MULTILINE)


def main() -> None:
    """Serve calls until the parent closes the socket."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    _tie_to_parent(int(sys.argv[2]))
    for number in (signal.SIGINT, signal.SIGTERM):
        # Sent to the whole group; when this process ends is decided by its parent.
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    paths, preload, max_memory_bytes = pickle.loads(receive_frame(connection))  # noqa: S301 - the parent's own
    sys.path[:] = paths
    for name in preload:
        import_module(name)
    _limit_memory(max_memory_bytes)
    gc.collect()
    gc.freeze()
    send_frame(connection, b"ready")
    while True:
        try:
            request = receive_frame(connection)
        except (EOFError, ConnectionError):
            return
        send_frame(connection, _answer(request))


def send_frame(connection: socket.socket, payload: bytes) -> None:
    """Send one message as `frames` reads it."""
    connection.sendall(_LENGTH.pack(len(payload)))
    connection.sendall(payload)


def receive_frame(connection: socket.socket) -> bytes:
    """Receive one message. Raises EOFError where the parent closed the socket."""
    (length,) = _LENGTH.unpack(_receive(connection, _LENGTH.size))
    return _receive(connection, length)


def _receive(connection: socket.socket, length: int) -> bytes:
    received = connection.recv(length, socket.MSG_WAITALL)
    if len(received) < length:
        raise EOFError("the parent closed the socket")
    return received


def _tie_to_parent(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The parent may have died before this took effect.
    if os.getppid() != parent:
        os._exit(PARENT_GONE)


def _limit_memory(max_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # macOS knows this limit and refuses to set it; there a page is bounded by its size alone.
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))


def _answer(request: bytes) -> bytes:
    """Run one call. The answer: `done` and the result, `raised` and an error of ours, or what went wrong; then a peak.

    The peak is the most memory that this process had so far, in bytes.
    """
    function, arguments, seconds = pickle.loads(request)  # noqa: S301 - the parent's own
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE_SECONDS)
    answer: tuple[str, Any]
    try:
        answer = ("done", function(*arguments))
        return _pack(answer)
    except MemoryError:
        answer = ("memory", None)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller in the parent has to hear of it
        answer = _describe(error)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return _pack(answer)


def _describe(error: Exception) -> tuple[str, Any]:
    from headwater.core.errors import HeadwaterError

    if isinstance(error, HeadwaterError):
        return "raised", error
    return "failed", "".join(traceback.format_exception(error))[-20_000:]


def _pack(answer: tuple[str, Any]) -> bytes:
    return pickle.dumps((*answer, _read_peak_bytes()), protocol=pickle.HIGHEST_PROTOCOL)


def _read_peak_bytes() -> int:
    if sys.platform == "linux":
        # Not getrusage's: on Linux that begins with the memory of whoever started this process.
        with open("/proc/self/status", "rb") as file:
            found = _PEAK.search(file.read())
        if found is not None:
            return int(found[1]) * 1024
    # In bytes on macOS, else in kilobytes (getrusage(2)).
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
