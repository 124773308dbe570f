"""A relay in front of Postgres whose connections the test can let die without a word."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit


class Relay:
    """Passes bytes between a client and Postgres; `freeze` silences the connections of the moment."""

    def __init__(self, dsn: str) -> None:
        self._parts = urlsplit(dsn)
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._generation = 0

    @property
    def dsn(self) -> str:
        """The DSN of the same database through the relay."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        credentials = self._parts.netloc.rpartition("@")[0]
        return urlunsplit(self._parts._replace(netloc=f"{credentials}@127.0.0.1:{port}"))

    def freeze(self) -> None:
        """Swallow from now on what the open connections send; new ones work."""
        self._generation += 1

    async def refuse(self) -> None:
        """Drop every connection and accept none any more."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.refuse()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        self._writers += [writer, upstream_writer]
        for source, target in ((reader, upstream_writer), (upstream_reader, writer)):
            self._tasks.append(asyncio.create_task(self._pass_on(source, target, self._generation)))

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, generation: int) -> None:
        try:
            while data := await source.read(65536):
                if generation == self._generation:
                    target.write(data)
                    await target.drain()
        except OSError:
            pass
        finally:
            if generation == self._generation:
                target.close()
