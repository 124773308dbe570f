"""The far side of each bound: long faults are kept by their ends, where they say what happened."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from headwater.core.clock import MovableClock
from headwater.core.resources import Resources
from headwater.kit.jobs import Schedule
from headwater.kit.jobs.run import _TRACEBACK_LENGTH, _describe_fully
from headwater.kit.jobs.workers.schedules import _LONGEST_ERROR, ScheduleRunner


def write_long_text(length: int) -> str:
    """Return lines of that many characters in all, and one that ends them."""
    return "\n".join([*["x" * 199] * (length // 200), "the end"])


def test_traceback_of_a_run() -> None:
    shown = _describe_fully(ValueError(write_long_text(2 * _TRACEBACK_LENGTH)))
    assert len(shown) == _TRACEBACK_LENGTH == 20_000
    assert shown.rstrip().endswith("the end")
    assert _describe_fully(ValueError("short")).startswith("ValueError: short")


@pytest.mark.parametrize("length", [10, 5_000])
async def test_error_of_a_schedule(dsn: str, owner: asyncpg.Connection, tools: Resources, length: int) -> None:
    async def fail(_: Resources) -> None:
        raise ValueError(write_long_text(length))

    async with asyncpg.create_pool(dsn, min_size=1, max_size=1) as pool:
        schedule = Schedule("test.fails", run=fail, every=timedelta(seconds=1))
        runner = ScheduleRunner([schedule], pool=pool, resources=tools, clock=MovableClock())
        await runner.tick()
        await runner.finish_running()
    row = await owner.fetchrow("select error, finished_at from headwater.schedules where name = 'test.fails'")
    assert row["finished_at"] is not None, "that it ended is recorded, though it failed"
    assert row["error"].rstrip().endswith("the end")
    assert (len(row["error"]) == _LONGEST_ERROR == 2_000) is (length > 2_000)
