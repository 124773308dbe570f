"""Asking the gateway as somebody, and what to expect."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
from httpx2 import Response

from tests.fixtures.gateway import Gateway

MEMBERS = {"viewer", "editor", "admin", "owner", "key_read", "key_write", "key_admin"}


ADMINS = {"admin", "owner", "key_admin"}


PEOPLE = {"viewer", "editor", "admin", "owner", "stranger"}


DONE, REFUSED = {200, 201, 204}, {403, 404}


async def ask(gateway: Gateway, caller: str, method: str, path: str, **sent: Any) -> Response:
    """Send one request as a caller; `{w}` in the path is the shared workspace."""
    async with gateway.client(caller) as client:
        return await client.request(method, path.format(w=gateway.cast.workspace_id), **sent)


def expect(caller: str, answer: Response, *, allowed: set[str]) -> bool:
    """Look at the status of an answer; say whether the caller got through."""
    if caller == "anonymous":
        assert answer.status_code == 401
        return False
    assert answer.status_code in (DONE if caller in allowed else REFUSED), f"{caller}: {answer.text}"
    return caller in allowed


async def read_role(owner: asyncpg.Connection, gateway: Gateway, user_id: UUID) -> str | None:
    """Return a member's role in the shared workspace, None for somebody who isn't in it."""
    role: str | None = await owner.fetchval(
        "select role from workspace_members where workspace_id = $1 and user_id = $2",
        gateway.cast.workspace_id,
        user_id,
    )
    return role
