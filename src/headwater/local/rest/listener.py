"""Listening for `NOTIFY pgrst`: the database says when configuration or schema have changed."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import psycopg

from headwater.core.telemetry import get_logger
from headwater.local.rest.engine import RestEngine
from headwater.local.rest.errors import RestError
from headwater.local.rest.identifiers import quote_identifier

logger = get_logger(__name__)
DEBOUNCE = 0.1
LONGEST_WAIT = 5.0


class ReloadListener:
    """A connection of its own that listens and comes back by itself.

    After every reconnection everything is read anew, since notices may have been missed.
    """

    def __init__(self, engine: RestEngine, channel: str) -> None:
        self._engine = engine
        self._channel = channel
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start listening."""
        self._task = asyncio.create_task(self._run(), name="rest reload listener")

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        wait = 0.25
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    self._engine.pool.dsn, autocommit=True, connect_timeout=5, application_name="headwater rest reload"
                )
                async with connection:
                    await connection.execute(f"listen {quote_identifier(self._channel)}".encode())
                    wait = 0.25
                    await self._engine.reload()
                    await self._listen(connection)
            except (psycopg.Error, RestError, OSError) as error:
                logger.warning("rest_listener_lost", error=str(error), retry_seconds=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _listen(self, connection: psycopg.AsyncConnection[object]) -> None:
        """Reload for every notice; several in quick succession count as one."""
        while True:
            async for _ in connection.notifies(stop_after=1):
                pass
            async for _ in connection.notifies(timeout=DEBOUNCE):
                pass
            await self._engine.reload()
