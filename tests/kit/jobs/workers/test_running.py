"""What becomes of a job, run by run."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg

from headwater.core.clock import MovableClock
from headwater.core.database.database import Database, Identity
from headwater.kit.jobs import enqueue
from tests.kit.jobs.conftest import RunAll
from tests.kit.jobs.kinds import Journal, Note, chain, later, limited, never, slow, write


async def test_success_leaves_no_row(
    database: Database, owner: asyncpg.Connection, journal: Journal, run_all: RunAll, workspace_id: UUID
) -> None:
    async with database.transaction(Identity.job(workspace_id)) as connection:
        job_id = await enqueue(connection, write, Note(text="a"), workspace_id=workspace_id)
    assert job_id is not None
    runs = await run_all()
    assert [(run.id, outcome.label) for run, outcome in runs] == [(job_id, "succeeded")]
    assert journal.lines == ["a"]
    assert await owner.fetchval("select count(*) from procrastinate.procrastinate_jobs") == 0


async def test_enqueue_is_part_of_the_transaction(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, workspace_id: UUID
) -> None:
    transaction = owner.transaction()
    await transaction.start()
    await enqueue(owner, write, Note(text="never"), workspace_id=workspace_id)
    await transaction.rollback()
    assert await run_all() == []
    assert journal.lines == []


async def test_failure_is_retried_with_growing_waits_until_the_cap(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, clock: MovableClock, workspace_id: UUID
) -> None:
    journal.failures["a"] = [ValueError("one"), ValueError("two"), ValueError("three")]
    await enqueue(owner, write, Note(text="a"), workspace_id=workspace_id)
    labels: list[tuple[str, bool]] = []
    for wait in (0, 10, 20):
        clock.advance(timedelta(seconds=wait))
        labels += [
            (outcome.label, outcome.delay <= timedelta(seconds=10 * 2 ** len(labels))) for _, outcome in await run_all()
        ]
    assert labels == [("retried", True), ("retried", True), ("failed", True)]
    clock.advance(timedelta(days=1))
    assert await run_all() == []
    row = await owner.fetchrow("select status::text, attempts, error, traceback from procrastinate.procrastinate_jobs")
    assert row["status"] == "failed"
    assert row["attempts"] == 3
    assert "three" not in row["error"]
    assert "ValueError: three" in row["traceback"]


async def test_rate_limit_is_no_attempt_and_its_wait_is_kept(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, clock: MovableClock, workspace_id: UUID
) -> None:
    journal.failures["a"] = [limited(500) for _ in range(5)]
    await enqueue(owner, write, Note(text="a"), workspace_id=workspace_id)
    for _ in range(5):
        assert [outcome.label for _, outcome in await run_all()] == ["postponed"]
        clock.advance(timedelta(seconds=490))
        assert await run_all() == []
        clock.advance(timedelta(seconds=270))
    assert [outcome.label for _, outcome in await run_all()] == ["succeeded"]


async def test_rate_limit_of_a_whole_day_counts(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, clock: MovableClock, workspace_id: UUID
) -> None:
    journal.failures["a"] = [limited(500) for _ in range(3)]
    await enqueue(owner, write, Note(text="a"), workspace_id=workspace_id)
    clock.advance(timedelta(days=1, minutes=1))
    labels = []
    for _ in range(3):
        labels += [outcome.label for _, outcome in await run_all()]
        clock.advance(timedelta(seconds=490))
        assert await run_all() == []
        clock.advance(timedelta(seconds=20))
    assert labels == ["retried", "retried", "failed"]


async def test_run_that_cancels_itself_has_failed(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, workspace_id: UUID
) -> None:
    journal.failures["a"] = [asyncio.CancelledError()]
    await enqueue(owner, write, Note(text="a"), workspace_id=workspace_id)
    assert [outcome.label for _, outcome in await run_all()] == ["retried"]


async def test_postponed_run_is_no_attempt(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, clock: MovableClock, workspace_id: UUID
) -> None:
    journal.failures["a"] = [later(60) for _ in range(10)]
    await enqueue(owner, write, Note(text="a"), workspace_id=workspace_id)
    labels = []
    for _ in range(11):
        labels += [outcome.label for _, outcome in await run_all()]
        clock.advance(timedelta(seconds=61))
    assert labels == ["postponed"] * 10 + ["succeeded"]


async def test_permanent_failure_is_not_retried(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, workspace_id: UUID
) -> None:
    journal.failures["a"] = [never()]
    await enqueue(owner, write, Note(text="a"), workspace_id=workspace_id)
    assert [outcome.label for _, outcome in await run_all()] == ["failed"]
    row = await owner.fetchrow("select state, error, attempts from public.jobs")
    assert tuple(row) == ("failed", "the feed is gone", 1)


async def test_log_lines_carry_job_and_workspace(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, workspace_id: UUID
) -> None:
    job_id = await enqueue(owner, chain, Note(text="next"), workspace_id=workspace_id)
    await run_all()
    assert journal.bound == {"job_id": job_id, "job": "test.chain", "workspace_id": str(workspace_id)}


async def test_run_is_ended_at_its_time_limit(owner: asyncpg.Connection, run_all: RunAll, workspace_id: UUID) -> None:
    await enqueue(owner, slow, Note(), workspace_id=workspace_id)
    ((_, outcome),) = await run_all()
    assert (outcome.label, outcome.error) == ("failed", "This took longer than 0.2 s.")


async def test_job_enqueues_in_its_own_transaction(
    owner: asyncpg.Connection, journal: Journal, run_all: RunAll, workspace_id: UUID
) -> None:
    await enqueue(owner, chain, Note(text="next"), workspace_id=workspace_id)
    assert [run.kind for run, _ in await run_all()] == ["test.chain", "test.write"]
    assert journal.lines == ["next"]


async def test_payload_that_does_not_fit_fails_for_good(
    owner: asyncpg.Connection, run_all: RunAll, workspace_id: UUID
) -> None:
    await enqueue(owner, write, Note(), workspace_id=workspace_id)
    await owner.execute("""update procrastinate.procrastinate_jobs set args = '{"seconds": "soon"}'""")
    ((_, outcome),) = await run_all()
    assert outcome.label == "failed"


async def test_unknown_kind_waits_for_a_newer_worker(
    owner: asyncpg.Connection, run_all: RunAll, clock: MovableClock, workspace_id: UUID
) -> None:
    await enqueue(owner, write, Note(), workspace_id=workspace_id)
    await owner.execute("update procrastinate.procrastinate_jobs set task_name = 'test.of_tomorrow'")
    assert [outcome.label for _, outcome in await run_all()] == ["postponed"]
    clock.advance(timedelta(hours=2))
    assert [outcome.label for _, outcome in await run_all()] == ["failed"]
