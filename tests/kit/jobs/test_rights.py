"""Who may enqueue, see, cancel and replay jobs."""

from __future__ import annotations

from uuid import UUID, uuid4

import asyncpg
import pytest

from headwater.core.database.database import Database, Identity
from headwater.core.errors import Forbidden
from headwater.kit.jobs import enqueue, enqueue_many, enqueue_tracked
from tests.kit.jobs.conftest import RunAll
from tests.kit.jobs.kinds import Note, write
from tests.kit.jobs.people import Person, make_person


@pytest.fixture
async def bob(owner: asyncpg.Connection) -> Person:
    """Owns another one."""
    return await make_person(owner, "bob@example.com")


async def test_member_enqueues_in_the_request_transaction(database: Database, ada: Person, run_all: RunAll) -> None:
    async with database.transaction(ada.identity) as connection:
        assert await enqueue(connection, write, Note(), workspace_id=ada.workspace_id) is not None
    async with database.raw(ada.identity) as connection:
        assert await enqueue(connection, write, Note(), workspace_id=ada.workspace_id) is not None
    assert len(await run_all()) == 2


async def test_member_cannot_enqueue_elsewhere(database: Database, ada: Person, bob: Person) -> None:
    for workspace in (bob.workspace_id, None):
        with pytest.raises(Forbidden):
            async with database.transaction(ada.identity) as connection:
                await enqueue(connection, write, Note(), workspace_id=workspace)
    with pytest.raises(Forbidden):
        async with database.transaction(ada.identity) as connection:
            await enqueue_many(connection, write, [Note(), Note()], workspace_id=[ada.workspace_id, bob.workspace_id])


async def test_viewer_cannot_enqueue(database: Database, owner: asyncpg.Connection, ada: Person, bob: Person) -> None:
    await owner.execute(
        "insert into public.workspace_members (workspace_id, user_id, role) values ($1, $2, 'viewer')",
        ada.workspace_id,
        bob.user_id,
    )
    with pytest.raises(Forbidden):
        async with database.transaction(bob.identity) as connection:
            await enqueue(connection, write, Note(), workspace_id=ada.workspace_id)


async def test_job_enqueues_for_its_own_workspace_only(database: Database, workspace_id: UUID) -> None:
    async with database.transaction(Identity.job(workspace_id)) as connection:
        assert await enqueue(connection, write, Note(), workspace_id=workspace_id) is not None
    for workspace in (uuid4(), None):
        with pytest.raises(Forbidden):
            async with database.transaction(Identity.job(workspace_id)) as connection:
                await enqueue(connection, write, Note(), workspace_id=workspace)


async def test_service_enqueues_for_anybody_and_nobody(database: Database) -> None:
    async with database.transaction(Identity.service()) as connection:
        assert await enqueue(connection, write, Note(), workspace_id=None) is not None
        ids = await enqueue_many(connection, write, [Note(), Note()], workspace_id=[uuid4(), uuid4()])
    assert None not in ids


async def test_nobody_enqueues_without_signing_in(database: Database, ada: Person) -> None:
    with pytest.raises(Forbidden):
        async with database.transaction(Identity.anonymous()) as connection:
            await enqueue(connection, write, Note(), workspace_id=ada.workspace_id)


@pytest.mark.parametrize(
    "statement",
    [
        "select * from procrastinate.procrastinate_jobs",
        "select * from headwater.fetch_jobs(array['fetch'], array[1], 1, '0')",
        "select headwater.end_job(1, 1, 0, 'failed', true, '0', '', '')",
        "select headwater.finish_jobs(array[1], 1, array[0])",
        "select headwater.report_progress(1, 1, 0, 1, 1, '')",
        "select headwater.clear_jobs(1, '0', '0')",
        "insert into public.jobs (kind) values ('x')",
        "update public.jobs set state = 'succeeded'",
        "delete from public.jobs",
        "select * from headwater.schedules",
    ],
)
async def test_tables_are_out_of_reach(database: Database, ada: Person, statement: str) -> None:
    for identity in (Identity.anonymous(), ada.identity, Identity.job(ada.workspace_id)):
        with pytest.raises(Forbidden):
            async with database.transaction(identity) as connection:
                await connection.exec_driver_sql(statement)


async def test_members_see_the_jobs_of_their_workspaces(database: Database, ada: Person, bob: Person) -> None:
    async with database.transaction(ada.identity) as connection:
        tracking_id = await enqueue_tracked(connection, write, Note(), workspace_id=ada.workspace_id)
    seen = []
    for identity in (ada.identity, bob.identity, Identity.job(ada.workspace_id), Identity.job(bob.workspace_id)):
        async with database.transaction(identity) as connection:
            seen.append((await connection.exec_driver_sql("select id from public.jobs")).scalars().all())
    assert seen == [[tracking_id], [], [tracking_id], []]
