"""`set_tenant_context`: who calls it reaches one workspace until the transaction ends, or is told that they can't."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import pytest

from headwater.core.database.database import Database, Identity
from headwater.core.errors import Forbidden
from tests.fixtures.workspaces import Cast, add_member

_SET = "select public.set_tenant_context($1)"
_SEEN = "select array_agg(id order by id) from public.workspaces"
_ROLES = "select current_user::text, session_user::text, current_setting('headwater.workspace_id', true)"
_SOURCE = (
    "insert into public.monitored_sources (workspace_id, url, normalised_url, host, name)"
    " values ($1, 'https://example.com/', 'https://example.com/', 'example.com', 'Example')"
)


@asynccontextmanager
async def connected_as(dsn: str, *, rights: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect as a login role of this test's own with `rights`; `{name}` and `{database}` stand for what they say."""
    name, parts = f"tool_{uuid4().hex[:12]}", urlsplit(dsn)
    superuser = await asyncpg.connect(dsn)
    await superuser.execute(f"create role {name} login password 'tool'")
    try:
        await superuser.execute(rights.format(name=name, database=parts.path.lstrip("/")))
        address = urlunsplit(parts._replace(netloc=f"{name}:tool@{parts.hostname}:{parts.port}"))
        connection = await asyncpg.connect(address)
        try:
            yield connection
        finally:
            await connection.close()
    finally:
        await superuser.execute(f"drop owned by {name} cascade")
        await superuser.execute(f"drop role {name}")
        await superuser.close()


_CALLERS = {
    "superuser": "alter role {name} superuser",
    # As the owner of a hosted project: no superuser, and past every policy all the same.
    "owner": "alter role {name} bypassrls createrole; grant workspace_job, service_role to {name}",
    "pooler": "grant workspace_job to {name}",
}


@pytest.mark.parametrize("kind", _CALLERS)
async def test_whoever_connects_reaches_the_workspace_alone(dsn: str, cast: Cast, kind: str) -> None:
    async with connected_as(dsn, rights=_CALLERS[kind]) as connection, connection.transaction():
        await connection.execute(_SET, cast.workspace_id)
        # Statements of their own: the role must outlive the function that took it.
        role, _, workspace = await connection.fetchrow(_ROLES)
        assert (role, workspace) == ("workspace_job", str(cast.workspace_id))
        assert await connection.fetchval(_SEEN) == [cast.workspace_id]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute(
                    "insert into public.notification_events (workspace_id, kind, title) values ($1, 'x.y', 'x')",
                    cast.other_workspace_id,
                )
        # A savepoint that was rolled back takes nothing of it along.
        assert await connection.fetchval(_SEEN) == [cast.workspace_id]


@pytest.mark.parametrize("kind", _CALLERS)
async def test_nothing_leaks_into_the_next_transaction_of_a_connection(dsn: str, cast: Cast, kind: str) -> None:
    """A pooler hands the connection to another client after each transaction, committed or not."""
    async with connected_as(dsn, rights=_CALLERS[kind]) as connection:
        before = tuple(await connection.fetchrow(_ROLES))[:2]
        for ending in ("commit", "rollback"):
            await connection.execute("begin")
            await connection.execute(_SET, cast.workspace_id)
            await connection.execute(ending)
            role, session, workspace = await connection.fetchrow(_ROLES)
            assert (role, session) == before
            assert not workspace
        async with connection.transaction():
            await connection.execute(_SET, cast.other_workspace_id)
            assert await connection.fetchval(_SEEN) == [cast.other_workspace_id]


async def test_rolled_back_call_leaves_the_transaction_as_it_was(dsn: str, cast: Cast) -> None:
    async with connected_as(dsn, rights=_CALLERS["owner"]) as connection, connection.transaction():
        before = await connection.fetchrow(_ROLES)
        savepoint = connection.transaction()
        await savepoint.start()
        await connection.execute(_SET, cast.workspace_id)
        await savepoint.rollback()
        assert (await connection.fetchrow(_ROLES))[0] == before[0]


async def test_call_moves_from_one_workspace_to_another(dsn: str, cast: Cast) -> None:
    async with connected_as(dsn, rights=_CALLERS["owner"]) as connection, connection.transaction():
        for workspace_id in (cast.workspace_id, cast.other_workspace_id, uuid4()):
            await connection.execute(_SET, workspace_id)
            expected = [workspace_id] if workspace_id in {cast.workspace_id, cast.other_workspace_id} else None
            assert await connection.fetchval(_SEEN) == expected


@pytest.mark.parametrize(
    "rights",
    [
        "grant execute on function public.set_tenant_context(uuid) to {name}",
        "grant service_role to {name}",
        "alter role {name} bypassrls; grant execute on function public.set_tenant_context(uuid) to {name}",
    ],
)
async def test_who_can_not_take_the_role_is_told_so(dsn: str, cast: Cast, rights: str) -> None:
    async with connected_as(dsn, rights=rights) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="may not become workspace_job") as refused:
            await connection.execute(_SET, cast.workspace_id)
        assert "grant workspace_job to" in str(refused.value.hint)


async def test_service_key_of_the_rest_api_is_refused_rather_than_left_unbounded(dsn: str, cast: Cast) -> None:
    async with connected_as(dsn, rights="grant authenticator to {name}") as connection:
        await connection.execute("set session role service_role")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="may not become"):
            await connection.execute(_SET, cast.workspace_id)


async def test_the_platform_itself_is_narrowed(database: Database, cast: Cast) -> None:
    async with database.raw(Identity.service()) as connection:
        await connection.execute(_SET, cast.workspace_id)
        assert await connection.fetchval(_SEEN) == [cast.workspace_id]


async def test_definer_function_of_an_owner_is_refused(dsn: str, cast: Cast) -> None:
    async with connected_as(dsn, rights=_CALLERS["superuser"]) as connection:
        await connection.execute(
            "create function public.wrapped(uuid) returns void language sql security definer set search_path = ''"
            f" as $$ {_SET} $$"
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("select public.wrapped($1)", cast.workspace_id)
        await connection.execute("drop function public.wrapped(uuid)")


@pytest.mark.parametrize("caller", ["viewer", "editor", "admin", "owner", "key_read"])
async def test_member_names_a_workspace_of_their_own_and_stays_a_member(
    database: Database, cast: Cast, caller: str
) -> None:
    identity = await cast.identify(caller, database=database)
    async with database.raw(identity) as connection:
        before = await connection.fetchval(_SEEN)
        await connection.execute(_SET, cast.workspace_id)
        assert await connection.fetchval("select current_user::text") == "authenticated"
        assert await connection.fetchval(_SEEN) == before
    for elsewhere in (cast.other_workspace_id, uuid4()):
        assert not await _may_name(database, identity, elsewhere)


async def test_viewer_gains_no_right_of_a_job(database: Database, cast: Cast) -> None:
    async with database.raw(cast["viewer"].identity) as connection:
        await connection.execute(_SET, cast.workspace_id)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute(_SOURCE, cast.workspace_id)


@pytest.mark.parametrize("caller", ["stranger", "anonymous"])
async def test_strangers_name_no_workspace(database: Database, cast: Cast, caller: str) -> None:
    identity = await cast.identify(caller, database=database)
    assert not await _may_name(database, identity, cast.workspace_id)


async def test_key_names_its_workspace_and_not_another_of_its_maker(
    database: Database, owner: asyncpg.Connection, cast: Cast
) -> None:
    await add_member(owner, workspace_id=cast.other_workspace_id, person=cast["admin"], role="admin")
    key = await cast.identify("key_admin", database=database)
    assert await _may_name(database, cast["admin"].identity, cast.other_workspace_id)
    assert not await _may_name(database, key, cast.other_workspace_id)
    assert await _may_name(database, key, cast.workspace_id)


async def test_no_workspace_is_no_context(dsn: str) -> None:
    async with connected_as(dsn, rights=_CALLERS["owner"]) as connection:
        with pytest.raises(asyncpg.NullValueNotAllowedError):
            await connection.execute(_SET, None)


async def _may_name(database: Database, identity: Identity, workspace_id: UUID) -> bool:
    try:
        async with database.raw(identity) as connection:
            await connection.execute(_SET, workspace_id)
    except Forbidden:
        return False
    return True
