"""What is refused tells nothing of other workspaces' rows, and a key that may only read writes nothing."""

from __future__ import annotations

from uuid import UUID, uuid4

import asyncpg
import pytest

from headwater.core.database.database import Database, Identity
from headwater.core.errors import HeadwaterError
from tests.database.rights.attempts import try_as
from tests.database.rows import Stage, open_stage
from tests.fixtures.workspaces import Cast

_FOREIGN_KEYS = """
select
    key.conrelid::regclass::text as on_table,
    key.confrelid::regclass::text as to_table,
    array(
        select attname
        from pg_attribute
        where attrelid = key.conrelid
            and attnum = any (key.conkey)
    ) as columns
from pg_constraint as key
where key.contype = 'f'
    and key.connamespace = 'public'::regnamespace
    and exists (
        select
        from unnest(key.conkey) as number
        join pg_attribute as attribute on attribute.attrelid = key.conrelid and attribute.attnum = number
        where attribute.attname <> 'workspace_id'
            and (
                has_column_privilege('authenticated', key.conrelid, number, 'insert')
                or has_column_privilege('authenticated', key.conrelid, number, 'update')
            )
    )
"""
_PING = (
    "insert into public.notification_deliveries"
    " (workspace_id, endpoint_id, channel, purpose, idempotency_key, status, due_at)"
    " values ($1, $2, 'webhook', 'ping', gen_random_uuid()::text, 'pending', now())"
)
_VERIFICATION = (
    "insert into public.notification_deliveries"
    " (workspace_id, user_id, channel, purpose, address, idempotency_key, status, due_at)"
    " values ($1, $2, 'email', 'verification', 'a@example.com', gen_random_uuid()::text, 'pending', now())"
)
# The members that a policy lets name themselves alone, so that what they name is no question about somebody else.
_PINNED_TO_ONESELF = {"user_id", "created_by", "invited_by"}


@pytest.fixture
async def stage(owner: asyncpg.Connection, cast: Cast, database: Database) -> Stage:
    """Everybody, and a row of everything."""
    return await open_stage(owner, cast, database)


async def test_references_that_members_write_lead_within_their_workspace(owner: asyncpg.Connection) -> None:
    """A reference by the id alone is refused where there is no such row, and taken where another workspace has it."""
    found = await owner.fetch(_FOREIGN_KEYS)
    assert {row["on_table"] for row in found} >= {"notification_deliveries", "monitored_sources"}
    open_ones = [
        (row["on_table"], row["columns"])
        for row in found
        if "workspace_id" not in row["columns"]
        and not (row["to_table"] == "auth.users" and set(row["columns"]) <= _PINNED_TO_ONESELF)
    ]
    assert open_ones == []


async def test_an_endpoint_of_another_workspace_is_refused_as_one_that_is_not_there(
    stage: Stage, database: Database
) -> None:
    foreign = await stage.owner.fetchval(
        "insert into public.webhook_endpoints (workspace_id, created_by, url, secret_sealed)"
        " values ($1, $2, 'https://other.example.com', 'sealed') returning id",
        stage.cast.other_workspace_id,
        stage.cast["stranger"].user_id,
    )
    editor = stage.cast["editor"].identity
    assert await _describe(database, editor, foreign, stage) == await _describe(database, editor, uuid4(), stage)
    assert await try_as(database, editor, _PING, stage.cast.workspace_id, stage.row) == 1


async def _describe(database: Database, identity: Identity, endpoint: UUID, stage: Stage) -> str:
    with pytest.raises(HeadwaterError) as refused:
        await try_as(database, identity, _PING, stage.cast.workspace_id, endpoint)
    return f"{type(refused.value).__name__}: {refused.value}"


async def test_one_asks_in_ones_own_name_whether_or_not_the_other_exists(stage: Stage, database: Database) -> None:
    editor = stage.cast["editor"].identity
    for user in (stage.cast["stranger"].user_id, uuid4()):
        assert await try_as(database, editor, _VERIFICATION, stage.cast.workspace_id, user) == 0


async def test_a_key_that_may_only_read_asks_for_no_mail(stage: Stage, database: Database) -> None:
    maker, workspace = stage.cast["admin"].user_id, stage.cast.workspace_id
    for caller, allowed in (("key_read", 0), ("key_write", 1), ("admin", 1)):
        identity = stage.identities[caller]
        assert await try_as(database, identity, _VERIFICATION, workspace, maker) == allowed, caller


async def test_policies_that_let_viewers_write_say_what_of_keys(owner: asyncpg.Connection) -> None:
    """A viewer writes what is their own; a key of the scope `read` has a viewer's role and writes nothing."""
    policies = await owner.fetch(
        "select tablename, policyname, cmd, coalesce(qual, '') as reached, coalesce(with_check, '') as written"
        " from pg_policies where schemaname in ('public', 'headwater')"
        " and cmd <> 'SELECT' and 'authenticated' = any (roles)"
    )
    assert len(policies) > 15
    silent = [
        f"{row['policyname']} on {row['tablename']}"
        for row in policies
        # Whoever changes or deletes must be let at the row as it was.
        for decides in (row["written"] if row["cmd"] == "INSERT" else row["reached"],)
        if ("'viewer'" in decides or "auth.uid" in decides) and not _excludes_keys(decides)
    ]
    assert silent == []


def _excludes_keys(condition: str) -> bool:
    needs_a_role = any(f"workspaces_with_role('{role}'" in condition for role in ("editor", "admin", "owner"))
    return "headwater_key" in condition or ("'viewer'" not in condition and needs_a_role)
