"""Limits, and clients that send what is no message, too much, or nothing at all."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from tests.fixtures.waiting import wait_until
from tests.local.realtime.conftest import Service, ServiceMaker


async def test_limits(make_service: ServiceMaker) -> None:
    service = await make_service(max_channels=2, max_messages_per_second=5)
    client = await service.connect()
    first, _ = [await client.join(name) for name in ("a", "b")]
    refused = await client.join("c")
    assert refused.reply["response"] == {"reason": "ChannelRateLimitReached: Too many channels"}
    for _ in range(11):
        await first.broadcast("x", {})
    assert (await first.take("system"))["message"] == "Too many messages per second"
    await first.take("phx_close")
    assert (await client.join("c")).is_ok


MALFORMED: list[str | bytes] = [
    "",
    "nonsense",
    "{}",
    "[]",
    "[1,2,3,4,5]",
    '["1","2",null,"phx_join",{}]',
    "[" * 100_000,
    b"",
    b"\x03\xff\xff\xff\xff\xff\x01",
    b"\x09abc",
    b"\x03\x00\x00\x01\x00\x00\x01\xff{}",
    b"\x03\x00\x00\x01\x00\x00\x01a{not json",
]


async def test_malformed_frames_close_the_connection(service: Service) -> None:
    for frame in MALFORMED:
        client = await service.connect()
        await client.socket.send(frame)
        code, reason = await client.wait_closed()
        assert code == 1007, frame
        assert reason.startswith("malformed frame: "), frame


async def test_what_is_nested_too_deeply_closes_the_connection(service: Service) -> None:
    client = await service.connect()
    channel = await client.join("room")
    deep = '{"a":' * 600 + "1" + "}" * 600
    await client.socket.send(f'["{channel.ref}","9","{channel.topic}","broadcast",{deep}]')
    assert await client.wait_closed() == (1007, "malformed frame: nested too deeply")


@pytest.mark.parametrize("direct", [True, False])
async def test_large_frames_close_the_connection(make_service: ServiceMaker, direct: bool) -> None:
    service = await make_service(direct=direct)
    client = await service.connect()
    large = json.dumps([None, "1", "realtime:room", "phx_join", {"x": "y" * 10_000_000}])
    sending = asyncio.ensure_future(client.socket.send(large))
    code, _ = await client.wait_closed()
    assert code == 1009
    sending.cancel()


@pytest.mark.parametrize("direct", [True, False])
async def test_a_client_that_does_not_read_is_dropped(make_service: ServiceMaker, direct: bool) -> None:
    service = await make_service(direct=direct, max_queued_bytes=1_000_000)
    hub = service.app.hub
    async with connect_deaf(service) as deaf:
        await wait_until(lambda: hub.topics.find("room", is_private=False), what="the join")
        deaf.pause_reading()
        sender = await (await service.connect()).join("room", broadcast={"ack": True})
        members = hub.topics.find("room", is_private=False)
        assert members is not None
        for _ in range(200):
            await sender.broadcast("x", {"y": "z" * 100_000})
            await sender.take("phx_reply")
            if len(hub.connections) == 1:
                break
        await wait_until(lambda: len(hub.connections) == 1, what="the drop")
        assert len(members.members) == 1


@asynccontextmanager
async def connect_deaf(service: Service) -> AsyncIterator[asyncio.Transport]:
    """Join a topic by hand, as a client that can stop reading."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(service.url.rpartition(":")[2]), limit=1024)
    try:
        key = b64encode(bytes(16)).decode()
        writer.write(
            f"GET /realtime/v1/websocket?vsn=2.0.0&apikey={service.keys.publishable_key} HTTP/1.1\r\nHost: x\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        body = b'["1","1","realtime:room","phx_join",{}]'
        writer.write(bytes([0x81, 0x80 | len(body), 0, 0, 0, 0]) + body)
        yield writer.transport  # type: ignore[misc]
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


async def test_silent_clients_are_dropped(make_service: ServiceMaker) -> None:
    service = await make_service(silence=timedelta(seconds=1.5))
    silent = await service.connect()
    channel = await silent.join("room")
    assert channel.is_ok
    assert await silent.wait_closed() == (1000, "no heartbeat")
