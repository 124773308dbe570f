"""The worker as it runs in production, in the test's own loop."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg

from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.kit.jobs import Worker, WorkerTimings, enqueue, enqueue_many, enqueue_tracked, running_worker
from tests.kit.jobs.conftest import ALL
from tests.kit.jobs.kinds import Journal, Note, hold, hold_long, write
from tests.kit.jobs.waiting import until


async def test_worker_hears_of_a_job_and_shows_its_state(
    database: Database, tools: Resources, owner: asyncpg.Connection, journal: Journal, workspace_id: UUID
) -> None:
    async with running_worker(Worker(database, tools, jobs=ALL)):
        tracking_id = await enqueue_tracked(owner, hold, Note(text="x"), workspace_id=workspace_id)
        await asyncio.wait_for(journal.started.wait(), 5)
        row = await owner.fetchrow("select state, attempts, summary from public.jobs where id = $1", tracking_id)
        assert tuple(row) == ("running", 1, "holds x")
        journal.gate.set()
        await until(owner, "select state = 'succeeded' from public.jobs where id = $1", tracking_id)


async def test_long_work_never_starves_short_work(
    database: Database, tools: Resources, owner: asyncpg.Connection, journal: Journal, workspace_id: UUID
) -> None:
    """Sixteen long chunks, eight of which take every slot that they may have, and a short job that is due."""
    async with running_worker(Worker(database, tools, jobs=ALL, concurrency=8)):
        await enqueue_many(owner, hold_long, [Note(text="long")] * 16, workspace_id=workspace_id)
        await asyncio.wait_for(journal.started.wait(), 20)
        await enqueue(owner, write, Note(text="short"), workspace_id=workspace_id)
        await until(owner, "select count(*) = 0 from procrastinate.procrastinate_jobs where task_name = 'test.write'")
        assert sorted(journal.lines) == ["long"] * 8 + ["short"]
        journal.gate.set()


async def test_stop_lets_running_jobs_finish(
    database: Database, tools: Resources, owner: asyncpg.Connection, journal: Journal, workspace_id: UUID
) -> None:
    worker = Worker(database, tools, jobs=ALL)
    async with running_worker(worker):
        await enqueue(owner, hold, Note(text="x"), workspace_id=workspace_id)
        await asyncio.wait_for(journal.started.wait(), 5)
        worker.stop()
        journal.gate.set()
    assert journal.lines == ["x", "x done"]
    assert await owner.fetchval("select state from public.jobs") == "succeeded"
    assert await owner.fetchval("select count(*) from procrastinate.procrastinate_workers") == 0


async def test_stop_puts_back_what_does_not_finish(
    database: Database, tools: Resources, owner: asyncpg.Connection, journal: Journal, workspace_id: UUID
) -> None:
    async with running_worker(Worker(database, tools, jobs=ALL, timings=WorkerTimings(stop=0.05))):
        await enqueue(owner, hold, Note(text="x"), workspace_id=workspace_id)
        await asyncio.wait_for(journal.started.wait(), 5)
    assert await owner.fetchval("select state from public.jobs") == "queued"
    row = await owner.fetchrow("select status::text, attempts, worker_id from procrastinate.procrastinate_jobs")
    assert tuple(row) == ("todo", 0, None)
