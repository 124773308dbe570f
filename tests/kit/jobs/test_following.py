"""Following jobs: state, progress and cancel, and whose jobs they are."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from headwater.core.database.database import Database, Identity
from headwater.core.errors import Conflict, Forbidden, NotFound
from headwater.core.resources import Resources
from headwater.kit.jobs import (
    Worker,
    cancel_job,
    enqueue,
    enqueue_tracked,
    read_job,
    replay_job,
    running_worker,
)
from tests.kit.jobs.conftest import ALL, RunAll
from tests.kit.jobs.kinds import Journal, Note, hold, report, write
from tests.kit.jobs.people import Person, make_person
from tests.kit.jobs.waiting import until


async def test_waiting_job_is_cancelled_at_once(database: Database, ada: Person, run_all: RunAll) -> None:
    async with database.transaction(ada.identity) as connection:
        job_id = await enqueue_tracked(connection, write, Note(), workspace_id=ada.workspace_id)
        assert job_id is not None
        assert (await cancel_job(connection, job_id=job_id)).state == "cancelled"
    assert await run_all() == []
    with pytest.raises(Conflict):
        async with database.transaction(ada.identity) as connection:
            await cancel_job(connection, job_id=job_id)


async def test_running_job_is_cancelled(
    database: Database, tools: Resources, owner: asyncpg.Connection, journal: Journal, ada: Person
) -> None:
    async with running_worker(Worker(database, tools, jobs=ALL)):
        job_id = await enqueue_tracked(owner, hold, Note(text="x"), workspace_id=ada.workspace_id)
        assert job_id is not None
        await asyncio.wait_for(journal.started.wait(), 10)
        async with database.transaction(ada.identity) as connection:
            assert (await cancel_job(connection, job_id=job_id)).state == "running"
        await until(owner, "select state = 'cancelled' from public.jobs where id = $1", job_id)
    assert journal.lines == ["x"]
    # The leader clears what was aborted whenever its turn comes: gone or aborted, but never to run again.
    left = await owner.fetch("select status::text from procrastinate.procrastinate_jobs")
    assert {row["status"] for row in left} <= {"aborted"}


async def test_strangers_and_viewers_change_nothing(database: Database, owner: asyncpg.Connection, ada: Person) -> None:
    bob = await make_person(owner, "bob@example.com")
    job_id = await enqueue_tracked(owner, write, Note(), workspace_id=ada.workspace_id)
    assert job_id is not None
    for refused in (NotFound, Forbidden):
        for act in (cancel_job, replay_job):
            with pytest.raises((refused, Conflict) if act is replay_job else refused):
                async with database.transaction(bob.identity) as connection:
                    await act(connection, job_id=job_id)
        await owner.execute(
            "insert into public.workspace_members (workspace_id, user_id, role) values ($1, $2, 'viewer')"
            " on conflict do nothing",
            ada.workspace_id,
            bob.user_id,
        )
    assert await owner.fetchval("select state from public.jobs") == "queued"


async def test_deleted_workspace_takes_its_jobs_along(
    database: Database, tools: Resources, owner: asyncpg.Connection, journal: Journal, ada: Person
) -> None:
    bob = await make_person(owner, "bob@example.com")
    kept = await enqueue_tracked(owner, write, Note(), workspace_id=bob.workspace_id, at=journal.far_future)
    async with running_worker(Worker(database, tools, jobs=ALL)):
        await enqueue(owner, hold, Note(text="x"), workspace_id=ada.workspace_id)
        await asyncio.wait_for(journal.started.wait(), 10)
        await enqueue_tracked(owner, write, Note(), workspace_id=ada.workspace_id, at=journal.far_future)
        await owner.execute("delete from auth.users where id = $1", ada.user_id)
        # The running one is ended by its worker.
        await until(owner, "select not exists (select from procrastinate.procrastinate_jobs where status = 'doing')")
    assert journal.lines == ["x"]
    assert [row["id"] for row in await owner.fetch("select id from public.jobs")] == [kept]


async def test_progress_is_shown(database: Database, owner: asyncpg.Connection, ada: Person, run_all: RunAll) -> None:
    job_id = await enqueue_tracked(owner, report, Note(text="pages"), workspace_id=ada.workspace_id)
    assert job_id is not None
    await run_all()
    async with database.transaction(ada.identity) as connection:
        row = await read_job(connection, job_id=job_id)
    assert (row.progress_done, row.progress_total, row.progress_note) == (7, 7, "pages")


async def test_maintenance_job_reaches_every_workspace_and_a_workspace_job_does_not(
    database: Database, owner: asyncpg.Connection, ada: Person, run_all: RunAll
) -> None:
    async with database.transaction(Identity.service()) as connection:
        await enqueue(connection, report, Note(text="sweep"), workspace_id=None)
    assert [outcome.label for _, outcome in await run_all()] == ["succeeded"]
    await enqueue(owner, report, Note(text="sweep"), workspace_id=ada.workspace_id)
    assert [outcome.label for _, outcome in await run_all()] == ["retried"]
