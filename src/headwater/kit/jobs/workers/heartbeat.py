"""The worker's sign of life, given from a thread of its own so that a busy event loop isn't taken for a dead one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import asyncpg

from headwater.core.clock import monotonic
from headwater.core.telemetry import get_logger
from headwater.kit.jobs.workers.connector import connect
from headwater.kit.jobs.workers.outage import DATABASE_ERRORS, is_outage
from headwater.kit.jobs.workers.timings import WorkerTimings

_BEAT = "update procrastinate.procrastinate_workers set last_heartbeat = now() where id = $1 returning id"

logger = get_logger(__name__)


class Heartbeat:
    """Beats for one worker from `start` to `stop`; `on_lost` is called in the worker's loop when it was pruned."""

    def __init__(
        self, dsn: str, *, worker_id: Callable[[], int | None], on_lost: Callable[[], None], timings: WorkerTimings
    ) -> None:
        self._dsn = dsn
        self._timings = timings
        self._worker_id = worker_id
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._answered_at = monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="headwater-heartbeat", daemon=True)

    def start(self) -> None:
        """Start beating."""
        self._thread.start()

    async def stop(self) -> None:
        """Stop beating and wait for the thread to end."""
        self._stop.set()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        asyncio.run(self._beat_until_stopped())

    async def _beat_until_stopped(self) -> None:
        connection: asyncpg.Connection | None = None
        while not self._stop.is_set():
            try:
                if connection is None or connection.is_closed():
                    connection = await connect(self._dsn, statement_seconds=self._timings.statement)
                await self._beat(connection)
            except DATABASE_ERRORS as error:
                if not is_outage(error):
                    logger.error("heartbeat_refused", exc_info=error)
                if connection is not None:
                    connection.terminate()
                connection = None
            # The thread's loop has nothing else to do, so it may block here.
            self._stop.wait(self._timings.beat)
        if connection is not None:
            connection.terminate()

    async def _beat(self, connection: asyncpg.Connection) -> None:
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._note_answer)
        blocked = monotonic() - self._answered_at
        # A loop that is blocked for so long won't come back by itself: the others may have its jobs.
        if blocked > self._timings.blocked:
            logger.error("event_loop_blocked", effect="the worker counts as dead", seconds=round(blocked, 1))
            return
        worker_id = self._worker_id()
        if worker_id is None:
            return
        if await connection.fetchval(_BEAT, worker_id) is None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._on_lost)

    def _note_answer(self) -> None:
        self._answered_at = monotonic()
