"""What has to be done now and then: drop silent clients, close expired channels, keep the days of messages."""

from __future__ import annotations

import asyncio
import contextlib

from headwater.core.clock import monotonic
from headwater.core.telemetry import gauge, get_logger
from headwater.local.realtime.connection import GOING_AWAY, NORMAL
from headwater.local.realtime.hub import UNREACHABLE, Hub

logger = get_logger(__name__)

_SWEEP_SECONDS = 1.0
_MAINTAIN_SECONDS = 3_600.0
_CONNECTIONS = gauge("realtime_connections", "Open WebSockets.")
_SUBSCRIPTIONS = gauge("realtime_subscriptions", "Live subscriptions to changes.")


class Upkeep:
    """Two loops beside the server."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, in the background."""
        self._tasks = [asyncio.create_task(self._sweep_forever()), asyncio.create_task(self._maintain_forever())]

    async def stop(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def sweep(self) -> None:
        """Drop who has been silent for too long, close channels whose token has run out."""
        hub = self._hub
        now = hub.clock.now().timestamp()
        silent_since = monotonic() - hub.config.silence.total_seconds()
        _CONNECTIONS.set(len(hub.connections))
        _SUBSCRIPTIONS.set(len(hub.subscriptions))
        for connection in list(hub.connections):
            if connection.heard_at < silent_since:
                connection.drop(NORMAL, "silent", "no heartbeat")
                continue
            for channel in list(connection.channels.values()):
                if channel.grant.is_over(now):
                    channel.shut("Token has expired 0 seconds ago")

    def close_connections(self) -> None:
        """Close all connections because the server stops."""
        for connection in list(self._hub.connections):
            connection.drop(GOING_AWAY, "stopping", "the server is stopping")

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            self.sweep()

    async def _maintain_forever(self) -> None:
        while True:
            try:
                await self._hub.pool.execute("select realtime.maintain_messages($1)", self._hub.config.retention)
            except UNREACHABLE as error:
                logger.warning("realtime_maintenance_failed", reason=str(error))
            await asyncio.sleep(_MAINTAIN_SECONDS)
