"""What the leading worker does for all: rescues lost jobs, runs schedules, clears what is old, measures the queues."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import asyncpg

from headwater.core.clock import monotonic
from headwater.core.telemetry import get_logger
from headwater.kit.jobs.metrics import RESCUES, show_queues
from headwater.kit.jobs.workers.ages import READ_AGES, show_ages
from headwater.kit.jobs.workers.clock_watch import ClockWatch
from headwater.kit.jobs.workers.schedules import ScheduleRunner
from headwater.kit.jobs.workers.timings import WorkerTimings

KEEP_SUCCESSES = timedelta(days=7)
KEEP_FAILURES = timedelta(days=90)

_MEASURE_SECONDS = 15.0
_CLEAR_SECONDS = 60.0
_CLEAR_BATCH = 1_000

_RESCUE = "select * from headwater.rescue_jobs($1::interval, $2::interval)"
_COUNT = "select * from headwater.count_jobs($1::interval)"
# After a leap of the clock nothing is older than it was before it.
_CLEAR = """
select headwater.clear_jobs($1, $2::interval + held.back, $3::interval + held.back)
from (select now() - headwater.bound_by_clock(now()) as back) as held
"""

logger = get_logger(__name__)


class Leader:
    """The duties of the leading worker, each at its own rhythm."""

    def __init__(
        self,
        *,
        pool: asyncpg.Pool,
        watch: ClockWatch,
        schedules: ScheduleRunner,
        offset: Callable[[], timedelta],
        wake: Callable[[], None],
        timings: WorkerTimings,
    ) -> None:
        self._pool = pool
        self._watch = watch
        self._schedules = schedules
        self._offset = offset
        self._wake = wake
        self._timings = timings
        self._due = {"sweep": 0.0, "measure": 0.0, "clear": 0.0}

    async def take_turn(self) -> None:
        """Do what is due."""
        # First: a leap of the clock must not be taken for silence, or for a tick that is due in days.
        await self._watch.look(offset=self._offset())
        await self._schedules.tick()
        if self._is_due("sweep", self._timings.sweep):
            await rescue_jobs(self._pool, timings=self._timings, wake=self._wake)
        if self._is_due("measure", _MEASURE_SECONDS):
            show_queues(await self._pool.fetch(_COUNT, self._offset()))
            show_ages(await self._pool.fetch(READ_AGES))
        if self._is_due("clear", _CLEAR_SECONDS):
            await clear_jobs(self._pool)

    async def step_down(self) -> None:
        """Stop what only a leader may do; the next one measures the queues."""
        show_queues([])
        show_ages([])
        self._watch.forget()
        await self._schedules.stop()

    def _is_due(self, duty: str, seconds: float) -> bool:
        if monotonic() < self._due[duty]:
            return False
        self._due[duty] = monotonic() + seconds
        return True


async def rescue_jobs(pool: asyncpg.Pool, *, timings: WorkerTimings, wake: Callable[[], None]) -> None:
    """Take jobs from workers that fell silent and from runs past their time."""
    rows = await pool.fetch(_RESCUE, timedelta(seconds=timings.silence), timedelta(seconds=timings.grace))
    for row in rows:
        RESCUES.labels(row["kind"], row["reason"]).inc()
        logger.warning(
            "lost_job_rescued",
            job_id=row["id"],
            kind=row["kind"],
            workspace_id=str(row["workspace_id"]),
            reason=row["reason"],
            state=row["state"],
        )
    if rows:
        wake()


async def clear_jobs(
    pool: asyncpg.Pool, *, keep_successes: timedelta = KEEP_SUCCESSES, keep_failures: timedelta = KEEP_FAILURES
) -> int:
    """Delete what is old enough, in batches; returns how many rows went."""
    total = 0
    while cleared := await pool.fetchval(_CLEAR, _CLEAR_BATCH, keep_successes, keep_failures):
        total += cleared
    return total
