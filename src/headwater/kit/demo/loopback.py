"""Listeners on loopback that can refuse connections for a while and accept again on the same port."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from headwater.core.clock import monotonic

HOST = "127.0.0.1"
CONNECTIONS_KEPT = 256


class Listener:
    """A TCP listener whose port stays its own while it refuses connections."""

    def __init__(self, protocol_factory: Callable[[], Any], *, port: int = 0) -> None:
        """Take the factory of protocols, each with a `transport`, and the port (0: any free one)."""
        self._factory = protocol_factory
        self._wanted_port = port
        self._reserved: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._connections: list[tuple[float, Any]] = []
        self.port = 0

    async def open(self) -> None:
        """Take the port and accept connections. Raises OSError where the port is taken."""
        holder = _bind(self._wanted_port)
        self.port = holder.getsockname()[1]
        if sys.platform == "linux":
            # A bound socket that does not listen keeps the port and answers every connection with a reset.
            self._reserved = holder
        else:
            holder.close()
        await self.accept()

    async def accept(self) -> None:
        """Accept connections (again); does nothing where it already does."""
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(self._make_protocol, sock=_bind(self.port), backlog=1024)

    async def refuse(self) -> None:
        """Refuse new connections and cut the open ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()

    def cut(self) -> None:
        """Cut every open connection without a farewell, as a crashed host does."""
        for _, protocol in self._connections:
            # One of TLS that has ended raises AttributeError at this, up to Python 3.11.3.
            if protocol.transport is not None and not protocol.transport.is_closing():
                protocol.transport.abort()
        self._connections.clear()

    async def close(self) -> None:
        """Stop listening and give the port back."""
        await self.refuse()
        if self._reserved is not None:
            self._reserved.close()
            self._reserved = None

    def _make_protocol(self) -> Any:
        if len(self._connections) >= CONNECTIONS_KEPT:
            self._forget_closed()
        protocol = self._factory()
        self._connections.append((monotonic(), protocol))
        return protocol

    def _forget_closed(self) -> None:
        """Drop what is closed; a protocol has no transport before its connection is made, either, for an instant."""
        instant = monotonic() - 1.0
        self._connections = [
            (made, protocol)
            for made, protocol in self._connections
            if (made > instant if protocol.transport is None else not protocol.transport.is_closing())
        ]


def _bind(port: int) -> socket.socket:
    """Bind a socket to a loopback port, sharing it only with a holder that does not listen."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((HOST, port))
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound


@asynccontextmanager
async def serve_http(
    application: web.Application, *, port: int = 0, further_ports: tuple[int, ...] = ()
) -> AsyncIterator[list[Listener]]:
    """Serve an application on loopback while the block runs, on one listener for each port, the first one first."""
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
    await runner.setup()
    opened: list[Listener] = []
    try:
        for wanted in (port, *further_ports):
            listener = Listener(runner.server or _no_server, port=wanted)
            await listener.open()
            opened.append(listener)
        yield opened
    finally:
        for listener in opened:
            await listener.close()
        await runner.cleanup()


def _no_server() -> Any:
    raise RuntimeError("the application runner has no server")
