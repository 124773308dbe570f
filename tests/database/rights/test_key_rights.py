"""An API key reaches as far as its scopes, its maker and its workspace, and no further."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from headwater.core.clock import now
from headwater.core.database.database import Database
from headwater.core.errors import Unauthenticated
from headwater.kit.http.keys import identify_key
from tests.database.rights.attempts import try_as
from tests.fixtures.workspaces import Cast, make_api_key, make_workspace


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
    with pytest.raises(Unauthenticated):
        await identify_key(database, key)


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
