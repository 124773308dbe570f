"""Schedules: functions that run every so often, by one worker at a time."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import asyncpg
from cronsim import CronSim, CronSimError

from headwater.core.clock import Clock
from headwater.core.resources import Resources
from headwater.core.telemetry import bound, get_logger, redact_lines
from headwater.kit.jobs.metrics import SCHEDULE_RUNS
from headwater.kit.jobs.workers.outage import DATABASE_ERRORS

# A cron line that is seen for the first time counts from now, whoever leads at its first hour.
_BEGIN = """
insert into headwater.schedules (name, ticked_at)
select name, $2::timestamptz
from unnest($1::text[]) as name
on conflict (name) do nothing
"""
_READ = "select name, ticked_at from headwater.schedules"
# Two leaders may overlap for seconds when a connection breaks; only one of them wins a tick.
_CLAIM = """
insert into headwater.schedules as schedule (name, ticked_at, started_at)
values ($1, $2, now())
on conflict (name) do update
set ticked_at = excluded.ticked_at,
    started_at = excluded.started_at
where schedule.ticked_at < excluded.ticked_at
    or schedule.ticked_at > excluded.ticked_at + $3::interval
returning name
"""
_FINISH = "update headwater.schedules set finished_at = now(), error = $2 where name = $1"
_LONGEST_ERROR = 2_000
# Clocks of two hosts may differ by so much; what lies further ahead was written by a clock that was wrong.
_SKEW = timedelta(seconds=1)
# How late a schedule may be before somebody is told: so many rhythms, and never less than this.
_LATE_RHYTHMS = 10
_LATE_AFTER = timedelta(minutes=2)
_LATE_CRON = timedelta(hours=1)

logger = get_logger(__name__)


@dataclass(frozen=True)
class Schedule:
    """Runs `run(resources)` at a rhythm: `every` so often, or by a cron line in UTC.

    Ticks that were missed count as one. A run that outlasts its rhythm delays the next one: a schedule never overlaps
    itself. `run` opens its own transactions and should be short: what takes long is a job that it enqueues. `about` is
    one line on it, where the docstring of `run` isn't.
    """

    name: str
    run: Callable[[Resources], Awaitable[None]]
    every: timedelta | None = None
    cron: str | None = None
    about: str = ""

    def __post_init__(self) -> None:
        if (self.every is None) == (self.cron is None):
            raise ValueError(f"{self.name}: a schedule takes either `every` or `cron`")
        if self.cron is not None:
            try:
                CronSim(self.cron, datetime(2000, 1, 1, tzinfo=UTC))
            except CronSimError as error:
                raise ValueError(f"{self.name}: {self.cron!r} is no cron line: {error}") from error
        if self.every is not None and self.every <= timedelta():
            raise ValueError(f"{self.name}: `every` must be longer than nothing")

    def find_tick(self, last: datetime | None, now: datetime) -> datetime | None:
        """Return the latest tick after `last` that is due at `now`, or None when none is.

        A rhythm seen for the first time ticks at once, a cron line waits for its first hour. A tick in the future was
        written by a clock that was ahead and counts as none: a rhythm ticks, a cron line has one in its last period.
        """
        ahead = last is not None and last > now + _SKEW
        if self.every is not None:
            return now if last is None or ahead or last + self.every <= now else None
        if last is None or ahead:
            return None
        latest = None
        for tick in CronSim(self.cron or "", last):
            if tick > now:
                break
            latest = tick
        return latest

    def is_late(self, last: datetime | None, now: datetime) -> bool:
        """Say whether the run that began at `last` is so old, or so far ahead, that something keeps it from running."""
        if last is None:
            return False
        if last > now + _LATE_AFTER:
            return True
        if self.every is not None:
            return now - last > max(self.every * _LATE_RHYTHMS, _LATE_AFTER)
        return self.find_tick(last, now - _LATE_CRON) is not None


class ScheduleRunner:
    """Runs the schedules of the leading worker."""

    def __init__(
        self, schedules: Sequence[Schedule], *, pool: asyncpg.Pool, resources: Resources, clock: Clock
    ) -> None:
        names = [schedule.name for schedule in schedules]
        if len(set(names)) != len(names):
            raise ValueError("two schedules share a name")
        self._schedules = schedules
        self._pool = pool
        self._resources = resources
        self._clock = clock
        self._ticked: dict[str, datetime] | None = None
        self._running: dict[str, asyncio.Task[None]] = {}

    async def tick(self) -> None:
        """Start what is due."""
        now = self._clock.now()
        if self._ticked is None:
            cron_lines = [schedule.name for schedule in self._schedules if schedule.cron is not None]
            await self._pool.execute(_BEGIN, cron_lines, now)
            self._ticked = {row["name"]: row["ticked_at"] for row in await self._pool.fetch(_READ)}
        for schedule in self._schedules:
            last = self._ticked.get(schedule.name)
            tick = schedule.find_tick(last, now)
            if last is not None and last > now + _SKEW:
                logger.warning("schedule_tick_in_future", schedule=schedule.name, tick=last.isoformat())
                # A cron line counts from now, as at its first time.
                self._ticked[schedule.name] = now
            if tick is None or schedule.name in self._running:
                continue
            self._ticked[schedule.name] = tick
            task = asyncio.create_task(self._run(schedule, tick), name=f"schedule {schedule.name}")
            self._running[schedule.name] = task
            task.add_done_callback(partial(self._forget, schedule.name))

    async def stop(self) -> None:
        """Cancel what runs, because this worker leads no more, and forget what it knew."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._ticked = None

    async def finish_running(self) -> None:
        """Wait for the runs that have begun."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _forget(self, name: str, _: asyncio.Task[None]) -> None:
        self._running.pop(name, None)

    async def _run(self, schedule: Schedule, tick: datetime) -> None:
        with bound(schedule=schedule.name):
            error: str | None = None
            try:
                if await self._pool.fetchval(_CLAIM, schedule.name, tick, _SKEW) is None:
                    return
                await schedule.run(self._resources)
            except asyncio.CancelledError:
                raise
            except Exception as failure:  # one schedule's fault must not stop the others
                error = redact_lines("".join(traceback.format_exception(failure)))[-_LONGEST_ERROR:]
                logger.error("schedule_failed", exc_info=failure)
            SCHEDULE_RUNS.labels(schedule.name, "failed" if error else "succeeded").inc()
            await self._note_end(schedule.name, error)

    async def _note_end(self, name: str, error: str | None) -> None:
        try:
            await self._pool.execute(_FINISH, name, error)
        except DATABASE_ERRORS as failure:
            logger.warning("schedule_end_not_recorded", error=str(failure))
