"""What members may write straight to the tables, as they can over `/rest/v1`: nothing that the platform relies on."""

from __future__ import annotations

from typing import Any

import pytest

from headwater.core.db import Database, Identity
from headwater.core.errors import Forbidden, InvalidInput
from tests.fixtures.workspaces import Cast

_ENQUEUE = (
    "select * from headwater.enqueue_jobs('notify.deliver', 'deliver', '[{}]', $1::uuid[], '{}', '{}', '{}', null, 0,"
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
