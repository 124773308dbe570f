"""Ports on loopback: the one a server had before, or the next free one."""

from __future__ import annotations

import secrets
import socket
import sys
from pathlib import Path

from headwater.core.errors import Unavailable
from headwater.process.folders import write_private

LOOPBACK = "127.0.0.1"
_HIGHEST = 65_535
_TRIES = 500
# Below the ephemeral ports of Linux (from 32,768) and those of RFC 6335 (from 49,152).
_QUIET_PORTS = range(12_000, 32_000)


def is_free(port: int) -> bool:
    """Say whether a server could listen on `port` of loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def find_free_port(wanted: int) -> int:
    """Return `wanted` or the next free port above it; 0 takes any that the system gives to no outgoing connection.

    Raises:
        Unavailable: none of the next 500 is free.
    """
    # The ports that the system would choose are those of connections, which may take one before it is listened on.
    wanted = wanted or _QUIET_PORTS.start + secrets.randbelow(len(_QUIET_PORTS))
    for port in range(wanted, min(wanted + _TRIES, _HIGHEST + 1)):
        if is_free(port):
            return port
    raise Unavailable(f"No port of {LOOPBACK} from {wanted} on is free.", hint="Stop what listens there.")


def read_port(path: Path) -> int | None:
    """Return the port kept in a file, or None."""
    try:
        port = int(path.read_text("ascii"))
    except (OSError, ValueError):
        return None
    return port if 0 < port <= _HIGHEST else None


def keep_port(path: Path, port: int) -> None:
    """Remember a port for the next start."""
    write_private(path, str(port))
