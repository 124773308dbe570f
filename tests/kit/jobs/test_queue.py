"""Keys, locks and order in the queue: each of these wedged or lost work with the engine as it comes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg

from headwater.core.clock import MovableClock
from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.kit.jobs import enqueue, enqueue_many, run_until_idle
from tests.kit.jobs.conftest import ALL, RunAll
from tests.kit.jobs.kinds import Journal, Note, locked, write


async def test_second_job_under_a_waiting_key_is_left_out_and_the_transaction_lives(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, workspace_id: UUID
) -> None:
    async with owner.transaction():
        first = await enqueue(owner, write, Note(text="a"), workspace_id=workspace_id, deduplication_key="k")
        second = await enqueue(owner, write, Note(text="b"), workspace_id=workspace_id, deduplication_key="k")
        other = await enqueue(owner, write, Note(text="c"), workspace_id=uuid4(), deduplication_key="k")
    assert first is not None
    assert second is None
    assert other is not None
    await run_all()
    assert sorted(journal.lines) == ["a", "c"]


async def test_two_transactions_with_one_key_enqueue_once(
    owner: asyncpg.Connection, dsn: str, workspace_id: UUID
) -> None:
    other = await asyncpg.connect(dsn)
    transaction = owner.transaction()
    await transaction.start()
    assert await enqueue(owner, write, Note(), workspace_id=workspace_id, deduplication_key="k") is not None
    waiting = asyncio.create_task(enqueue(other, write, Note(), workspace_id=workspace_id, deduplication_key="k"))
    await transaction.commit()
    assert await waiting is None
    await other.close()


async def test_key_frees_when_the_job_starts_so_that_its_retry_can_be_written(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, clock: MovableClock, workspace_id: UUID
) -> None:
    journal.failures["a"] = [ValueError("once")]
    await enqueue(owner, write, Note(text="a"), workspace_id=workspace_id, deduplication_key="k")
    await run_all()
    # The first one waits for its retry; a second one may wait beside it, and neither is wedged.
    assert await enqueue(owner, write, Note(text="b"), workspace_id=workspace_id, deduplication_key="k") is not None
    clock.advance(timedelta(minutes=1))
    assert {outcome.label for _, outcome in await run_all()} == {"succeeded"}
    assert await owner.fetchval("select count(*) from procrastinate.procrastinate_jobs") == 0


async def test_engine_function_that_starts_a_job_frees_its_key_too(
    owner: asyncpg.Connection, workspace_id: UUID
) -> None:
    await enqueue(owner, write, Note(), workspace_id=workspace_id, deduplication_key="k")
    await owner.execute("set search_path = procrastinate, public")
    worker = await owner.fetchval("select worker_id from procrastinate_register_worker_v1()")
    await owner.execute("update procrastinate_jobs set status = 'doing', worker_id = $1", worker)
    await enqueue(owner, write, Note(), workspace_id=workspace_id, deduplication_key="k")
    await owner.execute(
        "select procrastinate_retry_job_v2(id, now(), null, null, null) from procrastinate_jobs where status = 'doing'"
    )
    rows = await owner.fetch("select status::text, worker_id from procrastinate_jobs")
    assert [tuple(row) for row in rows] == [("todo", None)] * 2


async def test_lock_is_held_by_running_jobs_only(
    database: Database, tools: Resources, owner: asyncpg.Connection, journal: Journal, workspace_id: UUID
) -> None:
    ids = await enqueue_many(owner, locked, [Note(text="one")] * 20, workspace_id=workspace_id)
    await asyncio.gather(*(run_until_idle(database, tools, jobs=ALL) for _ in range(3)))
    assert len(journal.lines) == 2 * len(ids)
    for begin, end in zip(journal.lines[::2], journal.lines[1::2], strict=True):
        assert begin.removeprefix("begin ") == end.removeprefix("end ")


async def test_waiting_retry_and_delayed_job_do_not_hold_their_lock(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, clock: MovableClock, workspace_id: UUID
) -> None:
    journal.failures["one"] = [ValueError("once")]
    tomorrow = clock.now() + timedelta(days=1)
    await enqueue(owner, locked, Note(text="one"), workspace_id=workspace_id)
    await run_all()
    await enqueue(owner, locked, Note(text="one"), workspace_id=workspace_id, at=tomorrow, priority=5)
    free = await enqueue(owner, locked, Note(text="one"), workspace_id=workspace_id)
    assert [run.id for run, _ in await run_all()] == [free]


async def test_delayed_job_starts_when_its_time_has_come(
    owner: asyncpg.Connection, run_all: RunAll, clock: MovableClock, workspace_id: UUID
) -> None:
    await enqueue(owner, write, Note(), workspace_id=workspace_id, at=clock.now() + timedelta(hours=1))
    assert await run_all() == []
    clock.advance(timedelta(hours=1, seconds=1))
    assert len(await run_all()) == 1


async def test_small_workspace_does_not_wait_behind_a_large_one(owner: asyncpg.Connection) -> None:
    large, small = uuid4(), uuid4()
    await enqueue_many(owner, write, [Note()] * 3000, workspace_id=large)
    await enqueue_many(owner, write, [Note()] * 10, workspace_id=small)
    worker = await owner.fetchval("insert into procrastinate.procrastinate_workers default values returning id")
    first = await owner.fetch(
        "select * from headwater.fetch_jobs(array['fetch'], array[20], $1, '0'::interval)", worker
    )
    assert len(first) == 20
    assert sum(row["workspace_id"] == small for row in first) == 10


async def test_worker_starts_jobs_in_the_order_of_their_turns(
    database: Database, tools: Resources, owner: asyncpg.Connection, journal: Journal
) -> None:
    await enqueue_many(owner, write, [Note(text="large")] * 200, workspace_id=uuid4())
    await enqueue_many(owner, write, [Note(text="small")] * 10, workspace_id=uuid4())
    await run_until_idle(database, tools, jobs=ALL, concurrency=8)
    assert journal.lines[:20].count("small") == 10
    assert len(journal.lines) == 210


async def test_newcomer_shares_the_turns_of_a_queue_that_is_half_done(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll
) -> None:
    large, newcomer = uuid4(), uuid4()
    await enqueue_many(owner, write, [Note(text="large")] * 300, workspace_id=large)
    await owner.execute("delete from procrastinate.procrastinate_jobs where turn < 150")
    await enqueue_many(owner, write, [Note(text="new")] * 150, workspace_id=newcomer)
    await run_all()
    # Neither the old hand nor the newcomer is served first: they take turns.
    assert 40 <= journal.lines[:100].count("new") <= 60


async def test_priority_jumps_ahead_by_turns(
    owner: asyncpg.Connection, database: Database, tools: Resources, journal: Journal, workspace_id: UUID
) -> None:
    await enqueue_many(owner, write, [Note(text="plain")] * 5, workspace_id=workspace_id)
    await enqueue(owner, write, Note(text="urgent"), workspace_id=workspace_id, priority=100)
    await run_until_idle(database, tools, jobs=ALL, concurrency=1)
    assert journal.lines[0] == "urgent"


async def test_finished_jobs_name_no_worker(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, workspace_id: UUID
) -> None:
    journal.failures["a"] = [ValueError("x")] * 3
    await enqueue(owner, write, Note(text="a"), workspace_id=workspace_id)
    await run_all()
    assert await owner.fetchval("select worker_id from procrastinate.procrastinate_jobs") is None
    # Deleting a worker must find its jobs by an index whatever their state.
    await owner.execute("set enable_seqscan = off")
    plan = await owner.fetch("explain update procrastinate.procrastinate_jobs set worker_id = null where worker_id = 1")
    assert any("jobs_worker_idx" in row[0] for row in plan)


async def test_many_waiting_delayed_jobs_are_not_read_by_a_fetch(
    owner: asyncpg.Connection, workspace_id: UUID, clock: MovableClock
) -> None:
    later = clock.now() + timedelta(days=1)
    await enqueue_many(owner, write, [Note()] * 5000, workspace_id=workspace_id, at=later)
    await owner.execute("vacuum analyze procrastinate.procrastinate_jobs")
    await owner.execute("set search_path = procrastinate, public")
    worker = await owner.fetchval("select worker_id from procrastinate_register_worker_v1()")
    before = await _rows_read(owner)
    await owner.fetch("select headwater.fetch_jobs(array['fetch'], array[8], $1, '0'::interval)", worker)
    assert await _rows_read(owner) - before < 50


async def _rows_read(connection: asyncpg.Connection) -> int:
    await connection.execute("select pg_stat_force_next_flush()")
    return int(
        await connection.fetchval(
            "select coalesce(sum(idx_tup_read), 0) + (select seq_tup_read from pg_stat_user_tables"
            " where relname = 'procrastinate_jobs') from pg_stat_user_indexes where relname = 'procrastinate_jobs'"
        )
    )
