"""A relay in front of Postgres that a test closes and opens again at the same port, as a server that restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit


class Relay:
    """Passes bytes both ways while it is open."""

    def __init__(self, dsn: str) -> None:
        self._parts = urlsplit(dsn)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._port = 0

    @property
    def dsn(self) -> str:
        """The DSN of the same database through the relay."""
        credentials = self._parts.netloc.rpartition("@")[0]
        return urlunsplit(self._parts._replace(netloc=f"{credentials}@127.0.0.1:{self._port}"))

    async def open(self) -> None:
        """Listen, at the port of before where there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    def refuse(self) -> None:
        """Accept no further connection; those that there are stay."""
        if self._server is not None:
            self._server.close()

    async def close(self) -> None:
        """Drop every connection and accept none."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        upstream_reader, upstream_writer = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        try:
            await asyncio.gather(_pass_on(reader, upstream_writer), _pass_on(upstream_reader, writer))
        finally:
            writer.transport.abort()
            upstream_writer.transport.abort()
            self._tasks.discard(task)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65_536):
            target.write(data)
            await target.drain()
    except OSError:
        pass
    target.close()


@asynccontextmanager
async def open_relay(dsn: str) -> AsyncIterator[Relay]:
    """Open a relay and close it at the end."""
    relay = Relay(dsn)
    await relay.open()
    try:
        yield relay
    finally:
        await relay.close()
