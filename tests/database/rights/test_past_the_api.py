"""What members may write straight to the tables, as they can over `/rest/v1`: nothing that the platform relies on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from headwater.core.database.database import Database, Identity
from headwater.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.fixtures.workspaces import Cast

_ENQUEUE = (
    "select * from headwater.enqueue_jobs('notify.deliver', 'deliver', '[{}]', $1::uuid[], '{}', '{}', '{}',"
    " null::timestamptz[], 0,"
    " 10, 3, false)"
)
_SOURCE = (
    "insert into public.monitored_sources (workspace_id, url, normalised_url, host, name)"
    " values ($1, 'https://example.com/', 'https://example.com/', 'example.com', 'Example') returning id"
)
_TICKETED = (
    "insert into public.monitored_sources (workspace_id, url, normalised_url, host, name, check_ticket)"
    " values ($1, 'https://example.com/2', 'https://example.com/2', 'example.com', 'Two', gen_random_uuid())"
)
_DELIVERY = (
    "insert into public.notification_deliveries"
    " (workspace_id, user_id, channel, purpose, address, idempotency_key, status, due_at)"
    " select $1, $2, $3, 'verification', 'somebody@example.org', gen_random_uuid()::text, 'pending', '2000-01-01'"
    " from generate_series(1, $4)"
)


@pytest.mark.parametrize("kind", ["member", "job"])
async def test_job_without_a_workspace_is_the_platforms_alone(database: Database, cast: Cast, kind: str) -> None:
    identity = cast["owner"].identity if kind == "member" else Identity.job(cast.workspace_id)
    for workspaces in ([], [None], [cast.workspace_id, None]):
        with pytest.raises(Forbidden):
            async with database.raw(identity) as connection:
                await connection.execute(_ENQUEUE, workspaces)
    async with database.raw(identity) as connection:
        await connection.execute(_ENQUEUE, [cast.workspace_id])


async def test_findings_of_checks_are_forgotten_by_members_and_never_written(database: Database, cast: Cast) -> None:
    editor = cast["editor"].identity
    async with database.raw(editor) as connection:
        source_id = await connection.fetchval(_SOURCE, cast.workspace_id)
    for change in ("etag = 'x'", "body_hash = 'x'", "volatility = '{\"slots\": 1}'", "current_content_id = id"):
        with pytest.raises(Forbidden):
            await _run(database, editor, f"update public.monitored_sources set {change} where id = $1", source_id)
    with pytest.raises(Forbidden):
        await _run(database, editor, _TICKETED, cast.workspace_id)
    async with database.raw(Identity.job(cast.workspace_id)) as connection:
        await connection.execute("update public.monitored_sources set etag = 'x' where id = $1", source_id)
    await _run(database, editor, "update public.monitored_sources set etag = null where id = $1", source_id)


@pytest.mark.parametrize("change", ["config = '[]'", "volatility = 'null'"])
async def test_settings_of_a_source_are_an_object(database: Database, cast: Cast, change: str) -> None:
    async with database.raw(cast["editor"].identity) as connection:
        await connection.execute(_SOURCE, cast.workspace_id)
    with pytest.raises(InvalidInput):
        await _run(database, Identity.service(), f"update public.monitored_sources set {change}")


async def test_letters_to_an_address_of_ones_choice_are_few(database: Database, cast: Cast) -> None:
    person = cast["viewer"]
    await _run(database, person.identity, _DELIVERY, cast.workspace_id, person.user_id, "email", 20)
    with pytest.raises(InvalidInput):
        await _run(database, person.identity, _DELIVERY, cast.workspace_id, person.user_id, "email", 1)


async def test_letter_of_verification_goes_by_mail_alone(database: Database, cast: Cast) -> None:
    person = cast["viewer"]
    with pytest.raises(Forbidden):
        await _run(database, person.identity, _DELIVERY, cast.workspace_id, person.user_id, "webhook", 1)


async def test_workspaces_of_one_person_are_bounded(database: Database, cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        await _run(
            database, cast["viewer"].identity, "select public.create_workspace('n' || g) from generate_series(1, 201) g"
        )


async def _run(database: Database, identity: Identity, statement: str, *values: Any) -> None:
    async with database.raw(identity) as connection:
        await connection.execute(statement, *values)


async def test_source_is_for_a_query_of_its_own_workspace_alone(database: Database, cast: Cast) -> None:
    person = cast["editor"]
    query = "insert into public.user_queries (workspace_id, raw_query) values ($1, 'news') returning id"
    async with database.raw(Identity.service()) as connection:
        elsewhere = await connection.fetchval(
            "select id from public.workspaces where id <> $1 limit 1", cast.workspace_id
        )
        theirs, ours = await connection.fetchval(query, elsewhere), await connection.fetchval(query, cast.workspace_id)
    async with database.raw(person.identity) as connection:
        source_id = await connection.fetchval(_SOURCE, cast.workspace_id)
    change = "update public.monitored_sources set user_query_id = $2 where id = $1"
    with pytest.raises(NotFound):
        await _run(database, person.identity, change, source_id, theirs)
    await _run(database, person.identity, change, source_id, ours)
    await _run(database, person.identity, "delete from public.user_queries where id = $1", ours)
    async with database.raw(Identity.service()) as connection:
        left = await connection.fetchrow("select * from public.monitored_sources where id = $1", source_id)
    assert left is not None
    assert (left["workspace_id"], left["user_query_id"]) == (cast.workspace_id, None)


async def test_alert_is_acknowledged_in_ones_own_name(database: Database, cast: Cast) -> None:
    editor, other = cast["editor"], cast["admin"]
    async with database.raw(Identity.service()) as connection:
        source_id = await connection.fetchval(_SOURCE, cast.workspace_id)
        alert_id = await connection.fetchval(
            "insert into public.change_alerts (workspace_id, monitored_source_id, check_id, summary, severity, score)"
            " values ($1, $2, gen_random_uuid(), 'Changed', 'low', 0.5) returning id",
            cast.workspace_id,
            source_id,
        )
    forged = "update public.change_alerts set acknowledged_at = '2000-01-01', acknowledged_by = $2 where id = $1"
    await _run(database, editor.identity, forged, alert_id, other.user_id)
    by, recent = await _read_acknowledgement(database, alert_id)
    assert (by, recent) == (editor.user_id, True)
    await _run(database, other.identity, forged, alert_id, other.user_id)
    assert await _read_acknowledgement(database, alert_id) == (editor.user_id, True)
    await _run(
        database, other.identity, "update public.change_alerts set acknowledged_at = null where id = $1", alert_id
    )
    assert await _read_acknowledgement(database, alert_id) == (None, None)


async def test_keys_and_sources_of_a_workspace_are_bounded(database: Database, cast: Cast) -> None:
    keys = (
        "insert into public.api_keys (workspace_id, created_by, name, prefix, key_hash, scopes)"
        " select $1, $2, 'k', 'hw_live_k', gen_random_uuid()::text, array['read'] from generate_series(1, $3)"
    )
    sources = (
        "insert into public.monitored_sources (workspace_id, url, normalised_url, host, name)"
        " select $1, 'https://example.com/' || g, 'https://example.com/' || g, 'example.com', 'S'"
        " from generate_series($2::int, $3) g"
    )
    person = cast["editor"]
    keys_at_once = (cast.workspace_id, person.user_id)
    for statement, full, one_more in (
        (keys, (*keys_at_once, 90), (*keys_at_once, 20)),
        (sources, (cast.workspace_id, 1, 10_000), (cast.workspace_id, 10_001, 10_001)),
    ):
        await _run(database, person.identity, statement, *full)
        with pytest.raises(Conflict) as refused:
            await _run(database, person.identity, statement, *one_more)
        assert (refused.value.code, "at most" in refused.value.message) == ("limit_reached", True)


async def _read_acknowledgement(database: Database, alert_id: UUID) -> tuple[UUID | None, bool | None]:
    async with database.raw(Identity.service()) as connection:
        row = await connection.fetchrow(
            "select acknowledged_by, acknowledged_at > headwater.now() - interval '1 hour' as recent"
            " from public.change_alerts where id = $1",
            alert_id,
        )
    assert row is not None
    return row["acknowledged_by"], row["recent"]
