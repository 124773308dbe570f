"""When schedules tick, and who runs them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.clock import MovableClock
from headwater.core.resources import Resources
from headwater.kit.jobs import Schedule
from headwater.kit.jobs.workers.schedules import ScheduleRunner
from tests.kit.jobs.kinds import Journal

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def note(resources: Resources) -> None:
    """Note that the schedule ran, or fail as the test asks."""
    journal = resources.get(Journal)
    journal.lines.append("ran")
    if failures := journal.failures.get("schedule"):
        raise failures.pop(0)


HOURLY = Schedule("test.hourly", note, every=timedelta(hours=1))
NIGHTLY = Schedule("test.nightly", note, cron="0 3 * * *")


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    """Connections of a worker."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as made:
        yield made


def run_by(pool: asyncpg.Pool, tools: Resources, clock: MovableClock, *schedules: Schedule) -> ScheduleRunner:
    """Make the runner of one leader."""
    return ScheduleRunner(schedules, pool=pool, resources=tools, clock=clock)


async def tick(runner: ScheduleRunner) -> None:
    """Let the leader take a turn and finish what it began."""
    await runner.tick()
    await runner.finish_running()


async def test_missed_ticks_count_as_one(
    pool: asyncpg.Pool, tools: Resources, clock: MovableClock, journal: Journal
) -> None:
    runner = run_by(pool, tools, clock, HOURLY)
    counts = []
    for hours in (0, 0.5, 0.5, 100, 0):
        clock.advance(timedelta(hours=hours))
        await tick(runner)
        counts.append(len(journal.lines))
    assert counts == [1, 1, 2, 3, 3]


async def test_next_leader_goes_on_where_the_last_one_stopped(
    pool: asyncpg.Pool, tools: Resources, clock: MovableClock, journal: Journal
) -> None:
    await tick(run_by(pool, tools, clock, HOURLY))
    clock.advance(timedelta(minutes=59))
    await tick(run_by(pool, tools, clock, HOURLY))
    assert journal.lines == ["ran"]
    clock.advance(timedelta(minutes=2))
    await tick(run_by(pool, tools, clock, HOURLY))
    assert journal.lines == ["ran", "ran"]


async def test_two_leaders_of_one_moment_run_a_tick_once(
    pool: asyncpg.Pool, tools: Resources, clock: MovableClock, journal: Journal
) -> None:
    nightly = [run_by(pool, tools, clock, NIGHTLY) for _ in range(2)]
    await asyncio.gather(*(tick(runner) for runner in nightly))
    clock.advance(timedelta(days=1))
    await asyncio.gather(*(tick(runner) for runner in nightly))
    assert journal.lines == ["ran"]


async def test_cron_hour_that_passed_between_two_leaders_is_made_up(
    pool: asyncpg.Pool, tools: Resources, clock: MovableClock, journal: Journal
) -> None:
    await tick(run_by(pool, tools, clock, NIGHTLY))
    clock.advance(timedelta(days=3))
    await tick(run_by(pool, tools, clock, NIGHTLY))
    assert journal.lines == ["ran"]


async def test_failing_schedule_is_recorded_and_ticks_again(
    pool: asyncpg.Pool, tools: Resources, clock: MovableClock, journal: Journal
) -> None:
    journal.failures["schedule"] = [ValueError("the first time")]
    runner = run_by(pool, tools, clock, HOURLY)
    errors = []
    for _ in range(2):
        await tick(runner)
        errors.append(await pool.fetchval("select error from headwater.schedules where finished_at is not null"))
        clock.advance(timedelta(hours=1))
    assert "ValueError: the first time" in errors[0]
    assert errors[1] is None


async def test_leader_that_steps_down_stops_its_runs(
    pool: asyncpg.Pool, tools: Resources, clock: MovableClock, journal: Journal
) -> None:
    ended = asyncio.Event()

    async def last_for_ever(resources: Resources) -> None:
        journal.started.set()
        try:
            await journal.gate.wait()
        finally:
            ended.set()

    runner = run_by(pool, tools, clock, Schedule("test.endless", last_for_ever, every=timedelta(hours=1)))
    await runner.tick()
    await asyncio.wait_for(journal.started.wait(), 10)
    # Still running at its next tick: a schedule never overlaps itself.
    clock.advance(timedelta(hours=2))
    await runner.tick()
    await runner.stop()
    assert ended.is_set()


def test_cron_line_waits_for_its_hour_and_is_read_in_utc() -> None:
    assert NIGHTLY.find_tick(None, MONDAY) is None
    assert NIGHTLY.find_tick(MONDAY, MONDAY + timedelta(hours=14)) is None
    assert NIGHTLY.find_tick(MONDAY, MONDAY + timedelta(hours=16)) == MONDAY + timedelta(hours=15)
    assert NIGHTLY.find_tick(MONDAY, MONDAY + timedelta(days=10)) == MONDAY + timedelta(days=9, hours=15)


@given(st.integers(1, 10_000), st.integers(0, 100_000))
def test_rhythm_ticks_when_its_time_has_passed_and_not_before(every: int, passed: int) -> None:
    schedule = Schedule("test.any", note, every=timedelta(seconds=every))
    now = MONDAY + timedelta(seconds=passed)
    assert schedule.find_tick(MONDAY, now) == (now if passed >= every else None)


@pytest.mark.parametrize(
    "wrong", [{}, {"every": timedelta()}, {"cron": "0 25 * * *"}, {"every": timedelta(1), "cron": "* * * * *"}]
)
def test_schedule_without_a_sensible_rhythm_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Schedule("test.wrong", note, **wrong)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=2), timedelta(days=400)], ids=str)
async def test_tick_in_the_future_counts_as_none(
    pool: asyncpg.Pool, tools: Resources, clock: MovableClock, journal: Journal, ahead: timedelta
) -> None:
    now = clock.now()
    assert HOURLY.find_tick(now + ahead, now) == now
    assert NIGHTLY.find_tick(now + ahead, now) is None
    # Another leader finds what one with a wrong clock left in the table.
    clock.advance(ahead)
    await tick(run_by(pool, tools, clock, HOURLY, NIGHTLY))
    clock.advance(-ahead)
    right = run_by(pool, tools, clock, HOURLY, NIGHTLY)
    await tick(right)
    assert journal.lines == ["ran"] * 2, "the hourly one, by each of them"
    clock.advance(timedelta(days=1))
    await tick(right)
    assert journal.lines == ["ran"] * 4, "each of them within its own period"


@pytest.mark.parametrize(
    ("ago", "late"),
    [
        (timedelta(hours=9), False),
        (timedelta(hours=11), True),
        (timedelta(seconds=-30), False),
        (timedelta(days=-2), True),
    ],
    ids=str,
)
def test_schedule_that_missed_ten_rhythms_or_ran_in_the_future_is_late(ago: timedelta, late: bool) -> None:
    assert HOURLY.is_late(MONDAY - ago, MONDAY) is late
    assert HOURLY.is_late(None, MONDAY) is False


def test_cron_line_is_late_an_hour_after_its_time() -> None:
    three = MONDAY.replace(hour=3)
    assert not NIGHTLY.is_late(three - timedelta(days=1), three + timedelta(minutes=59))
    assert NIGHTLY.is_late(three - timedelta(days=1), three + timedelta(minutes=61))
