"""API keys over HTTP: who makes, uses and revokes them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from headwater.core.clock import now
from tests.fixtures.gateway import Gateway, as_everybody
from tests.kit.workspaces.asking import ask, expect


@as_everybody
@pytest.mark.parametrize("scope", ["read", "write", "admin"])
async def test_making_a_key(gateway: Gateway, caller: str, scope: str) -> None:
    path = f"/api/v1/api-keys?workspace_id={gateway.cast.workspace_id}"
    answer = await ask(gateway, caller, "POST", path, json={"name": "of mine", "scopes": [scope, scope]})
    may = {
        "read": {"viewer", "editor", "admin", "owner"},
        "write": {"editor", "admin", "owner"},
        "admin": {"admin", "owner"},
    }
    if expect(caller, answer, allowed=may[scope]):
        made = answer.json()
        assert made["key"].startswith("hw_live_")
        assert made["key"].startswith(made["prefix"])
        assert made["scopes"] == [scope]
        async with gateway.client(Authorization=f"Bearer {made['key']}") as client:
            me = (await client.get("/api/v1/auth/me")).json()
        assert (me["api_key_id"], me["email"]) == (made["id"], f"{caller}@example.com")


async def test_key_in_the_header_apikey_is_one_too(gateway: Gateway) -> None:
    async with gateway.client(apikey=gateway.cast.keys["key_read"]) as client:
        assert (await client.get("/api/v1/auth/me")).status_code == 200


async def test_key_works_in_its_workspace_without_being_told_and_in_no_other(gateway: Gateway) -> None:
    listed = await ask(gateway, "key_admin", "GET", "/api/v1/api-keys")
    assert {one["workspace_id"] for one in listed.json()} == {str(gateway.cast.workspace_id)}
    for other in (gateway.cast["admin"].workspace_id, gateway.cast.other_workspace_id, uuid4()):
        answer = await ask(gateway, "key_admin", "GET", f"/api/v1/api-keys?workspace_id={other}")
        assert answer.status_code == 403


async def test_revoked_key_is_refused_from_the_next_request_on(gateway: Gateway) -> None:
    path = f"/api/v1/api-keys?workspace_id={gateway.cast.workspace_id}"
    made = (await ask(gateway, "editor", "POST", path, json={"name": "mine", "scopes": ["read", "write"]})).json()
    async with gateway.client(Authorization=f"Bearer {made['key']}") as client:
        assert (await client.get("/api/v1/auth/me")).status_code == 200
        for caller, status in (("viewer", 404), ("stranger", 404), ("key_read", 404), ("editor", 204), ("admin", 204)):
            answer = await ask(gateway, caller, "DELETE", f"/api/v1/api-keys/{made['id']}")
            assert answer.status_code == status, caller
        refused = await client.get("/api/v1/auth/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_api_key")
    listed = (await ask(gateway, "editor", "GET", path)).json()
    assert [one["revoked_at"] is not None for one in listed] == [True]
    assert "key_hash" not in listed[0]


async def test_use_of_a_key_is_noted(gateway: Gateway, owner: asyncpg.Connection) -> None:
    await ask(gateway, "key_read", "GET", "/api/v1/auth/me")
    noted = await owner.fetchval("select last_used_at from api_keys where scopes = array['read']")
    assert now() - noted < timedelta(minutes=5)


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["root"]},
        {"name": "x", "scopes": ["read"] * 4},
        {"name": "x", "expires_at": "2030-01-01T00:00:00"},
        {"name": "x", "expires_at": "whenever"},
        {"name": "x", "created_by": str(uuid4())},
    ],
)
async def test_key_takes_nothing_odd(gateway: Gateway, body: dict[str, Any]) -> None:
    path = f"/api/v1/api-keys?workspace_id={gateway.cast.workspace_id}"
    assert (await ask(gateway, "admin", "POST", path, json=body)).status_code == 422
