"""The official Python client, unchanged, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
import uvicorn
from postgrest import APIError, AsyncPostgrestClient
from postgrest.types import CountMethod
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.fixtures.loopback import bind_loopback
from tests.fixtures.waiting import wait_until
from tests.local.rest.clients import ADA, sign
from tests.local.rest.conftest import open_app


@pytest.fixture
async def address(shop_dsn: str) -> AsyncIterator[str]:
    """Where the engine is served, mounted as it is on a Supabase project."""
    async with open_app(shop_dsn) as app:
        listener = bind_loopback()
        config = uvicorn.Config(
            Starlette(routes=[Mount("/rest/v1", app)]), log_level="error", lifespan="off", ws="none"
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await wait_until(lambda: server.started, what="the server")
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/rest/v1"
        server.should_exit = True
        await serving


@pytest.fixture
async def client(address: str) -> AsyncIterator[AsyncPostgrestClient]:
    """A client that is signed in."""
    async with AsyncPostgrestClient(address, schema="shop") as opened:
        yield opened.auth(sign("authenticated", subject=ADA))


def rows(reply: Any) -> list[dict[str, Any]]:
    """Return the rows of an answer, which the client types as any JSON."""
    return cast(list[dict[str, Any]], reply.data)


async def test_reads_with_filters_embeds_order_and_count(client: AsyncPostgrestClient) -> None:
    query = client.table("books").select("id, authors!inner(name)", count=CountMethod.exact)
    found = await query.eq("authors.name", "Ursula").order("id", desc=True).limit(1).execute()
    assert (found.data, found.count) == ([{"id": 2, "authors": {"name": "Ursula"}}], 2)
    one = await client.table("books").select("title").eq("id", 3).single().execute()
    assert one.data == {"title": "Invisible Cities"}
    text = await client.table("tags").select("label").eq("id", 1).csv().execute()
    assert text.data == "label\nutopia"


async def test_writes_come_back(client: AsyncPostgrestClient) -> None:
    made = rows(await client.table("notes").insert([{"body": "one"}, {"body": "two"}]).execute())
    assert [(row["body"], row["owner"]) for row in made] == [("one", ADA), ("two", ADA)]
    kept = rows(await client.table("notes").upsert({"id": made[0]["id"], "body": "three"}).execute())
    assert kept[0]["body"] == "three"
    await client.table("notes").update({"body": "four"}).eq("id", made[1]["id"]).execute()
    await client.table("notes").delete().eq("id", made[0]["id"]).execute()
    left = rows(await client.table("notes").select("body").order("id").execute())
    assert [row["body"] for row in left] == ["Ada on Anarres", "four"]


async def test_calls_and_errors(client: AsyncPostgrestClient) -> None:
    assert (await client.rpc("add", {"a": "2", "b": "3"}).execute()).data == 5
    assert (await client.rpc("add", {"a": "2", "b": "3"}, get=True).execute()).data == 5
    with pytest.raises(APIError) as caught:
        await client.table("bookz").select("*").execute()
    assert caught.value.code == "PGRST205"
    assert caught.value.hint == "Perhaps you meant the table 'shop.books'"
