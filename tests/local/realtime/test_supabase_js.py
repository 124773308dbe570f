"""The official JavaScript client, unchanged, in both protocols."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from tests.clients.node import run_node
from tests.fixtures.waiting import wait_until
from tests.local.realtime.conftest import Service

POLICY = "create policy team on realtime.messages for select to authenticated using (realtime.topic() = 'team:a')"


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
async def test_an_application(service: Service, version: str) -> None:
    await service.run(POLICY)
    me = str(uuid4())
    writing = asyncio.create_task(write_when_asked(service, me))
    settings = {
        "url": service.url,
        "key": service.keys.publishable_key,
        "token": service.sign(sub=me),
        "version": version,
    }
    try:
        seen = await run_node("realtime.mjs", settings)
    finally:
        writing.cancel()
    kinds = sorted((change["eventType"], bool(change.get("filtered"))) for change in seen["changes"])
    assert kinds == [("DELETE", False), ("INSERT", False), ("INSERT", False), ("INSERT", True), ("UPDATE", False)]
    assert seen["changes"][0]["new"] == {"id": 1, "body": "one", "amount": 1, "details": None}
    assert seen["own"] == [me]
    assert seen["sent"] == "ok"
    assert seen["heard"][0] == {"event": "hello", "payload": {"text": "grüße 🌍"}}
    assert seen["echo"] == [{"text": "grüße 🌍"}]
    if version == "2.0.0":
        assert seen["heard"][1] == {"event": "bytes", "payload": [0, 255]}
    assert seen["posted"] == {"success": True}
    assert seen["heard"][-1] == {"event": "posted", "payload": {"by": "http"}}
    assert seen["tracked"] == "ok"
    assert seen["state"] == ["ada"]
    assert seen["presence"] == [["join", "ada", "good"], ["leave", "ada"]]
    assert seen["secret"][0]["word"] == "psst"
    assert "You do not have permissions to read from this Channel topic: team:a" in seen["refused"]
    assert seen["left"] == 0


async def write_when_asked(service: Service, me: str) -> None:
    """Write to the database as soon as the client listens to what is written."""
    hub = service.app.hub

    await wait_until(lambda: len(hub.subscriptions) == 2, what="the subscriptions to notes")
    await service.run("insert into public.notes (body, amount) values ('one', 1), ('two', 10)")
    await service.run("update public.notes set body = 'three' where id = 1")
    await service.run("delete from public.notes where id = 1")
    await wait_until(lambda: len(hub.subscriptions) == 3, what="the subscription to secrets")
    await service.pool.execute("insert into public.secrets (owner) values (gen_random_uuid()), ($1)", me)
    await wait_until(lambda: hub.topics.find("team:a", is_private=True), what="the private channel")
    await service.run("select realtime.send('{\"word\": \"psst\"}', 'news', 'team:a')")
