"""Attempts to get further than one's role, by those who would try."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from headwater.core.database.database import Database, Identity
from headwater.core.errors import InvalidInput
from headwater.kit.http.keys import identify_key
from tests.database.rights.attempts import SEE_ROLE, try_as
from tests.fixtures.workspaces import Cast, add_member, make_user


@pytest.mark.parametrize("caller", ["viewer", "editor", "admin", "key_admin"])
async def test_nobody_makes_themselves_owner(database: Database, owner: Any, cast: Cast, caller: str) -> None:
    identity = await cast.identify(caller, database=database)
    own = identity.user_id
    before = await owner.fetchval(SEE_ROLE, cast.workspace_id, own)
    await try_as(
        database,
        identity,
        "update public.workspace_members set role = 'owner' where workspace_id = $1 and user_id = $2",
        cast.workspace_id,
        own,
    )
    await try_as(
        database,
        identity,
        "insert into public.workspace_members (workspace_id, user_id, role) values ($1, $2, 'owner')",
        cast.workspace_id,
        own,
    )
    assert await owner.fetchval(SEE_ROLE, cast.workspace_id, own) == before


async def test_admin_neither_demotes_nor_removes_an_owner(database: Database, owner: Any, cast: Cast) -> None:
    admin, target = cast["admin"].identity, cast["owner"].user_id
    where = "where workspace_id = $1 and user_id = $2"
    assert not await try_as(
        database, admin, f"update public.workspace_members set role = 'viewer' {where}", cast.workspace_id, target
    )
    assert not await try_as(database, admin, f"delete from public.workspace_members {where}", cast.workspace_id, target)
    assert await owner.fetchval(SEE_ROLE, cast.workspace_id, target) == "owner"


async def test_last_owner_can_neither_leave_nor_step_down(database: Database, cast: Cast) -> None:
    person = cast["owner"]
    for statement in (
        "update public.workspace_members set role = 'viewer' where workspace_id = $1 and user_id = $2",
        "delete from public.workspace_members where workspace_id = $1 and user_id = $2",
    ):
        with pytest.raises(InvalidInput) as refused:
            await _run_deferred(database, person.identity, statement, cast.workspace_id, person.user_id)
        assert refused.value.details == "workspace_members_keep_an_owner"


async def test_account_that_goes_leaves_its_workspace_to_the_next_in_rank(owner: Any, cast: Cast) -> None:
    await owner.execute("delete from auth.users where id = $1", cast["owner"].user_id)
    assert await owner.fetchval(SEE_ROLE, cast.workspace_id, cast["admin"].user_id) == "owner"
    assert await owner.fetchval(SEE_ROLE, cast.workspace_id, cast["editor"].user_id) == "editor"


async def test_account_that_goes_takes_a_workspace_of_its_own_along(owner: Any) -> None:
    person = await make_user(owner)
    await owner.execute("delete from auth.users where id = $1", person.user_id)
    assert not await owner.fetchval("select exists (select from workspaces where id = $1)", person.workspace_id)


async def test_nobody_edits_anothers_profile_or_their_own_address(
    database: Database, owner: asyncpg.Connection, cast: Cast
) -> None:
    for caller in ("admin", "owner"):
        assert not await try_as(
            database,
            cast[caller].identity,
            "update public.profiles set full_name = 'Mallory' where id = $1",
            cast["viewer"].user_id,
        )
    assert not await try_as(
        database,
        cast["viewer"].identity,
        "update public.profiles set email = 'owner@example.com' where id = $1",
        cast["viewer"].user_id,
    )
    assert await owner.fetchval("select email from profiles where id = $1", cast["viewer"].user_id) == (
        "viewer@example.com"
    )


async def test_setting_the_tenant_opens_nothing_to_a_user(database: Database, cast: Cast) -> None:
    stranger = cast["stranger"].identity
    assert not await try_as(database, stranger, "select public.set_tenant_context($1)", cast.workspace_id)
    async with database.raw(stranger) as connection:
        await connection.execute("select set_config('headwater.workspace_id', $1, true)", str(cast.workspace_id))
        assert not await connection.fetchval("select count(*) from workspaces where id = $1", cast.workspace_id)


async def test_job_that_names_no_workspace_reaches_none(database: Database, cast: Cast) -> None:
    async with database.raw(Identity("workspace_job", {"role": "workspace_job"})) as connection:
        assert not await connection.fetchval("select count(*) from public.workspaces")
        await connection.execute("select public.set_tenant_context($1)", cast.workspace_id)
        assert await connection.fetchval("select array_agg(id) from public.workspaces") == [cast.workspace_id]


@pytest.mark.parametrize("role", ["service_role", "workspace_job", "postgres", "supabase_auth_admin"])
async def test_connection_of_the_rest_api_takes_no_other_role(owner: asyncpg.Connection, role: str) -> None:
    """`authenticator` may become the three roles of a token and nothing else."""
    may = await owner.fetchval("select pg_has_role('authenticator', $1, 'set')", role)
    assert may == (role == "service_role")
    for caller in ("anon", "authenticated", "workspace_job"):
        assert not await owner.fetchval("select pg_has_role($1, $2, 'set')", caller, role) or caller == role


@pytest.mark.parametrize(
    "claims",
    [
        {"user_metadata": {"role": "service_role", "headwater_key": {"role": "owner"}}},
        {"app_metadata": {"workspace_role": "owner"}},
        {"role": "service_role"},
        {"workspace_id": "{workspace}"},
    ],
)
async def test_claims_beside_the_subject_open_nothing(database: Database, cast: Cast, claims: dict[str, Any]) -> None:
    stranger = Identity.user({**cast["stranger"].claims, **claims})
    async with database.raw(stranger) as connection:
        assert not await connection.fetchval("select count(*) from workspaces where id = $1", cast.workspace_id)
        assert await connection.fetchval("select current_user") == "authenticated"


@pytest.mark.parametrize("role", ["viewer", "owner", "service_role", None])
async def test_forged_key_claim_only_narrows(database: Database, cast: Cast, role: str | None) -> None:
    """A token that brings `headwater_key` along gains nothing by it, even past the gateway that strips it."""
    for person, workspace in (("stranger", cast.workspace_id), ("viewer", cast.workspace_id)):
        forged = {"id": str(uuid4()), "workspace_id": str(workspace), "role": role}
        identity = Identity.user({**cast[person].claims, "headwater_key": forged})
        async with database.raw(identity) as connection:
            reached = await connection.fetch("select headwater.workspaces_with_role('editor')")
        assert reached == []


async def test_metadata_at_sign_up_chooses_no_role_and_no_workspace(owner: asyncpg.Connection, cast: Cast) -> None:
    person = await make_user(
        owner,
        metadata={
            "full_name": "x" * 500,
            "workspace_id": str(cast.workspace_id),
            "role": "owner",
            "is_super_admin": True,
        },
    )
    rooms = await owner.fetch("select workspace_id, role from workspace_members where user_id = $1", person.user_id)
    assert [tuple(row) for row in rooms] == [(person.workspace_id, "owner")]
    assert await owner.fetchval("select char_length(full_name) from profiles where id = $1", person.user_id) == 200


@pytest.mark.parametrize("metadata", [{"full_name": ["a", {"b": 1}]}, {"name": 5}, {"full_name": None, "name": "Ada"}])
async def test_odd_metadata_stops_no_sign_up(owner: asyncpg.Connection, metadata: dict[str, Any]) -> None:
    assert (await make_user(owner, metadata=metadata)).workspace_id is not None


async def test_former_member_keeps_nothing(database: Database, owner: asyncpg.Connection, cast: Cast) -> None:
    person = cast["viewer"]
    await owner.execute(
        "delete from workspace_members where workspace_id = $1 and user_id = $2", cast.workspace_id, person.user_id
    )
    async with database.raw(person.identity) as connection:
        assert not await connection.fetchval("select count(*) from workspaces where id = $1", cast.workspace_id)
        assert not await connection.fetchval("select count(*) from profiles where id <> $1", person.user_id)


async def test_colleagues_are_seen_and_strangers_are_not(
    database: Database, owner: asyncpg.Connection, cast: Cast
) -> None:
    async with database.raw(cast["viewer"].identity) as connection:
        seen = {row["email"] for row in await connection.fetch("select email from public.profiles")}
    assert seen == {f"{name}@example.com" for name in ("viewer", "editor", "admin", "owner")}
    await add_member(owner, workspace_id=cast.workspace_id, person=cast["stranger"], role="viewer")
    async with database.raw(cast["viewer"].identity) as connection:
        assert await connection.fetchval("select count(*) from public.profiles") == 5


async def test_activity_tells_who_did_it_and_cannot_be_forged(
    database: Database, owner: asyncpg.Connection, cast: Cast
) -> None:
    renamed = "update public.workspaces set name = 'Renamed' where id = $1"
    await try_as(database, cast["admin"].identity, renamed, cast.workspace_id)
    key = await identify_key(database, cast.keys["key_admin"])
    await try_as(database, key.identity, renamed, cast.workspace_id)
    written = await owner.fetch(
        "select actor_kind, actor_id from activity_log"
        " where workspace_id = $1 and subject_kind = 'workspaces' and action = 'update' order by id",
        cast.workspace_id,
    )
    assert [tuple(row) for row in written] == [("user", cast["admin"].user_id), ("api_key", key.key_id)]


async def _run_deferred(database: Database, identity: Identity, statement: str, *values: Any) -> None:
    """Run a statement with its checks put off to the end of the transaction, which doesn't put them off for good."""
    async with database.raw(identity) as connection:
        await connection.execute("set constraints all deferred")
        await connection.execute(statement, *values)
