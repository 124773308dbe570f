"""Postgres that is killed, away or behind a dead connection; runs that are taken over."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from headwater.core.database.database import Database, Identity
from headwater.core.database.migrations import apply_migrations
from headwater.core.resources import Resources
from headwater.kit.jobs import DatabaseGone, Worker, WorkerTimings, enqueue, enqueue_many, running_worker
from headwater.local.postgres import LocalPostgres, install_foundation
from tests.fixtures.relay import Relay
from tests.fixtures.waiting import wait_until
from tests.kit.jobs.conftest import ALL
from tests.kit.jobs.fleet import Fleet
from tests.kit.jobs.kinds import Journal, Note, stubborn, write
from tests.kit.jobs.process import DIARY, step
from tests.kit.jobs.waiting import until


@pytest.fixture
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalPostgres]:
    """A Postgres of the test's own, which it may kill."""
    async with LocalPostgres(tmp_path_factory.mktemp("server") / "postgres", port=0) as made:
        await install_foundation(made.dsn)
        await apply_migrations(made.dsn)
        yield made


async def test_postgres_killed_under_load_loses_and_doubles_nothing(server: LocalPostgres, workspace_id: UUID) -> None:
    number = 300
    owner = await asyncpg.connect(server.dsn)
    await owner.execute(DIARY)
    await owner.execute("create unique index on public.diary (line) where line like 'step%'")
    notes = [Note(text=f"step {index}") for index in range(number)]
    await enqueue_many(owner, step, notes, workspace_id=workspace_id)
    fleet = Fleet(server.dsn)
    await fleet.start(2)
    try:
        await until(owner, "select count(*) > 20 from public.diary where line like 'step%'")
        await owner.close()
        postmaster = server.status().child.pid
        assert postmaster is not None
        os.kill(postmaster, signal.SIGKILL)
        owner = await reconnect(server)
        await until(owner, "select not exists (select from procrastinate.procrastinate_jobs)", seconds=60)
        assert await owner.fetchval("select count(*) from public.diary where line like 'step%'") == number
        # The workers themselves lived through it.
        assert [process.returncode for process in fleet.processes] == [None, None]
    finally:
        await fleet.end()
        await owner.close()


async def reconnect(server: LocalPostgres) -> asyncpg.Connection:
    """Connect as soon as the server is back."""

    async def attempt() -> asyncpg.Connection | None:
        try:
            return await asyncpg.connect(server.dsn, timeout=5)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return None

    return await wait_until(attempt, what="Postgres to come back")


async def test_worker_gives_up_on_a_postgres_that_stays_away(database: Database, tools: Resources, dsn: str) -> None:
    async with Relay(dsn) as relay:
        behind = Database(relay.dsn)
        worker = Worker(behind, tools, jobs=ALL, timings=WorkerTimings(outage=0.5, statement=0.5))
        running = asyncio.create_task(worker.run(handle_signals=False))
        await worker.ready.wait()
        await relay.refuse()
        with pytest.raises(DatabaseGone):
            await running
        await behind.close()


async def test_dead_connection_does_not_hang_the_worker(
    owner: asyncpg.Connection, tools: Resources, journal: Journal, dsn: str, workspace_id: UUID
) -> None:
    async with Relay(dsn) as relay:
        behind = Database(relay.dsn, statement_timeout_seconds=1.0, answer_seconds=1.0)
        async with running_worker(Worker(behind, tools, jobs=ALL, timings=WorkerTimings(statement=1.0))):
            await enqueue(owner, write, Note(text="before"), workspace_id=workspace_id)
            await wait_until(lambda: journal.lines == ["before"])
            relay.freeze()
            await enqueue(owner, write, Note(text="after"), workspace_id=workspace_id)
            await wait_until(lambda: journal.lines == ["before", "after"])
            await until(owner, "select not exists (select from procrastinate.procrastinate_jobs)")
        await behind.close()


async def test_run_past_its_time_is_taken_over_and_its_result_dropped(
    database: Database, tools: Resources, owner: asyncpg.Connection, journal: Journal, workspace_id: UUID
) -> None:
    timings = WorkerTimings(grace=0.2, sweep=0.1)
    async with running_worker(Worker(database, tools, jobs=ALL, timings=timings)):
        await enqueue(owner, stubborn, Note(text="x"), workspace_id=workspace_id)
        await asyncio.wait_for(journal.started.wait(), 10)
        await until(owner, "select state = 'failed' from public.jobs")
        journal.gate.set()
        await wait_until(lambda: journal.lines == ["x", "x taken over"])
    row = await owner.fetchrow("select state, error from public.jobs")
    assert tuple(row) == ("failed", "The job took longer than it may.")


async def test_open_transaction_of_a_job_keeps_it_from_being_taken_and_lets_it_be_cancelled(
    database: Database, owner: asyncpg.Connection, dsn: str, workspace_id: UUID
) -> None:
    worker = await owner.fetchval("insert into procrastinate.procrastinate_workers default values returning id")
    job_id = await enqueue(owner, write, Note(), workspace_id=workspace_id)
    await owner.fetch("select * from headwater.fetch_jobs(array['fetch'], array[1], $1, '0'::interval)", worker)
    await owner.execute("update procrastinate.procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    rescue = "select id from headwater.rescue_jobs(interval '0.001 seconds', interval '10 seconds')"
    async with database.raw(Identity.job(workspace_id)) as connection:
        assert await connection.fetchval("select headwater.hold_job($1, $2, 0)", job_id, worker)
        assert await owner.fetch(rescue) == []
        await owner.execute("update procrastinate.procrastinate_jobs set abort_requested = true")
    assert [row["id"] for row in await owner.fetch(rescue)] == [job_id]
    async with database.raw(Identity.job(workspace_id)) as connection:
        assert not await connection.fetchval("select headwater.hold_job($1, $2, 0)", job_id, worker)


async def test_jobs_in_a_lost_answer_go_back_into_the_queue(owner: asyncpg.Connection, workspace_id: UUID) -> None:
    worker = await owner.fetchval("insert into procrastinate.procrastinate_workers default values returning id")
    await enqueue_many(owner, write, [Note()] * 3, workspace_id=workspace_id)
    fetch = "select id from headwater.fetch_jobs(array['fetch'], array[3], $1, '0'::interval)"
    known = [row["id"] for row in await owner.fetch(fetch, worker)][:1]
    await owner.execute("select headwater.return_jobs($1, $2)", worker, known)
    rows = await owner.fetch(
        "select id, status::text, attempts from procrastinate.procrastinate_jobs where worker_id is null"
    )
    assert {(row["status"], row["attempts"]) for row in rows} == {("todo", 0)}
    assert known[0] not in {row["id"] for row in rows}
    assert len(rows) == 2
