"""The pool of pipeline connections."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson

from headwater.local.rest import errors
from headwater.local.rest.database.connection import ConnectionLost, PipelineConnection, Statement


class PipelinePool:
    """A bounded set of connections, opened when needed and dropped when broken.

    `size` connections at most; whoever finds none free waits up to `timeout` seconds. The pool may be made before
    Postgres runs: every request tries anew, so nothing has to be restarted when it comes back.

    `session_role` is for a superuser's DSN: the session becomes that role's (Supabase's `authenticator`), so that a
    token can name only the roles which that role is a member of.
    """

    def __init__(self, dsn: str, *, size: int = 10, timeout: float = 10.0, session_role: str | None = None) -> None:
        self.dsn = dsn
        self._session_role = session_role
        self._size = size
        self._timeout = timeout
        self._free: list[PipelineConnection] = []
        self._open = 0
        self._waiting: deque[asyncio.Future[PipelineConnection | None]] = deque()
        self._generation = 0
        self._is_closed = False

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[PipelineConnection]:
        """Lend a connection; raises PGRST000 where none can be opened and PGRST003 where none came free in time."""
        lent = await self.acquire()
        try:
            yield lent
        finally:
            self.release(lent)

    async def acquire(self) -> PipelineConnection:
        """Take a connection out of the pool; who has waited longest is served first."""
        while True:
            while self._free and not self._waiting:
                found = self._free.pop()
                if not found.is_closed:
                    return found
                self._open -= 1
            if self._is_closed:
                raise errors.connection_failed("the pool is closed")
            if self._open < self._size:
                return await self._connect()
            handed = await self._wait()
            if handed is not None:
                return handed

    async def _wait(self) -> PipelineConnection | None:
        """Wait for a connection to be handed over; None says that there is room for a new one."""
        waiter: asyncio.Future[PipelineConnection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            return await asyncio.wait_for(waiter, self._timeout)
        except TimeoutError:
            raise errors.pool_exhausted() from None
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and (handed := waiter.result()) is not None:
                self.release(handed)
            raise
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)

    async def _connect(self) -> PipelineConnection:
        self._open += 1
        try:
            connection = await PipelineConnection.connect(
                self.dsn, timeout=self._timeout, session_role=self._session_role
            )
        except BaseException as error:
            self._open -= 1
            self._wake(None)
            if isinstance(error, ConnectionLost):
                raise errors.connection_failed(str(error)) from error
            raise
        connection.generation = self._generation
        return connection

    def release(self, connection: PipelineConnection) -> None:
        """Take a connection back; one that is not idle is closed."""
        if self._is_closed or connection.generation != self._generation or not connection.is_idle:
            connection.close()
            self._open -= 1
            self._wake(None)
        elif not self._wake(connection):
            self._free.append(connection)

    def _wake(self, handed: PipelineConnection | None) -> bool:
        """Serve who has waited longest; says whether anybody waited."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(handed)
                return True
        return False

    def forget_statements(self) -> None:
        """Replace every connection by a fresh one, after the schema has changed: prepared statements go with them."""
        self._generation += 1
        self._close_free()

    def _close_free(self) -> None:
        for connection in self._free:
            connection.close()
        self._open -= len(self._free)
        self._free.clear()

    async def fetch_json(self, text: str, parameters: Sequence[str | None] = ()) -> Any:
        """Run a statement of our own that gives one JSON value."""
        async with self.connection() as connection:
            return await fetch_json(connection, text, parameters)

    async def close(self) -> None:
        """Close every connection that is free; those lent out are closed when they come back."""
        self._is_closed = True
        self._close_free()


async def fetch_json(connection: PipelineConnection, text: str, parameters: Sequence[str | None] = ()) -> Any:
    """Run a statement that gives one JSON value, on a connection at hand."""
    values = [None if value is None else value.encode() for value in parameters]
    results = await connection.run([Statement(text.encode(), values, reusable=False)])
    value = results[0].get_value(0, 0)
    return None if value is None else orjson.loads(value)
