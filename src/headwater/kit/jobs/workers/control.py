"""The worker's control connection: it hears of new and cancelled jobs, and one worker of all leads by its lock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg
import orjson

from headwater.core.telemetry import get_logger
from headwater.kit.jobs.metrics import LEADER
from headwater.kit.jobs.workers.connector import connect
from headwater.kit.jobs.workers.outage import DATABASE_ERRORS, Outage, is_outage
from headwater.kit.jobs.workers.timings import WorkerTimings

# Any number will do as long as every worker of this database takes the same one.
_LEADER_LOCK = 4_861_970_331_625_018
_LISTEN_CHANNELS = ("headwater_jobs", "procrastinate_any_queue_v1")
_TURN_SECONDS = 0.25

logger = get_logger(__name__)


@dataclass(frozen=True)
class ControlHandlers:
    """What is done with what the connection hears, and while this worker leads."""

    wake: Callable[[], None]
    abort: Callable[[list[int]], None]
    lead: Callable[[], Awaitable[None]]
    step_down: Callable[[], Awaitable[None]]


async def keep_control(dsn: str, handlers: ControlHandlers, *, timings: WorkerTimings) -> None:
    """Listen and lead until cancelled; a lost connection is opened again.

    Raises:
        DatabaseGone: Postgres stayed away for longer than `pace.outage`.
    """
    outage = Outage("keeping control", timings.outage)
    while True:
        try:
            # A leader that is frozen keeps its connection and so its lock; Postgres ends the session for the others.
            connection = await connect(dsn, statement_seconds=timings.statement, idle_seconds=timings.silence)
            try:
                await _listen(connection, handlers)
                outage.over()
                await _take_turns(connection, handlers)
            finally:
                LEADER.set(0)
                await handlers.step_down()
                connection.terminate()
        except DATABASE_ERRORS as error:
            if not is_outage(error):
                raise
            await outage.wait(error)


async def _listen(connection: asyncpg.Connection, handlers: ControlHandlers) -> None:
    def on_notify(_connection: object, _pid: int, channel: str, payload: object) -> None:
        if channel == _LISTEN_CHANNELS[0]:
            handlers.wake()
            return
        notice = orjson.loads(str(payload))
        if notice.get("type") == "abort_job_requested":
            handlers.abort([notice["job_id"]])

    for channel in _LISTEN_CHANNELS:
        await connection.add_listener(channel, on_notify)
    # Whatever was announced while nobody listened is looked for now.
    handlers.wake()


async def _take_turns(connection: asyncpg.Connection, handlers: ControlHandlers) -> None:
    leads = False
    while True:
        if leads:
            # Asking is how a broken connection, and with it the lost lock, is noticed.
            await connection.execute("select 1")
        else:
            leads = await connection.fetchval("select pg_try_advisory_lock($1)", _LEADER_LOCK)
            LEADER.set(1 if leads else 0)
        if leads:
            await handlers.lead()
        await asyncio.sleep(_TURN_SECONDS)
