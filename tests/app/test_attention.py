"""What waits for the caller over HTTP: by workspace, by role, and whatever one broken part does."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.app.attention import create_attention_router
from headwater.app.factory import create_app
from headwater.kit.overview import Attention, AttentionQuery, Contribution
from tests.fixtures.gateway import Gateway, as_everybody

SEEN_AS = {"key_read": "viewer", "key_write": "editor", "key_admin": "admin"}


async def count_roles(connection: AsyncConnection, query: AttentionQuery) -> Attention:
    """Return something that waits for whoever may edit."""
    assert (await connection.execute(text("select 1"))).scalar_one() == 1
    return Attention(count=3 if query.may("editor") else 0, counters=[], items=[])


async def break_down(connection: AsyncConnection, query: AttentionQuery) -> Attention:
    """Fail in the database."""
    await connection.execute(text("select 1 / 0"))
    return Attention()


@as_everybody
async def test_attention_is_of_the_callers_workspace_and_role(gateway: Gateway, caller: str) -> None:
    seen: list[str] = []

    async def note_role(connection: AsyncConnection, query: AttentionQuery) -> Attention:
        seen.append(query.role)
        return await count_roles(connection, query)

    router = create_attention_router([Contribution("noting", "Noting", needs_attention=note_role)])
    app = create_app(gateway.resources, routers=[router])
    transport = ASGITransport(app=app)
    where = {"workspace_id": str(gateway.cast.workspace_id)}
    async with AsyncClient(
        transport=transport, base_url="http://gateway.test", headers=gateway.credentials(caller)
    ) as client:
        answer = await client.get("/api/v1/attention", params=where)
    refused = {"anonymous": 401, "stranger": 404}
    assert answer.status_code == refused.get(caller, 200), answer.text
    if caller not in refused:
        role = SEEN_AS.get(caller, caller)
        assert seen == [role]
        assert answer.json()["count"] == (0 if role == "viewer" else 3)


async def test_one_broken_part_leaves_the_rest_and_what_brings_nothing_is_no_section(gateway: Gateway) -> None:
    router = create_attention_router(
        [
            Contribution("broken", "Broken", needs_attention=break_down),
            Contribution("whole", "Whole", needs_attention=count_roles),
            Contribution("silent", "Silent"),
        ]
    )
    async with AsyncClient(
        transport=ASGITransport(app=create_app(gateway.resources, routers=[router])),
        base_url="http://gateway.test",
        headers=gateway.credentials("owner"),
    ) as client:
        body = (await client.get("/api/v1/attention")).json()
    assert [(one["title"], one["count"], one["problem"]) for one in body["sections"]] == [
        ("Broken", 0, "This part can't be shown now."),
        ("Whole", 3, None),
    ]
    assert body["count"] == 3


@pytest.mark.parametrize(
    ("role", "least", "may"), [("viewer", "editor", False), ("editor", "editor", True), ("owner", "admin", True)]
)
def test_a_role_may_what_lesser_ones_may(role: str, least: str, may: bool) -> None:
    query = partial(AttentionQuery, workspace_id=uuid4(), user_id=uuid4())
    assert query(role=role).may(least) is may  # type: ignore[arg-type]  # names of roles
