"""The official Python client, unchanged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from realtime.types import RealtimePostgresChangesListenEvent as Event

from realtime import AsyncRealtimeChannel, AsyncRealtimeClient, RealtimeSubscribeStates
from tests.fixtures.waiting import wait_until
from tests.local.realtime.conftest import MOUNT, Service


@pytest.fixture
async def client(service: Service) -> AsyncIterator[AsyncRealtimeClient]:
    made = AsyncRealtimeClient(f"{service.url}{MOUNT}", service.keys.anon_key)
    await made.connect()
    yield made
    await made.close()


async def subscribe(channel: AsyncRealtimeChannel, *, to_changes: bool = False) -> None:
    """Join a channel; with `to_changes` wait until the server listens."""
    states: list[RealtimeSubscribeStates] = []
    ready = asyncio.Event()
    channel.on_system(lambda _: ready.set())
    await channel.subscribe(lambda state, _: states.append(state))
    await wait_until(lambda: states, what="the join")
    assert states == [RealtimeSubscribeStates.SUBSCRIBED]
    if to_changes:
        await asyncio.wait_for(ready.wait(), 20)


async def test_changes(service: Service, client: AsyncRealtimeClient) -> None:
    inserts: list[Any] = []
    everything: list[Any] = []
    large: list[Any] = []
    channel = client.channel("notes")
    channel.on_postgres_changes(Event.Insert, inserts.append, table="notes", schema="public")
    channel.on_postgres_changes(Event.All, everything.append, schema="public")
    channel.on_postgres_changes(Event.Insert, large.append, table="notes", filter="amount=gt.5")
    await subscribe(channel, to_changes=True)
    await service.run("insert into public.notes (body, amount, details) values ('hello', 3, '{\"a\": [1.50]}')")
    await service.run("update public.notes set amount = 9")
    await service.run("delete from public.notes")
    await wait_until(lambda: len(everything) == 3, what="the changes")
    assert [change["data"]["type"] for change in everything] == ["INSERT", "UPDATE", "DELETE"]
    assert [change["data"]["record"]["amount"] for change in inserts] == [3]
    assert inserts[0]["data"]["record"] == {"id": 1, "body": "hello", "amount": 3, "details": {"a": [1.5]}}
    assert large == []


async def test_rows_of_its_own(service: Service, client: AsyncRealtimeClient) -> None:
    me = str(uuid4())
    await client.set_auth(service.sign(sub=me))
    heard: list[Any] = []
    channel = client.channel("secrets")
    channel.on_postgres_changes(Event.All, heard.append, table="secrets")
    await subscribe(channel, to_changes=True)
    await service.pool.execute("insert into public.secrets (owner) values (gen_random_uuid()), ($1)", me)
    await wait_until(lambda: heard, what="the insert")
    assert [change["data"]["record"]["owner"] for change in heard] == [me]


async def test_broadcast_and_presence(client: AsyncRealtimeClient, service: Service) -> None:
    heard: list[Any] = []
    arrivals: list[Any] = []
    departures: list[Any] = []
    listener = client.channel(
        "room", {"config": {"broadcast": None, "presence": {"key": "me", "enabled": True}, "private": False}}
    )
    listener.on_broadcast("hello", heard.append)
    listener.on_presence_join(lambda key, _, new: arrivals.append((key, dict(new[0])["mood"])))
    listener.on_presence_leave(lambda key, _, __: departures.append(key))
    await subscribe(listener)
    other = AsyncRealtimeClient(f"{service.url}{MOUNT}", service.keys.anon_key)
    await other.connect()
    speaker = other.channel(
        "room", {"config": {"broadcast": None, "presence": {"key": "ada", "enabled": True}, "private": False}}
    )
    await subscribe(speaker)
    await speaker.send_broadcast("hello", {"to": "you"})
    await wait_until(lambda: heard, what="the broadcast")
    assert heard[0]["payload"] == {"to": "you"}
    await speaker.track({"mood": "good"})
    await wait_until(lambda: arrivals, what="the arrival")
    assert arrivals == [("ada", "good")]
    await speaker.untrack()
    await wait_until(lambda: departures, what="the departure")
    assert departures == ["ada"]
    await other.close()


async def test_leaving(client: AsyncRealtimeClient, service: Service) -> None:
    channel = client.channel("room")
    await subscribe(channel)
    assert service.app.hub.topics.find("room", is_private=False) is not None
    await channel.unsubscribe()
    await wait_until(lambda: service.app.hub.topics.find("room", is_private=False) is None, what="the end of the topic")
