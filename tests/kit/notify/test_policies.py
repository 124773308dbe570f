"""What the database itself allows, whatever the code asks for."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from tests.kit.notify.world import World

from headwater.core.database.database import Database, Identity
from headwater.core.errors import Forbidden
from headwater.kit.notify.tables import metadata

TABLES = sorted(table.name for table in metadata.sorted_tables)


async def count(database: Database, identity: Identity, table: str, columns: str = "1") -> int:
    async with database.transaction(identity) as connection:
        return len((await connection.execute(text(f"select {columns} from {table}"))).all())


async def change(database: Database, identity: Identity, statement: str, **values: object) -> int:
    async with database.transaction(identity) as connection:
        return (await connection.execute(text(statement), values)).rowcount


@pytest.fixture
async def told(world: World) -> World:
    """A workspace in which every table has a row."""
    await world.prefer(mode="immediate")
    await world.add_endpoint()
    await world.tell()
    await world.work()
    return world


# Per identity: what is seen of the owner's workspace. "own" stands for the rows that are about oneself.
SEEN = {
    "owner": dict.fromkeys(TABLES, True),
    "admin": dict.fromkeys(TABLES, True) | {"notification_preferences": False, "notifications": False},
    "viewer": dict.fromkeys(TABLES, True) | {"notification_preferences": False, "notifications": False},
    "stranger": dict.fromkeys(TABLES, False),
    "job": dict.fromkeys(TABLES, True),
    "another job": dict.fromkeys(TABLES, False),
    "service": dict.fromkeys(TABLES, True),
}


async def identify(world: World, who: str) -> Identity:
    if who in {"admin", "viewer"}:
        return world.as_user(await world.add_member(f"{who}@example.com", role=who))
    if who == "stranger":
        return world.as_user(await world.add_user("stranger@example.com"))
    return {
        "owner": world.as_user(),
        "job": Identity.job(world.workspace_id),
        "another job": Identity.job(uuid4()),
        "service": Identity.service(),
    }[who]


@pytest.mark.parametrize("who", SEEN)
async def test_who_sees_what(told: World, who: str) -> None:
    identity = await identify(told, who)
    seen = {}
    for table in TABLES:
        columns = "id" if table == "webhook_endpoints" else "1"
        seen[table] = await count(told.database, identity, table, columns) > 0
    assert seen == SEEN[who]


@pytest.mark.parametrize("table", TABLES)
async def test_nobody_who_is_not_signed_in_sees_anything(told: World, table: str) -> None:
    with pytest.raises(Forbidden):
        await count(told.database, Identity.anonymous(), table)


@pytest.mark.parametrize("table", TABLES)
async def test_policies_bind_the_owner_of_the_table_too(database: Database, table: str) -> None:
    async with database.transaction(Identity.service()) as connection:
        row = (
            await connection.execute(
                text("select relrowsecurity, relforcerowsecurity from pg_class where oid = cast(:name as regclass)"),
                {"name": f"public.{table}"},
            )
        ).one()
    assert tuple(row) == (True, True)


async def test_a_viewer_sees_of_deliveries_what_is_theirs_or_the_workspaces(told: World) -> None:
    viewer = await told.add_member("viewer@example.com")
    await told.tell(id=uuid4(), to_users=frozenset({viewer}))
    async with told.database.transaction(told.as_user(viewer)) as connection:
        rows = (await connection.execute(text("select user_id, channel from notification_deliveries"))).all()
        tried = (await connection.execute(text("select delivery_id from notification_attempts"))).all()
    assert {row.user_id for row in rows} == {viewer, None}
    assert len(tried) == 1


async def test_secrets_are_written_and_never_read(told: World) -> None:
    for column in ("secret_sealed", "previous_secret_sealed"):
        with pytest.raises(Forbidden):
            await count(told.database, told.as_user(), "webhook_endpoints", column)


async def test_the_secret_that_is_replaced_becomes_the_previous_one(told: World) -> None:
    (before,) = await told.service("select secret_sealed from webhook_endpoints")
    assert await change(told.database, told.as_user(), "update webhook_endpoints set secret_sealed = 'new'") == 1
    (after,) = await told.service("select secret_sealed, previous_secret_sealed from webhook_endpoints")
    assert after == {"secret_sealed": "new", "previous_secret_sealed": before["secret_sealed"]}


@pytest.mark.parametrize(
    "statement",
    [
        "update notification_preferences set email_verified_at = now()",
        "update notification_deliveries set address = 'victim@example.com'",
        "insert into notification_events (workspace_id, kind, subject_id, title, severity, occurred_at)"
        " values (:workspace, 'a.b', gen_random_uuid(), 'spam', 'high', now())",
        "insert into notification_deliveries (workspace_id, channel, purpose, address, idempotency_key, status, due_at)"
        " values (:workspace, 'email', 'event', 'victim@example.com', 'k', 'pending', now())",
        "insert into notification_deliveries (workspace_id, user_id, channel, purpose, address, idempotency_key,"
        " status, due_at) values (:workspace, gen_random_uuid(), 'email', 'verification', 'victim@example.com', 'k',"
        " 'pending', now())",
        "insert into notification_attempts (workspace_id, delivery_id, number, outcome, at)"
        " select :workspace, id, 9, 'sent', now() from notification_deliveries limit 1",
        "insert into webhook_endpoints (workspace_id, created_by, url, secret_sealed)"
        " values (:workspace, gen_random_uuid(), 'https://example.com', 's')",
        "insert into notification_preferences (workspace_id, user_id) values (:workspace, gen_random_uuid())",
        "delete from notification_deliveries",
    ],
)
async def test_an_owner_may_not_forge(told: World, statement: str) -> None:
    values = {"workspace": told.workspace_id} if ":workspace" in statement else {}
    with pytest.raises(Forbidden):
        await change(told.database, told.as_user(), statement, **values)


async def test_what_was_sent_cannot_be_sent_again(told: World) -> None:
    again = "update notification_deliveries set status = 'pending'"
    assert await change(told.database, told.as_user(), again) == 0
    await told.service("update notification_deliveries set status = 'dead'")
    with pytest.raises(Forbidden):
        await change(told.database, told.as_user(), "update notification_deliveries set status = 'sent'")


async def test_a_viewer_replays_nothing(told: World) -> None:
    await told.service("update notification_deliveries set status = 'dead'")
    viewer = await told.add_member("viewer@example.com")
    again = "update notification_deliveries set status = 'pending'"
    assert await change(told.database, told.as_user(viewer), again) == 0
    editor = await told.add_member("editor@example.com", role="editor")
    assert await change(told.database, told.as_user(editor), again) == 1


@pytest.mark.parametrize(("key_role", "changed"), [("viewer", 0), ("editor", 1)])
async def test_a_key_that_may_only_read_changes_no_preferences(told: World, key_role: str, changed: int) -> None:
    identity = told.as_user(key_role=key_role)
    assert await change(told.database, identity, "update notification_preferences set mode = 'daily'") == changed


async def test_another_address_is_unverified_whoever_changes_it(told: World) -> None:
    await told.prefer(email="one@example.com")
    await told.service("update notification_preferences set email_verified_at = now()")
    await told.service("update notification_preferences set email = 'two@example.com'")
    (row,) = await told.service("select email_verified_at from notification_preferences")
    assert row["email_verified_at"] is None


async def test_addresses_are_told_to_the_workspaces_own_job_only(told: World) -> None:
    ask = text("select email from headwater.confirmed_addresses(:workspace)")

    async def list_addresses(identity: Identity, workspace_id: UUID) -> list[str]:
        async with told.database.transaction(identity) as connection:
            return list((await connection.execute(ask, {"workspace": workspace_id})).scalars())

    assert await list_addresses(Identity.job(told.workspace_id), told.workspace_id) == ["ada@example.com"]
    stranger = told.as_user(await told.add_user("stranger@example.com"))
    for identity in (Identity.job(uuid4()), stranger, Identity.anonymous()):
        with pytest.raises(Forbidden):
            await list_addresses(identity, told.workspace_id)


async def test_the_tables_here_are_those_of_the_database(database: Database) -> None:
    columns = text(
        "select column_name, is_nullable = 'YES' as nullable from information_schema.columns"
        " where table_schema = 'public' and table_name = :name"
    )
    async with database.transaction(Identity.service()) as connection:
        for table in metadata.sorted_tables:
            found = {row.column_name: row.nullable for row in await connection.execute(columns, {"name": table.name})}
            assert found == {column.name: bool(column.nullable) for column in table.columns}, table.name
