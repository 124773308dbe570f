"""Old rows go, queues are measured, waits grow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from headwater.core.database.database import Database
from headwater.core.telemetry import REGISTRY
from headwater.kit.jobs import (
    JobContext,
    Retry,
    WorkerTimings,
    enqueue,
    enqueue_many,
    enqueue_tracked,
    job,
    measure_queues,
)
from headwater.kit.jobs.workers.heartbeat import Heartbeat
from headwater.kit.jobs.workers.leading import clear_jobs
from tests.kit.jobs.conftest import RunAll
from tests.kit.jobs.kinds import Journal, Note, never, write

LONG_AGO = "update {} set finished_at = finished_at - interval '{} days'"


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    """Connections of a worker."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=2) as made:
        yield made


async def test_old_rows_are_cleared_and_young_ones_stay(
    owner: asyncpg.Connection, pool: asyncpg.Pool, journal: Journal, run_all: RunAll, workspace_id: UUID
) -> None:
    journal.failures["bad"] = [never()]
    await enqueue_tracked(owner, write, Note(text="good"), workspace_id=workspace_id)
    await enqueue_tracked(owner, write, Note(text="bad"), workspace_id=workspace_id)
    await run_all()
    states = []
    for days in (0, 8, 90):
        for table in ("public.jobs", "procrastinate.procrastinate_jobs"):
            await owner.execute(LONG_AGO.format(table, days))
        await clear_jobs(pool)
        states.append(await owner.fetchval("select array_agg(state order by state) from public.jobs"))
    assert states == [["failed", "succeeded"], ["failed"], None]
    assert await owner.fetchval("select count(*) from procrastinate.procrastinate_jobs") == 0


async def test_clearing_takes_batch_after_batch(
    owner: asyncpg.Connection, pool: asyncpg.Pool, workspace_id: UUID
) -> None:
    await enqueue_many(owner, write, [Note()] * 2500, workspace_id=workspace_id)
    await owner.execute("update procrastinate.procrastinate_jobs set status = 'cancelled'")
    assert await clear_jobs(pool) == 2500


async def test_queues_are_measured(
    database: Database, owner: asyncpg.Connection, journal: Journal, run_all: RunAll, workspace_id: UUID
) -> None:
    journal.failures["bad"] = [never()]
    await enqueue(owner, write, Note(text="bad"), workspace_id=workspace_id)
    await run_all()
    await enqueue_many(owner, write, [Note()] * 3, workspace_id=workspace_id)
    await owner.execute("update procrastinate.procrastinate_jobs set created_at = now() - interval '1 hour'")
    await measure_queues(database)
    sample = REGISTRY.get_sample_value
    assert sample("headwater_job_queue_depth", {"queue": "fetch", "state": "waiting"}) == 3
    assert sample("headwater_job_queue_depth", {"queue": "fetch", "state": "dead"}) == 1
    assert 3600 <= (sample("headwater_job_oldest_due_seconds", {"queue": "fetch"}) or 0) < 3700


async def test_loop_that_stays_blocked_stops_the_heartbeat(owner: asyncpg.Connection, dsn: str) -> None:
    worker = await owner.fetchval("insert into procrastinate.procrastinate_workers default values returning id")
    heartbeat = Heartbeat(
        dsn, worker_id=lambda: worker, on_lost=lambda: None, timings=WorkerTimings(beat=0.05, blocked=0.3)
    )
    heartbeat.start()
    # This test's own loop is the one that blocks: it asks without ever giving way, until the beats end.
    with psycopg.connect(dsn, autocommit=True) as connection:
        silent = "select now() - last_heartbeat > interval '0.5 seconds' from procrastinate.procrastinate_workers"
        while connection.execute(silent).fetchone() != (True,):
            connection.execute("select pg_sleep(0.02)")
    await heartbeat.stop()


@given(st.integers(1, 10_000), st.integers(0, 100))
def test_wait_never_exceeds_the_cap_and_never_falls_below_what_was_told(attempt: int, told: int) -> None:
    retry = Retry(base=timedelta(seconds=3), cap=timedelta(minutes=2))
    least = timedelta(seconds=told)
    wait = retry.delay_after(attempt, at_least=least)
    assert least <= wait <= max(least, min(timedelta(minutes=2), timedelta(seconds=3) * 2 ** min(attempt - 1, 20)))


def test_wrong_declarations_are_refused_at_import() -> None:
    class Payload(BaseModel):
        pass

    async def without_model(context: JobContext, payload: dict[str, str]) -> None:
        pass

    def not_async(context: JobContext, payload: Payload) -> None:
        pass

    with pytest.raises(TypeError):
        job("test.wrong")(without_model)  # type: ignore[type-var]  # wrong on purpose
    with pytest.raises(TypeError):
        job("test.wrong")(not_async)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ValueError):
        job("test.wrong", queue="nowhere")
