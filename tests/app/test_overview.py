"""The overview over HTTP: what it counts for whom, and what one broken part does to the rest."""

from __future__ import annotations

from typing import Any

import asyncpg
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.app.factory import create_app
from headwater.app.overview import create_overview_router
from headwater.kit.overview import Asked, Contribution, Counter, Section
from tests.fixtures.gateway import Gateway, as_everybody

_JOB = (
    "insert into public.jobs (workspace_id, engine_id, kind, queue, state, max_attempts, error, finished_at)"
    " values ($1, $2, 'test.fetch', 'fetch', 'failed', 3, 'the feed is gone', now() - interval '1 hour')"
)


def find(body: Any, section: str, part: str, name: str) -> int:
    """Return the value of one counter."""
    (found,) = [one for one in body["sections"] if one["name"] == section]
    (counter,) = [one for one in found[part] if one["name"] == name]
    return int(counter["value"])


@as_everybody
async def test_overview_is_of_the_callers_workspace_alone(
    gateway: Gateway, owner: asyncpg.Connection, caller: str
) -> None:
    await owner.execute(_JOB, gateway.cast.workspace_id, 1)
    async with gateway.client(caller) as client:
        answer = await client.get("/api/v1/overview", params={"workspace_id": str(gateway.cast.workspace_id)})
    if caller == "anonymous":
        assert answer.status_code == 401
        return
    if caller == "stranger":
        assert answer.status_code == 404
        return
    body = answer.json()
    assert answer.status_code == 200, body
    assert [one["name"] for one in body["sections"]] == ["watch", "jobs", "notifications"]
    assert all(one["problem"] is None for one in body["sections"])
    assert find(body, "jobs", "since", "failed") == find(body, "jobs", "now", "dead") == 1
    (jobs,) = [one for one in body["sections"] if one["name"] == "jobs"]
    assert [one["summary"] for one in jobs["recent"]] == ["the feed is gone"]
    failed = next(one for one in jobs["trends"] if one["name"] == "failed")
    assert (sum(point["value"] for point in failed["points"]), len(failed["points"])) == (1, 84)


async def test_only_what_came_after_the_last_visit_is_new(gateway: Gateway, owner: asyncpg.Connection) -> None:
    await owner.execute(_JOB, gateway.cast.workspace_id, 1)
    where = {"workspace_id": str(gateway.cast.workspace_id)}
    async with gateway.client("viewer") as client:
        assert find((await client.get("/api/v1/overview", params=where)).json(), "jobs", "since", "failed") == 1
        await owner.execute("update profiles set previous_visit_at = now() - interval '10 minutes'")
        body = (await client.get("/api/v1/overview", params=where)).json()
        assert (find(body, "jobs", "since", "failed"), find(body, "jobs", "now", "dead")) == (0, 1)
        earlier = {**where, "since": "2020-01-01T00:00:00Z"}
        assert find((await client.get("/api/v1/overview", params=earlier)).json(), "jobs", "since", "failed") == 1


async def test_trends_have_no_more_points_than_asked(gateway: Gateway) -> None:
    async with gateway.client("viewer") as client:
        for days, points in ((1, 10), (90, 500)):
            body = (await client.get("/api/v1/overview", params={"days": days, "points": points})).json()
            lengths = {len(trend["points"]) for section in body["sections"] for trend in section["trends"]}
            assert len(lengths) == 1
            assert lengths.pop() <= points
        assert (await client.get("/api/v1/overview", params={"points": 501})).status_code == 422


async def test_one_broken_part_leaves_the_rest(gateway: Gateway) -> None:
    async def break_down(connection: AsyncConnection, _: Asked) -> Section:
        await connection.execute(text("select 1 / 0"))
        return Section()

    async def tell(connection: AsyncConnection, _: Asked) -> Section:
        value = (await connection.execute(text("select 42"))).scalar_one()
        return Section(now=[Counter(name="answer", label="answers", value=value)])

    router = create_overview_router(
        [Contribution("broken", "Broken", break_down), Contribution("whole", "Whole", tell)]
    )
    app: FastAPI = create_app(gateway.resources, routers=[router])
    async with AsyncClient(
        transport=ASGITransport(app=app), base_url="http://gateway.test", headers=gateway.credentials("viewer")
    ) as client:
        broken, whole = (await client.get("/api/v1/overview")).json()["sections"]
    assert (broken["problem"], broken["title"], broken["now"]) == ("This part can't be shown now.", "Broken", [])
    assert (whole["problem"], whole["now"][0]["value"]) == (None, 42)
