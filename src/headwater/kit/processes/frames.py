"""Messages between the pool and its children: a length of eight bytes, then that many bytes."""

from __future__ import annotations

import socket
import struct

from headwater.core.clock import monotonic

MAX_FRAME_BYTES = 256 * 1024 * 1024
_LENGTH = struct.Struct("!Q")


def send_frame(connection: socket.socket, payload: bytes, *, deadline: float | None = None) -> None:
    """Send one message by `deadline` (of `monotonic`). Raises TimeoutError, or OSError where nobody reads."""
    _set_timeout(connection, deadline)
    connection.sendall(_LENGTH.pack(len(payload)))
    _set_timeout(connection, deadline)
    connection.sendall(payload)


def receive_frame(connection: socket.socket, *, deadline: float | None = None) -> bytes:
    """Receive one message by `deadline`.

    Raises:
        TimeoutError: it wasn't whole by then.
        EOFError: the other side closed the connection.
        ValueError: it is larger than any message of ours.
    """
    (length,) = _LENGTH.unpack(_receive(connection, _LENGTH.size, deadline))
    if length > MAX_FRAME_BYTES:
        raise ValueError(f"a message of {length} bytes")
    return _receive(connection, length, deadline)


def _receive(connection: socket.socket, length: int, deadline: float | None) -> bytes:
    received = bytearray(length)
    view, place = memoryview(received), 0
    while place < length:
        _set_timeout(connection, deadline)
        count = connection.recv_into(view[place:])
        if count == 0:
            raise EOFError("the other side closed the connection")
        place += count
    return bytes(received)


def _set_timeout(connection: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        return
    remaining = deadline - monotonic()
    if remaining <= 0:
        raise TimeoutError("the deadline passed")
    connection.settimeout(remaining)
