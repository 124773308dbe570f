"""The official Python client, unchanged."""

from __future__ import annotations

import asyncio
from typing import Any

from realtime import AsyncRealtimeClient, RealtimeSubscribeStates
from realtime.types import RealtimePostgresChangesListenEvent

from tests.fixtures.waiting import wait_until
from tests.local.realtime.conftest import MOUNT, Service


async def test_hears_an_insert(service: Service) -> None:
    client = AsyncRealtimeClient(f"{service.url}{MOUNT}", service.keys.anon_key)
    await client.connect()
    heard: list[Any] = []
    states: list[RealtimeSubscribeStates] = []
    ready = asyncio.Event()
    channel = client.channel("notes")
    channel.on_postgres_changes(RealtimePostgresChangesListenEvent.Insert, heard.append, table="notes", schema="public")
    channel.on_system(lambda _: ready.set())
    await channel.subscribe(lambda state, _: states.append(state))
    await asyncio.wait_for(ready.wait(), 10)
    await service.run("insert into public.notes (body, amount, details) values ('hello', 3, '{\"a\": [1.50]}')")
    await wait_until(lambda: heard, what="the insert")
    assert states == [RealtimeSubscribeStates.SUBSCRIBED]
    assert heard[0]["data"]["record"] == {"id": 1, "body": "hello", "amount": 3, "details": {"a": [1.5]}}
    await client.close()
