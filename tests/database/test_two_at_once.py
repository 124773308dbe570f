"""Rules that count or compare rows hold when two transactions that don't see each other do the same at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from tests.fixtures.waiting import wait_until
from tests.fixtures.workspaces import Cast, add_member, make_user

_LEAVE = "delete from public.workspace_members where workspace_id = $1 and user_id = $2"
_STEP_DOWN = "update public.workspace_members set role = 'admin' where workspace_id = $1 and user_id = $2"
_ASK = """
insert into public.notification_deliveries (
    workspace_id, user_id, channel, purpose, address, idempotency_key, status, due_at
)
values ($1, $2, 'email', 'verification', 'new@example.com', gen_random_uuid()::text, 'pending', now())
"""


@asynccontextmanager
async def connect(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """Open one more connection of the owner's."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def wait_for_a_lock_or_the_end(owner: asyncpg.Connection, connection: asyncpg.Connection, task: object) -> None:
    """Wait until `connection` waits for somebody else's lock, or `task` is done without one."""
    process = connection.get_server_pid()

    async def stands_still() -> bool:
        assert isinstance(task, asyncio.Task)
        return task.done() or bool(await owner.fetchval("select cardinality(pg_blocking_pids($1)) > 0", process))

    await wait_until(stands_still, what="a lock")


@pytest.mark.parametrize("first", [_LEAVE, _STEP_DOWN], ids=["leaves", "steps down"])
@pytest.mark.parametrize("second", [_LEAVE, _STEP_DOWN], ids=["leaves", "steps down"])
async def test_two_owners_at_once_leave_one(
    dsn: str, owner: asyncpg.Connection, cast: Cast, first: str, second: str
) -> None:
    other = await make_user(owner)
    await add_member(owner, workspace_id=cast.workspace_id, person=other, role="owner")
    async with connect(dsn) as mine, connect(dsn) as theirs:
        async with mine.transaction():
            await mine.execute(first, cast.workspace_id, cast["owner"].user_id)
            following = asyncio.create_task(theirs.execute(second, cast.workspace_id, other.user_id))
            await wait_for_a_lock_or_the_end(owner, theirs, following)
            assert not following.done(), "the second waits for what becomes of the first"
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await following
    assert refused.value.constraint_name == "workspace_members_keep_an_owner"
    counted = "select count(*) from public.workspace_members where workspace_id = $1 and role = 'owner'"
    assert await owner.fetchval(counted, cast.workspace_id) == 1


async def test_two_letters_at_once_are_both_counted(dsn: str, owner: asyncpg.Connection, cast: Cast) -> None:
    person = cast["editor"]
    for _ in range(19):
        await owner.execute(_ASK, cast.workspace_id, person.user_id)
    async with connect(dsn) as mine, connect(dsn) as theirs:
        async with mine.transaction():
            await mine.execute(_ASK, cast.workspace_id, person.user_id)
            following = asyncio.create_task(theirs.execute(_ASK, cast.workspace_id, person.user_id))
            await wait_for_a_lock_or_the_end(owner, theirs, following)
            assert not following.done()
            # Nobody else waits for this person's turn, and each has twenty of their own.
            await owner.execute(_ASK, cast.workspace_id, cast["viewer"].user_id)
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await following
    assert refused.value.constraint_name == "notification_deliveries_verifications"
