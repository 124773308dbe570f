"""A workspace that one isn't in is a 404 wherever it can be named, whatever endpoints there are."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.fixtures.gateway import Gateway


def list_readings(gateway: Gateway) -> list[tuple[str, bool]]:
    """Return each path that is read with a workspace named, and whether it is named in the path itself."""
    found = []
    for path, operations in gateway.app.openapi()["paths"].items():
        names = {one["name"] for one in operations.get("get", {}).get("parameters", [])}
        if "workspace_id" in names:
            found.append((path, "{workspace_id}" in path))
    return found


@pytest.mark.parametrize("by", ["query", "header"])
async def test_every_reading_of_a_workspace_that_one_is_not_in_is_a_404(gateway: Gateway, by: str) -> None:
    readings = list_readings(gateway)
    assert len(readings) >= 15
    assert sum(in_path for _, in_path in readings) >= 3
    shared = gateway.cast.workspace_id
    async with gateway.client("stranger") as stranger, gateway.client("owner") as owner:
        for path, in_path in readings:
            answers = {}
            for who, client, named in (
                ("stranger", stranger, shared),
                ("nobody's", owner, uuid4()),
                ("member", owner, shared),
            ):
                sent: dict[str, Any] = {"params": {}, "headers": {}}
                if not in_path:
                    sent["params" if by == "query" else "headers"] = {
                        "workspace_id" if by == "query" else "X-Workspace-Id": str(named)
                    }
                answers[who] = await client.get(path.format(workspace_id=named), **sent)
            if answers["member"].status_code == 422:
                # It asks for more than a workspace; that is looked at first, and says nothing of one.
                assert answers["stranger"].status_code in {404, 422}, path
                continue
            assert answers["member"].status_code == 200, (path, answers["member"].text)
            for who in ("stranger", "nobody's"):
                assert answers[who].status_code == 404, (path, who, answers[who].text)
            assert answers["stranger"].json() == answers["nobody's"].json(), path


async def test_a_key_ends_with_the_membership_of_its_maker(gateway: Gateway, owner: asyncpg.Connection) -> None:
    cast = gateway.cast
    async with gateway.client("key_read") as key:
        assert (await key.get("/api/v1/monitored-sources")).status_code == 200
        await owner.execute(
            "delete from public.workspace_members where workspace_id = $1 and user_id = $2",
            cast.workspace_id,
            cast["admin"].user_id,
        )
        answer = await key.get("/api/v1/monitored-sources")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_api_key")
