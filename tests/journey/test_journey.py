"""Sign up, watch a page, see it change, be told: with the official client, in each way to run Headwater.

`docs/supabase.md` says how to point it at a project of your own.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from headwater.demo import DemoWeb
from realtime import RealtimePostgresChangesListenEvent
from tests.cli.installation import Installation
from tests.fixtures.waiting import wait_until
from tests.journey.ways import Way, read_given, stand_in_for_hosted


@pytest.mark.timeout(240)
async def test_embedded(installation: Installation, web: DemoWeb) -> None:
    await travel(Way({}), installation, web)


@pytest.mark.timeout(240)
async def test_beside_a_stand_in_for_a_hosted_project(
    project: tuple[str, asyncpg.Connection],
    unmigrated_dsn: str,
    valkey_url: str,
    installation: Installation,
    web: DemoWeb,
    tmp_path: Path,
) -> None:
    async with stand_in_for_hosted(project, unmigrated_dsn, valkey_url, tmp_path / "project") as way:
        await travel(way, installation, web)


@pytest.mark.timeout(240)
async def test_with_a_project_of_yours(installation: Installation, web: DemoWeb) -> None:
    await travel(read_given(), installation, web)


async def travel(way: Way, installation: Installation, web: DemoWeb) -> None:
    """Go the whole way."""
    page, name = web.host_url("acme", "/pricing"), f"Prices {uuid4().hex[:8]}"
    installation = replace(installation, settings={**installation.settings, **way.settings})
    async with installation.up() as running, AsyncExitStack() as closing:
        key = way.key or (await installation.run("status", "--json")).json["publishable_key"]
        supabase = await connect(way.supabase_url or running.url, key, closing)
        token = await sign_in(supabase, way)
        api = await closing.enter_async_context(
            httpx.AsyncClient(base_url=running.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        )
        workspaces = await ask(api, "GET", "/api/v1/workspaces")
        assert [one["role"] for one in workspaces] == ["owner"]
        source = await ask(api, "POST", "/api/v1/monitored-sources", json={"url": page, "name": name})
        try:
            assert await check(api, source["id"]) in {"first", "unchanged"}
            alerts = await listen(supabase, token)
            web.change("/acme/pricing", "price")
            assert await check(api, source["id"]) == "changed"
            alert = await wait_until(lambda: alerts and alerts[0], what="the alert over Realtime")
            # What Realtime told is what the table holds for this person, and what the API says of it.
            columns = "id, monitored_source_id, workspace_id, monitored_sources(name)"
            read: Any = (await supabase.table("change_alerts").select(columns).eq("id", alert["id"]).execute()).data
            assert [one["monitored_sources"]["name"] for one in read] == [name]
            assert (alert["monitored_source_id"], alert["workspace_id"]) == (source["id"], workspaces[0]["id"])
            assert (await ask(api, "GET", f"/api/v1/alerts/{alert['id']}"))["id"] == alert["id"]
        finally:
            await ask(api, "DELETE", f"/api/v1/monitored-sources/{source['id']}")
    await installation.wait_until_gone()


async def connect(url: str, key: str, closing: AsyncExitStack) -> AsyncClient:
    """Return the official client; it is closed at the end."""
    http = await closing.enter_async_context(httpx.AsyncClient(timeout=30))
    client = await acreate_client(url, key, options=AsyncClientOptions(httpx_client=http))
    # The client refreshes its session by a timer of its own until it is told not to.
    closing.push_async_callback(client.auth.close)
    closing.push_async_callback(client.realtime.close)
    return client


async def sign_in(supabase: AsyncClient, way: Way) -> str:
    """Sign in as the person who was given, else as a new one; give the access token."""
    if way.email:
        answer = await supabase.auth.sign_in_with_password({"email": way.email, "password": way.password})
    else:
        person = {"email": f"journey-{uuid4().hex}@example.com", "password": "correct horse battery"}
        answer = await supabase.auth.sign_up(person)  # type: ignore[arg-type]  # the client wants one of its own dicts
    assert answer.session is not None, "the project wants addresses confirmed: set JOURNEY_EMAIL and JOURNEY_PASSWORD"
    return str(answer.session.access_token)


async def listen(supabase: AsyncClient, token: str) -> list[Any]:
    """Subscribe to alerts; give the list that they will be put into."""
    heard: list[Any] = []
    ready: list[Any] = []
    await supabase.realtime.set_auth(token)
    channel = supabase.channel("alerts")
    channel.on_postgres_changes(
        RealtimePostgresChangesListenEvent.Insert,
        schema="public",
        table="change_alerts",
        callback=lambda change: heard.append(change["data"]["record"]),
    ).on_system(ready.append)
    await channel.subscribe()
    await wait_until(lambda: ready, what="the subscription")
    return heard


async def check(api: httpx.AsyncClient, source_id: str) -> str:
    """Have the page looked at now, and return the outcome."""
    asked = (await ask(api, "POST", f"/api/v1/monitored-sources/{source_id}/check"))["check_id"]

    async def find_outcome() -> str:
        history = await ask(api, "GET", f"/api/v1/monitored-sources/{source_id}/history")
        return next((str(one["outcome"]) for one in history if one["id"] == asked), "")

    return str(await wait_until(find_outcome, what="the check", seconds=60))


async def ask(api: httpx.AsyncClient, method: str, path: str, **more: Any) -> Any:
    """Ask the API; fails the test at an error."""
    answer = await api.request(method, path, **more)
    assert answer.is_success, (method, path, answer.text)
    return answer.json() if answer.content else None
