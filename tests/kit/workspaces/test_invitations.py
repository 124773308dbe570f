"""Invitations over HTTP, from the token to the seat."""

from __future__ import annotations

import asyncpg

from tests.fixtures.gateway import Gateway, as_everybody
from tests.kit.workspaces.asking import ADMINS, ask, expect, read_role


@as_everybody
async def test_inviting(gateway: Gateway, owner: asyncpg.Connection, caller: str) -> None:
    body = {"email": "Guest@Example.com", "role": "editor"}
    answer = await ask(gateway, caller, "POST", "/api/v1/workspaces/{w}/invitations", json=body)
    done = expect(caller, answer, allowed=ADMINS)
    assert await owner.fetchval("select count(*) from workspace_invitations") == int(done)
    if done:
        token = answer.json()["token"]
        kept = await owner.fetchval("select row_to_json(i)::text from workspace_invitations as i")
        assert token not in kept
        listed = await ask(gateway, caller, "GET", "/api/v1/workspaces/{w}/invitations")
        assert [one["token"] for one in listed.json()] == [None]


async def test_invitation_from_the_token_to_the_seat(gateway: Gateway, owner: asyncpg.Connection) -> None:
    cast, path = gateway.cast, "/api/v1/workspaces/accept-invitation"
    body = {"email": cast["stranger"].email.upper(), "role": "editor"}
    tokens = []
    for _ in range(2):
        made = await ask(gateway, "admin", "POST", "/api/v1/workspaces/{w}/invitations", json=body)
        tokens.append(made.json()["token"])
    older, newer = ({"token": token} for token in tokens)
    # The newest token is the one that works, for its own address, once, and for no key.
    assert (await ask(gateway, "stranger", "POST", path, json=older)).status_code == 403
    for caller in ("viewer", "key_admin"):
        assert (await ask(gateway, caller, "POST", path, json=newer)).status_code == 403
    assert (await ask(gateway, "anonymous", "POST", path, json=newer)).status_code == 401
    joined = await ask(gateway, "stranger", "POST", path, json=newer)
    assert (joined.status_code, joined.json()["role"]) == (200, "editor")
    assert (await ask(gateway, "stranger", "POST", path, json=newer)).status_code == 403
    assert await read_role(owner, gateway, cast["stranger"].user_id) == "editor"


async def test_withdrawn_invitation_opens_nothing(gateway: Gateway) -> None:
    body = {"email": gateway.cast["stranger"].email}
    made = (await ask(gateway, "admin", "POST", "/api/v1/workspaces/{w}/invitations", json=body)).json()
    path = f"/api/v1/workspaces/{{w}}/invitations/{made['id']}"
    assert (await ask(gateway, "editor", "DELETE", path)).status_code == 404
    assert (await ask(gateway, "admin", "DELETE", path)).status_code == 204
    token = {"token": made["token"]}
    answer = await ask(gateway, "stranger", "POST", "/api/v1/workspaces/accept-invitation", json=token)
    assert answer.status_code == 403


async def test_whoever_has_the_token_reads_what_it_is_for(gateway: Gateway, owner: asyncpg.Connection) -> None:
    path = "/api/v1/workspaces/read-invitation"
    guest = gateway.cast["stranger"].email
    made = (await ask(gateway, "admin", "POST", "/api/v1/workspaces/{w}/invitations", json={"email": guest})).json()
    assert made["url"].endswith(f"/invitations/{made['token']}")
    token = {"token": made["token"]}
    for caller in ("anonymous", "stranger", "viewer"):
        read = (await ask(gateway, caller, "POST", path, json=token)).json()
        assert (read["email"], read["role"], read["state"]) == (guest, "editor", "open")
        assert read["invited_by"] == gateway.cast["admin"].email
    assert (await ask(gateway, "anonymous", "POST", path, json={"token": "x" * 43})).status_code == 404
    await owner.execute("update workspace_invitations set expires_at = now() - interval '1 second'")
    assert (await ask(gateway, "anonymous", "POST", path, json=token)).json()["state"] == "expired"
    await owner.execute("update workspace_invitations set accepted_at = now()")
    assert (await ask(gateway, "anonymous", "POST", path, json=token)).json()["state"] == "accepted"
