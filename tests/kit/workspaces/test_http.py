"""Workspaces over HTTP, as everybody there is: what each may do, and what they are told when they may not."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.fixtures.gateway import HTTP_CALLERS, Gateway, as_everybody
from tests.kit.workspaces.asking import ADMINS, MEMBERS, PEOPLE, ask, expect, read_role


@as_everybody
async def test_me(gateway: Gateway, caller: str) -> None:
    answer = await ask(gateway, caller, "GET", "/api/v1/auth/me")
    if not expect(caller, answer, allowed=MEMBERS | PEOPLE):
        return
    body, cast = answer.json(), gateway.cast
    person = cast[caller if caller in PEOPLE else "admin"]
    assert (body["user_id"], body["email"]) == (str(person.user_id), person.email)
    assert body["profile"]["email"] == person.email
    assert (body["api_key_id"] is None) == (caller in PEOPLE)
    seen = {one["id"] for one in body["workspaces"]}
    shared = cast.other_workspace_id if caller == "stranger" else cast.workspace_id
    assert seen == ({str(shared), str(person.workspace_id)} if caller in PEOPLE else {str(shared)})


@as_everybody
async def test_reading_a_workspace(gateway: Gateway, caller: str) -> None:
    members = await ask(gateway, caller, "GET", "/api/v1/workspaces/{w}/members")
    activity = await ask(gateway, caller, "GET", "/api/v1/workspaces/{w}/activity?limit=5")
    invitations = await ask(gateway, caller, "GET", "/api/v1/workspaces/{w}/invitations")
    if caller == "anonymous":
        assert {members.status_code, activity.status_code, invitations.status_code} == {401}
        return
    if caller not in MEMBERS:
        assert {members.status_code, activity.status_code, invitations.status_code} == {404}
        return
    assert [one["role"] for one in members.json()] == ["owner", "viewer", "editor", "admin"]
    assert activity.json()
    assert invitations.json() == []


@as_everybody
async def test_renaming(gateway: Gateway, owner: asyncpg.Connection, caller: str) -> None:
    answer = await ask(gateway, caller, "PATCH", "/api/v1/workspaces/{w}", json={"name": "  Renamed  "})
    done = expect(caller, answer, allowed=ADMINS)
    name = await owner.fetchval("select name from workspaces where id = $1", gateway.cast.workspace_id)
    assert name == ("Renamed" if done else "Shared")


@as_everybody
async def test_deleting(gateway: Gateway, owner: asyncpg.Connection, caller: str) -> None:
    answer = await ask(gateway, caller, "DELETE", "/api/v1/workspaces/{w}")
    done = expect(caller, answer, allowed={"owner"})
    left = await owner.fetchval("select exists (select from workspaces where id = $1)", gateway.cast.workspace_id)
    assert left != done


async def test_personal_workspace_stays(gateway: Gateway) -> None:
    async with gateway.client("viewer") as client:
        answer = await client.delete(f"/api/v1/workspaces/{gateway.cast['viewer'].workspace_id}")
    assert answer.status_code == 404
    assert "personal" in answer.json()["hint"]


@as_everybody
async def test_changing_a_role(gateway: Gateway, owner: asyncpg.Connection, caller: str) -> None:
    editor = gateway.cast["editor"].user_id
    path = f"/api/v1/workspaces/{{w}}/members/{editor}"
    done = expect(caller, await ask(gateway, caller, "PATCH", path, json={"role": "viewer"}), allowed=ADMINS)
    assert await read_role(owner, gateway, editor) == ("viewer" if done else "editor")
    made_owner = await ask(gateway, caller, "PATCH", path, json={"role": "owner"})
    expect(caller, made_owner, allowed={"owner"})


@as_everybody
async def test_removing_a_member(gateway: Gateway, owner: asyncpg.Connection, caller: str) -> None:
    viewer = gateway.cast["viewer"].user_id
    answer = await ask(gateway, caller, "DELETE", f"/api/v1/workspaces/{{w}}/members/{viewer}")
    # Everybody may leave.
    done = expect(caller, answer, allowed=ADMINS | {"viewer"})
    assert (await read_role(owner, gateway, viewer) is None) == done


async def test_last_owner_is_told_why_they_stay(gateway: Gateway) -> None:
    person = gateway.cast["owner"].user_id
    for method, body in (("DELETE", None), ("PATCH", {"role": "viewer"})):
        answer = await ask(gateway, "owner", method, f"/api/v1/workspaces/{{w}}/members/{person}", json=body)
        assert answer.status_code == 422
        assert answer.json()["details"] == "workspace_members_keep_an_owner"


@as_everybody
async def test_making_a_workspace(gateway: Gateway, caller: str) -> None:
    answer = await ask(gateway, caller, "POST", "/api/v1/workspaces", json={"name": "Another"})
    if expect(caller, answer, allowed=PEOPLE):
        assert (answer.json()["name"], answer.json()["role"], answer.json()["is_personal"]) == (
            "Another",
            "owner",
            False,
        )


@as_everybody
async def test_changing_the_profile(gateway: Gateway, owner: asyncpg.Connection, caller: str) -> None:
    changes = {"full_name": "Ada Lovelace", "timezone": "Europe/London"}
    answer = await ask(gateway, caller, "POST", "/api/v1/auth/sync-profile", json=changes)
    done = expect(caller, answer, allowed=PEOPLE)
    named = await owner.fetch("select email from profiles where full_name = 'Ada Lovelace'")
    assert [row["email"] for row in named] == ([f"{caller}@example.com"] if done else [])


@pytest.mark.parametrize(
    "changes",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"avatar_url": "javascript:alert(1)"},
        {"avatar_url": "http://example.com/a.png"},
        {"full_name": "x" * 201},
        {"full_name": "a\u0000b"},
        {"email": "owner@example.com"},
    ],
)
async def test_profile_takes_nothing_odd(gateway: Gateway, changes: dict[str, str]) -> None:
    answer = await ask(gateway, "viewer", "POST", "/api/v1/auth/sync-profile", json=changes)
    assert answer.status_code == 422


async def test_activity_is_read_page_by_page(gateway: Gateway) -> None:
    for number in range(5):
        await ask(gateway, "admin", "PATCH", "/api/v1/workspaces/{w}", json={"name": f"Name {number}"})
    path, found, before = "/api/v1/workspaces/{w}/activity?limit=2", [], ""
    while page := (await ask(gateway, "viewer", "GET", path + before)).json():
        found += page
        before = f"&before={page[-1]['id']}"
    assert len({one["id"] for one in found}) == len(found) >= 5
    assert [one["details"].get("name") for one in found[:5]] == [f"Name {number}" for number in range(4, -1, -1)]
    assert all(one["actor_id"] == str(gateway.cast["admin"].user_id) for one in found[:5])


async def test_token_is_looked_at_without_signing_in(gateway: Gateway) -> None:
    async def look(token: str) -> dict[str, Any]:
        answer = await ask(gateway, "anonymous", "POST", "/api/v1/auth/verify-token", json={"token": token})
        assert answer.status_code == 200
        body: dict[str, Any] = answer.json()
        return body

    person = gateway.cast["viewer"]
    good = await look(gateway.sign(person))
    assert (good["valid"], good["user_id"], good["role"]) == (True, str(person.user_id), "authenticated")
    for bad in ("x", gateway.sign(person)[:-2], gateway.sign(person, aud="others"), gateway.cast.keys["key_admin"]):
        assert (await look(bad))["valid"] is False
    expired = await look(gateway.sign(person, exp=1))
    assert (expired["valid"], "expired" in expired["reason"]) == (False, True)


async def test_claim_that_is_ours_alone_is_taken_from_no_token(gateway: Gateway) -> None:
    """With it, an answer would hide workspaces, and the activity log would name a key that did nothing."""
    forged = {"id": str(uuid4()), "workspace_id": str(gateway.cast.workspace_id), "role": "owner"}
    token = gateway.sign(gateway.cast["viewer"], headwater_key=forged)
    async with gateway.client(Authorization=f"Bearer {token}") as client:
        me = (await client.get("/api/v1/auth/me")).json()
        renamed = await client.patch(f"/api/v1/workspaces/{gateway.cast.workspace_id}", json={"name": "Mine"})
    assert me["api_key_id"] is None
    assert len(me["workspaces"]) == 2
    assert renamed.status_code == 404


def test_every_caller_is_tried() -> None:
    assert set(HTTP_CALLERS) == MEMBERS | PEOPLE | {"anonymous"}
