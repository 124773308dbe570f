"""Attempts to get further than one's role, by those who would try."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from headwater.core.clock import now
from headwater.core.db import Database, Identity
from headwater.core.errors import Forbidden, InvalidInput, Unauthenticated
from headwater.kit.workspaces.api_keys import identify_key
from tests.fixtures.workspaces import Cast, add_member, make_api_key, make_user, make_workspace

_SEE = "select role from public.workspace_members where workspace_id = $1 and user_id = $2"


async def try_as(database: Database, identity: Identity, statement: str, *values: Any) -> int:
    """Run a statement and keep what it did; give how many rows it reached, 0 when it was refused."""
    try:
        async with database.raw(identity) as connection:
            return int((await connection.execute(statement, *values)).rsplit(" ", 1)[1])
    except Forbidden:
        return 0


@pytest.mark.parametrize("caller", ["viewer", "editor", "admin", "key_admin"])
async def test_nobody_makes_themselves_owner(database: Database, owner: Any, cast: Cast, caller: str) -> None:
    identity = await cast.identify(caller, database=database)
    own = identity.user_id
    before = await owner.fetchval(_SEE, cast.workspace_id, own)
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
    assert await owner.fetchval(_SEE, cast.workspace_id, own) == before


async def test_admin_neither_demotes_nor_removes_an_owner(database: Database, owner: Any, cast: Cast) -> None:
    admin, target = cast["admin"].identity, cast["owner"].user_id
    where = "where workspace_id = $1 and user_id = $2"
    assert not await try_as(
        database, admin, f"update public.workspace_members set role = 'viewer' {where}", cast.workspace_id, target
    )
    assert not await try_as(database, admin, f"delete from public.workspace_members {where}", cast.workspace_id, target)
    assert await owner.fetchval(_SEE, cast.workspace_id, target) == "owner"


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
    assert await owner.fetchval(_SEE, cast.workspace_id, cast["admin"].user_id) == "owner"
    assert await owner.fetchval(_SEE, cast.workspace_id, cast["editor"].user_id) == "editor"


async def test_account_that_goes_takes_a_workspace_of_its_own_along(owner: Any) -> None:
    person = await make_user(owner)
    await owner.execute("delete from auth.users where id = $1", person.user_id)
    assert not await owner.fetchval("select exists (select from workspaces where id = $1)", person.workspace_id)


@pytest.mark.parametrize("caller", ["viewer", "editor", "stranger", "key_write"])
async def test_only_admins_invite(database: Database, cast: Cast, caller: str) -> None:
    identity = await cast.identify(caller, database=database)
    assert not await try_as(database, identity, _INVITE, cast.workspace_id, "viewer", identity.user_id)


_INVITE = (
    "insert into public.workspace_invitations (workspace_id, email, role, token_hash, invited_by, expires_at)"
    " values ($1, 'x@example.com', $2, gen_random_uuid()::text, $3, now() + interval '1 day')"
)


async def test_admin_invites_in_nobody_elses_name_and_no_owner(database: Database, cast: Cast) -> None:
    admin = cast["admin"]
    assert not await try_as(database, admin.identity, _INVITE, cast.workspace_id, "viewer", cast["owner"].user_id)
    with pytest.raises(InvalidInput):
        await try_as(database, admin.identity, _INVITE, cast.workspace_id, "owner", admin.user_id)
    assert await try_as(database, admin.identity, _INVITE, cast.workspace_id, "admin", admin.user_id)


async def test_invitation_opens_for_its_own_address_once_and_to_no_key(
    database: Database, owner: asyncpg.Connection, cast: Cast
) -> None:
    stranger = cast["stranger"]
    await owner.execute(
        "insert into workspace_invitations (workspace_id, email, role, token_hash, invited_by, expires_at)"
        " values ($1, $2, 'editor', encode(sha256('the token'), 'hex'), $3, now() + interval '1 day')",
        cast.workspace_id,
        stranger.email.upper(),
        cast["admin"].user_id,
    )
    accept = "select public.accept_invitation('the token')"
    key = await make_api_key(owner, workspace_id=cast.other_workspace_id, person=stranger, scopes=("admin",))
    by_key = (await identify_key(database, key)).identity
    claimed = Identity.user({**cast["viewer"].claims, "user_metadata": {"email": stranger.email}})
    for identity in (Identity.anonymous(), cast["viewer"].identity, claimed, by_key):
        assert not await try_as(database, identity, accept)
    assert await try_as(database, stranger.identity, accept)
    assert await owner.fetchval(_SEE, cast.workspace_id, stranger.user_id) == "editor"
    assert not await try_as(database, stranger.identity, accept)


async def test_expired_invitation_is_refused(database: Database, owner: asyncpg.Connection, cast: Cast) -> None:
    await owner.execute(
        "insert into workspace_invitations (workspace_id, email, role, token_hash, expires_at)"
        " values ($1, $2, 'editor', encode(sha256('the token'), 'hex'), now() - interval '1 second')",
        cast.workspace_id,
        cast["stranger"].email,
    )
    assert not await try_as(database, cast["stranger"].identity, "select public.accept_invitation('the token')")


async def test_invitation_to_a_member_raises_nobody(database: Database, owner: asyncpg.Connection, cast: Cast) -> None:
    await owner.execute(
        "insert into workspace_invitations (workspace_id, email, role, token_hash, expires_at)"
        " values ($1, $2, 'admin', encode(sha256('the token'), 'hex'), now() + interval '1 day')",
        cast.workspace_id,
        cast["viewer"].email,
    )
    assert await try_as(database, cast["viewer"].identity, "select public.accept_invitation('the token')")
    assert await owner.fetchval(_SEE, cast.workspace_id, cast["viewer"].user_id) == "viewer"


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


async def test_hash_of_a_key_is_read_by_nobody(database: Database, cast: Cast) -> None:
    for caller in ("viewer", "admin", "owner", "key_admin", "workspace_job", "anonymous"):
        identity = await cast.identify(caller, database=database)
        for columns in ("key_hash", "*", "row_to_json(api_keys)"):
            assert not await try_as(database, identity, f"select {columns} from public.api_keys")
        assert not await try_as(database, identity, "delete from public.api_keys where key_hash <> ''")


@pytest.mark.parametrize(("scope", "role"), [("read", "viewer"), ("write", "editor"), ("admin", "admin")])
async def test_scope_caps_the_role_and_the_role_caps_the_scope(
    database: Database, owner: asyncpg.Connection, cast: Cast, scope: str, role: str
) -> None:
    of_owner = await make_api_key(owner, workspace_id=cast.workspace_id, person=cast["owner"], scopes=(scope,))
    of_viewer = await make_api_key(owner, workspace_id=cast.workspace_id, person=cast["viewer"], scopes=(scope,))
    assert await _roles(database, of_owner) == {
        name for name in ("viewer", "editor", "admin", "owner") if _rank(name) <= _rank(role)
    }
    assert await _roles(database, of_viewer) == {"viewer"}


async def test_key_reaches_its_own_workspace_alone(database: Database, owner: asyncpg.Connection, cast: Cast) -> None:
    person = cast["owner"]
    second = await make_workspace(owner, owned_by=person, name="Second")
    key = await make_api_key(owner, workspace_id=second, person=person, scopes=("admin",))
    identity = (await identify_key(database, key)).identity
    async with database.raw(identity) as connection:
        assert await connection.fetchval("select array_agg(id) from public.workspaces") == [second]
    assert not await try_as(database, identity, "select public.create_workspace('Third')")


async def test_key_loses_what_its_maker_loses(database: Database, owner: asyncpg.Connection, cast: Cast) -> None:
    key = cast.keys["key_admin"]
    where = "where workspace_id = $1 and user_id = $2"
    demotion = f"update workspace_members set role = 'viewer' {where}"
    await owner.execute(demotion, cast.workspace_id, cast["admin"].user_id)
    assert await _roles(database, key) == {"viewer"}
    await owner.execute(f"delete from workspace_members {where}", cast.workspace_id, cast["admin"].user_id)
    assert await _roles(database, key) == set()


@pytest.mark.parametrize("past", [{"revoked_at": timedelta(seconds=-1)}, {"expires_at": timedelta(seconds=-1)}])
async def test_revoked_and_expired_keys_are_refused_at_once(
    database: Database, owner: asyncpg.Connection, cast: Cast, past: dict[str, timedelta]
) -> None:
    times: dict[str, Any] = {name: now() + by for name, by in past.items()}
    key = await make_api_key(owner, workspace_id=cast.workspace_id, person=cast["admin"], **times)
    with pytest.raises(Unauthenticated) as refused:
        await identify_key(database, key)
    assert refused.value.code == "invalid_api_key"


async def test_revoked_key_stays_revoked(database: Database, owner: asyncpg.Connection, cast: Cast) -> None:
    key = await make_api_key(owner, workspace_id=cast.workspace_id, person=cast["editor"], scopes=("write",))
    mine = "where created_by = auth.uid()"
    revoke = f"update public.api_keys set revoked_at = now() {mine}"
    assert await try_as(database, cast["editor"].identity, revoke)
    assert await try_as(database, cast["editor"].identity, f"update public.api_keys set revoked_at = null {mine}")
    with pytest.raises(Unauthenticated):
        await identify_key(database, key)


async def test_key_makes_no_key_and_nobody_makes_a_stronger_one(database: Database, cast: Cast) -> None:
    make = (
        "insert into public.api_keys (workspace_id, created_by, name, prefix, key_hash, scopes)"
        " values ($1, $2, 'x', 'x', gen_random_uuid()::text, $3)"
    )
    key = await cast.identify("key_admin", database=database)
    assert not await try_as(database, key, make, cast.workspace_id, cast["admin"].user_id, ["read"])
    for person, scopes in (("viewer", ["write"]), ("viewer", ["read", "admin"]), ("editor", ["admin"])):
        found = await try_as(database, cast[person].identity, make, cast.workspace_id, cast[person].user_id, scopes)
        assert not found, (person, scopes)
    for person, user in (("owner", "viewer"), ("stranger", "stranger")):
        found = await try_as(database, cast[person].identity, make, cast.workspace_id, cast[user].user_id, ["read"])
        assert not found, (person, user)


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


def _rank(role: str) -> int:
    return ("viewer", "editor", "admin", "owner").index(role)


async def _roles(database: Database, key: str) -> set[str]:
    found = await identify_key(database, key)
    async with database.raw(found.identity) as connection:
        rows = await connection.fetch(
            "select role from unnest(array['viewer', 'editor', 'admin', 'owner']) as role"
            " where exists (select headwater.workspaces_with_role(role))"
        )
    return {row["role"] for row in rows}
