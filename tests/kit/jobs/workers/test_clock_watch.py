"""What the leading worker makes of a clock that leaps: what it measures, what it believes, what it puts right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.clock import MovableClock
from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.kit.jobs import Schedule, Worker, WorkerTimings, running_worker
from headwater.kit.jobs.workers.clock_watch import BELIEVED, ClockState, ClockWatch, Reading, follow_clock, measure_leap
from tests.fixtures.waiting import wait_until
from tests.kit.jobs.kinds import Journal

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEAPS = [2 * HOUR, 2 * DAY, -3 * HOUR, -2 * DAY]


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    """Connections of a worker."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=2) as made:
        yield made


@pytest.mark.parametrize("leap", [*LEAPS, timedelta()], ids=str)
def test_a_leap_is_measured_against_the_time_that_passed(leap: timedelta) -> None:
    before, after = Reading(START, 100.0, 100.2), Reading(START + timedelta(seconds=5) + leap, 105.0, 105.3)
    # The answers took half a second between them, and so much is uncertain.
    assert abs(measure_leap(before, after) - leap) <= timedelta(seconds=0.5)
    assert (measure_leap(before, after) == timedelta()) == (leap == timedelta())


@given(st.floats(0, 10), st.floats(0, 10), st.floats(0, 1), st.floats(0, 1), st.floats(0, 3600))
def test_a_slow_answer_is_no_leap(took: float, again: float, share: float, part: float, between: float) -> None:
    # Postgres reads its clock somewhere between question and answer, however long that takes.
    asked = took + between
    before, after = (
        Reading(START + timedelta(seconds=took * share), 0.0, took),
        Reading(START + timedelta(seconds=asked + again * part), asked, asked + again),
    )
    assert abs(measure_leap(before, after)) < timedelta(milliseconds=1)


@given(st.lists(st.tuples(st.timedeltas(timedelta(), DAY / 2), st.sampled_from([timedelta(), *LEAPS])), max_size=30))
def test_nothing_is_believed_that_has_not_stood_for_a_day(steps: list[tuple[timedelta, timedelta]]) -> None:
    state, moment, passed, leapt_at = ClockState(START), START, timedelta(), -DAY
    for length, leap in steps:
        passed, moment = passed + length, moment + length + leap
        leapt_at = passed if leap else leapt_at
        state = follow_clock(state, moment, leap=leap)
        trusted = min(state.held_at or moment, moment)
        assert trusted <= START + passed + BELIEVED or passed - leapt_at >= BELIEVED


def test_a_year_ahead_for_a_moment_is_never_believed_and_a_long_rest_is_within_a_day() -> None:
    ahead = follow_clock(ClockState(START), START + 400 * DAY, leap=400 * DAY)
    assert ahead.held_at == START
    assert follow_clock(ahead, START + HOUR, leap=-400 * DAY) == ClockState(START + HOUR)
    # Switched off for a year: nobody knows, until the clock has stood for a day.
    again = follow_clock(ClockState(START), START + 365 * DAY, leap=None)
    assert again.held_at == START
    assert follow_clock(again, START + 366 * DAY, leap=timedelta()) == ClockState(START + 366 * DAY)


async def test_retention_waits_until_a_leap_is_believed(
    database: Database, pool: asyncpg.Pool, owner: asyncpg.Connection
) -> None:
    before = await owner.fetchval("select now() - interval '400 days'")
    await owner.execute("insert into headwater.clock (seen_at) values ($1)", before)
    await ClockWatch(database, pool=pool).look()
    assert await owner.fetchval("select headwater.bound_by_clock(now())") == before
    await owner.execute("update headwater.clock set unsettled_since = now() - interval '25 hours'")
    watch = ClockWatch(database, pool=pool)
    await watch.look()
    assert await owner.fetchval("select now() - headwater.bound_by_clock(now())") == timedelta()


async def test_what_lies_ahead_is_pulled_back_when_a_worker_begins_to_lead(
    database: Database, pool: asyncpg.Pool, owner: asyncpg.Connection
) -> None:
    await owner.execute("insert into headwater.schedules (name, ticked_at) values ('test', now() + interval '2 days')")
    await ClockWatch(database, pool=pool).look()
    assert await owner.fetchval("select ticked_at <= now() from headwater.schedules")
    assert await owner.fetchval("select seen_at <= clock_timestamp() from headwater.clock")


@pytest.mark.parametrize("leap", LEAPS, ids=str)
async def test_schedules_go_on_after_the_clock_was_wrong(
    database: Database,
    tools: Resources,
    clock: MovableClock,
    journal: Journal,
    owner: asyncpg.Connection,
    leap: timedelta,
) -> None:
    async def note(_: Resources) -> None:
        journal.lines.append("ran")

    often = Schedule("test.often", note, every=timedelta(milliseconds=100))
    worker = Worker(database, tools, jobs=[], schedules=[often], clock=clock, timings=WorkerTimings())
    async with running_worker(worker):
        for moved in (timedelta(), leap, -leap):
            clock.advance(moved)
            seen = len(journal.lines)

            def ran_twice(seen: int = seen) -> bool:
                return len(journal.lines) >= seen + 2

            await wait_until(ran_twice, what=f"two runs after {moved}", seconds=10)
    assert await owner.fetchval("select ticked_at <= now() + interval '1 minute' from headwater.schedules")
