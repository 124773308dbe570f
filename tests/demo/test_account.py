"""The demo waits for somebody who signs in, and for nobody for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from headwater.demo.account import await_visitor, find_newest_session
from headwater.local.schemas import install_schemas

_ADD_USER = """
insert into auth.users (id, email, aud, role)
values ($1::uuid, $1::uuid::text || '@example.com', 'authenticated', 'authenticated')
"""
_SIGN_IN = "insert into auth.sessions (id, user_id, created_at) values (gen_random_uuid(), $1, clock_timestamp())"


@pytest.fixture
async def owner(unmigrated_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database with the tables of Auth."""
    await install_schemas(unmigrated_dsn)
    connection = await asyncpg.connect(unmigrated_dsn)
    yield connection
    await connection.close()


async def add_user(owner: asyncpg.Connection) -> UUID:
    """Make a user who is signed in, as the demo itself is."""
    user_id = uuid4()
    await owner.execute(_ADD_USER, user_id)
    await owner.execute(_SIGN_IN, user_id)
    return user_id


async def test_who_signs_in_ends_the_wait(owner: asyncpg.Connection, unmigrated_dsn: str) -> None:
    user_id, other = await add_user(owner), await add_user(owner)
    since = await find_newest_session(owner, user_id)
    waiting = asyncio.create_task(await_visitor(owner, user_id, since=since, seconds=600))
    visitor = await asyncpg.connect(unmigrated_dsn)
    try:
        await visitor.execute(_SIGN_IN, other)
        assert not waiting.done()
        await visitor.execute(_SIGN_IN, user_id)
        assert await waiting
    finally:
        await visitor.close()


async def test_nobody_is_waited_for_no_longer_than_that(owner: asyncpg.Connection) -> None:
    user_id = await add_user(owner)
    since = await find_newest_session(owner, user_id)
    assert since is not None
    assert not await await_visitor(owner, user_id, since=since, seconds=0)
