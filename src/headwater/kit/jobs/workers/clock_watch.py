"""Notices that Postgres' clock leapt, and puts right what was written by it: docs/decisions/0013-which-clock-rules.md.

Every stored moment is by Postgres' clock. When that clock goes back, what it wrote while it was ahead would lie idle
until it catches up; when it leaps ahead, living workers look dead and everything looks old enough to delete.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import asyncpg

from headwater.core.clock import monotonic
from headwater.core.database.database import Database, Identity
from headwater.core.telemetry import get_logger
from headwater.kit.jobs.metrics import CLOCK_LEAPS

# A leap ahead below a day costs retention no more than that; a longer one must stand for a day to be believed.
BELIEVED = timedelta(days=1)
# Below this a correction of the clock disturbs nothing: workers are given up after six seconds of silence.
_SMALLEST_LEAP = timedelta(seconds=1)
_KEPT_EVERY = timedelta(minutes=1)
# A transaction that began before the clock went back may commit what it wrote minutes later, so it is done again.
_PULLS_AFTER = (0.0, 10.0, 60.0, 600.0)

# What the tick of a schedule says is all there is where no clock was kept yet.
_READ = """
select pg_catalog.clock_timestamp() as moment, clock.seen_at, clock.held_at, clock.unsettled_since,
    (select max(ticked_at) from headwater.schedules) as last_tick
from (select) as nothing
left join headwater.clock as clock on true
"""
_KEEP = """
insert into headwater.clock (seen_at, held_at, unsettled_since)
values ($1, $2, $3)
on conflict (id) do update
set seen_at = excluded.seen_at,
    held_at = excluded.held_at,
    unsettled_since = excluded.unsettled_since
"""

logger = get_logger(__name__)


@dataclass(frozen=True)
class ClockState:
    """The clock as it was last seen. After a leap ahead retention counts from `held_at` until the clock is settled."""

    seen_at: datetime
    held_at: datetime | None = None
    unsettled_since: datetime | None = None


@dataclass(frozen=True)
class Reading:
    """What Postgres' clock showed, and the monotonic seconds between which it was asked."""

    moment: datetime
    asked: float
    answered: float


def measure_leap(before: Reading, after: Reading) -> timedelta:
    """Return by how much the clock certainly left the time that passed: ahead is positive, back is negative."""
    shown = after.moment - before.moment
    longest = timedelta(seconds=after.answered - before.asked)
    shortest = timedelta(seconds=after.asked - before.answered)
    if shown > longest:
        return shown - longest
    return min(shown - shortest, timedelta())


def follow_clock(state: ClockState, moment: datetime, *, leap: timedelta | None) -> ClockState:
    """Return the state after the clock showed `moment`; `leap` is None where nobody knows how much time passed."""
    step = leap if leap is not None else moment - state.seen_at
    held, since = state.held_at, state.unsettled_since
    if step > BELIEVED:
        held, since = held or state.seen_at, moment
    elif held is not None and moment <= held + BELIEVED:
        held, since = None, None
    elif since is not None and step < -_SMALLEST_LEAP:
        since = moment
    elif since is not None and moment - since >= BELIEVED:
        held, since = None, None
    return ClockState(moment, held, since)


class ClockWatch:
    """The leader's eye on the clock of Postgres."""

    def __init__(self, database: Database, *, pool: asyncpg.Pool) -> None:
        self._database = database
        self._pool = pool
        self._state: ClockState | None = None
        self._kept: ClockState | None = None
        self._last: Reading | None = None
        self._pulls: list[float] = []

    async def look(self, *, offset: timedelta = timedelta()) -> None:
        """Read the clock and put right what a leap did. `offset` is that of a clock that a test moves."""
        asked = monotonic()
        row = await self._pool.fetchrow(_READ) if self._state is None else None
        moment = row["moment"] if row else await self._pool.fetchval("select pg_catalog.clock_timestamp()")
        reading = Reading(moment, asked, monotonic())
        if self._state is None or self._last is None:
            self._begin(row, moment)
        else:
            leap = measure_leap(self._last, reading)
            await self._note_leap(leap)
            self._state = follow_clock(self._state, moment, leap=leap)
        self._last = reading
        await self._keep()
        if self._pulls and monotonic() >= self._pulls[0]:
            self._pulls.pop(0)
            await self._pull_back(offset)

    def forget(self) -> None:
        """Begin afresh at the next look: another worker may lead meanwhile."""
        self._state = self._kept = self._last = None

    def _begin(self, row: asyncpg.Record, moment: datetime) -> None:
        seen = row["seen_at"] or row["last_tick"] or moment
        known = ClockState(seen, row["held_at"], row["unsettled_since"])
        if moment < seen - _SMALLEST_LEAP:
            CLOCK_LEAPS.labels("back").inc()
            logger.warning("database_clock_behind", seconds=_round(moment - seen))
        self._state = follow_clock(known, moment, leap=None)
        self._log_if_held(known, self._state)
        # Whoever wrote while nobody led may have had a clock that was ahead.
        self._pull_soon()

    async def _note_leap(self, leap: timedelta) -> None:
        if leap > _SMALLEST_LEAP:
            CLOCK_LEAPS.labels("ahead").inc()
            carried = await self._pool.fetchval("select headwater.carry_along_jobs($1)", leap)
            logger.warning("database_clock_leapt_ahead", seconds=_round(leap), carried=carried)
        elif leap < -_SMALLEST_LEAP:
            CLOCK_LEAPS.labels("back").inc()
            logger.warning("database_clock_went_back", seconds=_round(leap))
            self._pull_soon()

    def _pull_soon(self) -> None:
        self._pulls = [monotonic() + seconds for seconds in _PULLS_AFTER]

    async def _keep(self) -> None:
        state, kept = self._state, self._kept
        if state is None:
            return
        if kept is not None:
            self._log_if_held(kept, state)
            moved = abs(state.seen_at - kept.seen_at) >= _KEPT_EVERY
            if not moved and state == replace(kept, seen_at=state.seen_at):
                return
        await self._pool.execute(_KEEP, state.seen_at, state.held_at, state.unsettled_since)
        self._kept = state

    async def _pull_back(self, offset: timedelta) -> None:
        pulled = await self._pool.fetchval("select headwater.pull_back_jobs($1)", offset)
        async with self._database.raw(Identity.service()) as connection:
            pulled += await connection.fetchval("select headwater.pull_back($1)", offset)
        if pulled:
            logger.warning("future_moments_pulled_back", rows=pulled)

    def _log_if_held(self, before: ClockState, after: ClockState) -> None:
        if after.held_at is not None and before.held_at is None:
            logger.warning(
                "database_clock_leapt_a_day",
                held_at=after.held_at.isoformat(),
                effect="nothing is deleted for it until it stood a day",
            )
        elif after.held_at is None and before.held_at is not None:
            logger.info("database_clock_trusted_again")


def _round(length: timedelta) -> float:
    return round(length.total_seconds(), 1)
