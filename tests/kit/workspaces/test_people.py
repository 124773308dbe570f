"""People over HTTP: their profile, their visits, the end of their account."""

from __future__ import annotations

import asyncpg

from tests.fixtures.gateway import Gateway, as_everybody
from tests.kit.workspaces.asking import PEOPLE, ask, expect

VISITS, DELETION = "/api/v1/auth/visits", "/api/v1/auth/delete-account"


@as_everybody
async def test_only_people_visit(gateway: Gateway, owner: asyncpg.Connection, caller: str) -> None:
    answer = await ask(gateway, caller, "POST", VISITS)
    done = expect(caller, answer, allowed=PEOPLE)
    assert await owner.fetchval("select count(*) from profiles where last_seen_at is not null") == int(done)


async def test_visit_begins_after_half_an_hour_away(gateway: Gateway, owner: asyncpg.Connection) -> None:
    async def visit() -> str | None:
        previous: str | None = (await ask(gateway, "viewer", "POST", VISITS)).json()["previous_visit_at"]
        return previous

    assert [await visit(), await visit()] == [None, None]
    left = await owner.fetchval(
        "update profiles set last_seen_at = last_seen_at - interval '31 minutes'"
        " where last_seen_at is not null returning last_seen_at"
    )
    assert await visit() == left.isoformat().replace("+00:00", "Z")
    await owner.execute("update profiles set last_seen_at = last_seen_at - interval '29 minutes'")
    assert await visit() == left.isoformat().replace("+00:00", "Z")


async def test_profile_is_changed_in_part_and_cleared_by_null(gateway: Gateway) -> None:
    path = "/api/v1/auth/sync-profile"
    picture = "https://pictures.example.com/ada.png"
    sent = {"full_name": "Ada", "avatar_url": picture, "timezone": "Europe/Berlin", "locale": "en-GB"}
    await ask(gateway, "viewer", "POST", path, json=sent)
    body = {"full_name": None, "avatar_url": None, "locale": None}
    changed = (await ask(gateway, "viewer", "POST", path, json=body)).json()
    kept = {name: changed[name] for name in sent}
    assert kept == {"full_name": "Ada", "avatar_url": None, "timezone": "Europe/Berlin", "locale": None}
    for wrong in ("e", "en_GB", "en-", "x" * 36):
        assert (await ask(gateway, "viewer", "POST", path, json={"locale": wrong})).status_code == 422


@as_everybody
async def test_account_is_deleted_by_its_person_alone(gateway: Gateway, owner: asyncpg.Connection, caller: str) -> None:
    before = await owner.fetchval("select count(*) from auth.users")
    person = None if caller == "anonymous" else gateway.cast["admin" if caller.startswith("key_") else caller]
    body = {"email": person.email if person else "nobody@example.com"}
    if person is not None:
        wrong = await ask(gateway, caller, "POST", DELETION, json={"email": "other@example.com"})
        assert wrong.json()["code"] == "address_differs"
    answer = await ask(gateway, caller, "POST", DELETION, json=body)
    done = expect(caller, answer, allowed=PEOPLE)
    assert await owner.fetchval("select count(*) from auth.users") == before - int(done)
    if done and person is not None:
        assert await owner.fetchval("select count(*) from profiles where id = $1", person.user_id) == 0
        assert await owner.fetchval("select count(*) from workspaces where created_by = $1", person.user_id) == 0


async def test_shared_workspace_passes_on_when_its_owner_goes(gateway: Gateway, owner: asyncpg.Connection) -> None:
    shared = gateway.cast.workspace_id
    answer = await ask(gateway, "owner", "POST", DELETION, json={"email": gateway.cast["owner"].email})
    assert answer.status_code == 204
    heirs = await owner.fetch(
        "select user_id from workspace_members where workspace_id = $1 and role = 'owner'", shared
    )
    assert [row["user_id"] for row in heirs] == [gateway.cast["admin"].user_id]
