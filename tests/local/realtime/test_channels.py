"""Channels: joining and leaving, broadcasts, presence, tokens, limits, and whatever is no message."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus

from tests.fixtures.waiting import wait_until
from tests.local.realtime.client import connect
from tests.local.realtime.conftest import Service, ServiceMaker

VERSIONS = ["1.0.0", "2.0.0"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_join_leave_and_heartbeat(service: Service, version: str) -> None:
    client = await service.connect(version=version)
    await client.beat()
    channel = await client.join("room")
    assert channel.reply == {"status": "ok", "response": {"postgres_changes": []}}
    ref = await channel.send("phx_leave", {})
    assert await channel.take("phx_reply", lambda message: message.ref == ref) == {"status": "ok", "response": {}}
    closed = await client.take("phx_close", channel.topic)
    assert (closed.ref, closed.payload) == (channel.ref, {})
    assert await client.count("presence_state") == 0


@pytest.mark.parametrize("sender_version", VERSIONS)
@pytest.mark.parametrize("version", VERSIONS)
async def test_broadcasts_reach_the_others(service: Service, version: str, sender_version: str) -> None:
    listener = await (await service.connect(version=version)).join("room")
    elsewhere = await (await service.connect(version=version)).join("room", private=False)
    other = await (await service.connect(version=version)).join("other room")
    sender = await (await service.connect(version=sender_version)).join("room")
    await sender.broadcast("hello", {"to": ["you", 1.5, None]})
    expected = {"type": "broadcast", "event": "hello", "payload": {"to": ["you", 1.5, None]}}
    assert await listener.take("broadcast") == expected
    assert await elsewhere.take("broadcast") == expected
    assert await sender.client.count("broadcast") == 0
    assert await other.client.count("broadcast") == 0


async def test_binary_broadcasts(service: Service) -> None:
    new = await (await service.connect()).join("room")
    old = await (await service.connect(version="1.0.0")).join("room")
    sender = await (await service.connect()).join("room", broadcast={"ack": True, "self": True})
    await sender.client.send_binary(sender.topic, "bytes", b"\0\xff", ref="7", join_ref=sender.ref)
    await sender.client.send_binary(sender.topic, "words", b'{"a":1}', is_json=True)
    for channel in (new, sender):
        received = await channel.client.take("broadcast")
        assert (received.is_binary, received.payload["payload"]) == (True, b"\0\xff")
        assert (await channel.take("broadcast"))["payload"] == {"a": 1}
    # Protocol 1.0.0 can't carry bytes.
    assert await old.take("broadcast") == {"type": "broadcast", "event": "words", "payload": {"a": 1}}
    assert (await sender.client.take("phx_reply", fits=lambda message: message.ref == "7")).payload["status"] == "ok"


async def test_acknowledgement(service: Service, make_service: ServiceMaker) -> None:
    quiet = await (await service.connect()).join("room")
    await quiet.broadcast("x", {})
    assert await quiet.client.count("phx_reply") == 0
    small = await make_service(dsn=service.dsn, max_payload_bytes=100, slot_name="headwater_other")
    sender = await (await small.connect()).join("room", broadcast={"ack": True})
    ref = await sender.broadcast("x", {"y": "z" * 200})
    refused = await sender.take("phx_reply", lambda message: message.ref == ref)
    assert refused == {"status": "error", "response": {"error": "payload_size_exceeded"}}


async def test_joining_again_replaces_the_channel(service: Service) -> None:
    client = await service.connect()
    first = await client.join("room")
    second = await client.join("room")
    assert (await client.take("phx_close")).ref == first.ref
    await (await (await service.connect()).join("room")).broadcast("x", {})
    assert (await second.take("broadcast"))["event"] == "x"
    assert await client.count("broadcast") == 0
    stale = await client.send(first.topic, "phx_leave", {}, join_ref=first.ref)
    await client.take("phx_reply", fits=lambda message: message.ref == stale)
    assert await client.count("phx_close") == 0


@pytest.mark.parametrize(
    ("topic", "reason"),
    [("realtime:", "TopicNameRequired: You must provide a topic name"), ("room", "unmatched topic")],
)
async def test_topics_that_are_none(service: Service, topic: str, reason: str) -> None:
    client = await service.connect()
    ref = await client.send(topic, "phx_join", {}, join_ref="1")
    reply = await client.take("phx_reply", fits=lambda message: message.ref == ref)
    assert reply.payload == {"status": "error", "response": {"reason": reason}}


async def test_messages_to_channels_not_joined(service: Service) -> None:
    client = await service.connect()
    ref = await client.send("realtime:room", "broadcast", {"event": "x"})
    reply = await client.take("phx_reply", fits=lambda message: message.ref == ref)
    assert reply.payload == {"status": "error", "response": {"reason": "unmatched topic"}}


async def test_presence(service: Service) -> None:
    ada = await (await service.connect()).join("room", presence={"key": "ada", "enabled": True})
    assert await ada.take("presence_state") == {}
    assert await ada.track({"mood": "good"}) == {"status": "ok", "response": {}}
    diff = await ada.take("presence_diff")
    [meta] = diff["joins"]["ada"]["metas"]
    assert (meta["mood"], diff["leaves"]) == ("good", {})
    bob = await (await service.connect(version="1.0.0")).join("room", presence={"enabled": True})
    assert await bob.take("presence_state") == {"ada": {"metas": [meta]}}
    blind = await (await service.connect()).join("room")
    await ada.track({"mood": "good"})
    await ada.track({"mood": "better"})
    changed = await bob.take("presence_diff")
    assert changed["leaves"] == {"ada": {"metas": [meta]}}
    assert changed["joins"]["ada"]["metas"][0]["phx_ref_prev"] == meta["phx_ref"]
    assert changed["joins"]["ada"]["metas"][0]["mood"] == "better"
    await bob.track({})
    assert len((await ada.take("presence_diff", lambda message: message.payload["leaves"] == {}))["joins"]) == 1
    await ada.client.socket.close()
    assert list((await bob.take("presence_diff", lambda message: message.payload["leaves"] != {}))["leaves"]) == ["ada"]
    await bob.send("presence", {"type": "presence", "event": "untrack"})
    assert len((await bob.take("presence_diff", lambda message: message.payload["leaves"] != {}))["leaves"]) == 1
    assert await blind.client.count("presence_diff") == 0
    assert await blind.client.count("presence_state") == 0


async def test_presence_that_is_none(service: Service) -> None:
    channel = await (await service.connect()).join("room")
    assert await channel.track([1]) == {
        "status": "error",
        "response": {"reason": "Presence track payload must be a map"},
    }
    ref = await channel.send("presence", {"event": "dance"})
    assert (await channel.take("phx_reply", lambda message: message.ref == ref))["status"] == "error"


async def test_joins_with_bad_tokens_are_refused(service: Service) -> None:
    client = await service.connect()
    wrong = [
        (service.sign(seconds=-100), "InvalidJWTToken: Token has expired"),
        ("nonsense", "MalformedJWT: The token provided is not a valid JWT"),
        (service.sign() + "x", "JwtSignatureError: Failed to validate JWT signature"),
        (service.sign(exp=None), "InvalidJWTToken: Fields `role` and `exp` are required in JWT"),
    ]
    for token, reason in wrong:
        channel = await client.join("room", token=token)
        assert not channel.is_ok
        assert channel.reply["response"]["reason"].startswith(reason)


async def test_connections_need_a_key(service: Service) -> None:
    address = service.url.replace("http", "ws") + "/realtime/v1/websocket"
    for key in ("", "nonsense"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(address, version="2.0.0", key=key).__aenter__()
        assert refused.value.response.status_code == 401


async def test_keyless_connections_are_anonymous_where_that_is_set(make_service: ServiceMaker) -> None:
    service = await make_service(keyless="anon")
    async with connect(service.url.replace("http", "ws") + "/realtime/v1/websocket", version="2.0.0", key="") as client:
        assert (await client.join("room")).is_ok


async def test_a_token_that_runs_out_closes_the_channel(service: Service) -> None:
    client = await service.connect()
    short = await client.join("short", token=service.sign(seconds=100))
    refreshed = await client.join("refreshed", token=service.sign(seconds=100))
    await refreshed.send("access_token", {"access_token": service.sign(seconds=1000)})
    await refreshed.send("access_token", {"access_token": "sb_publishable_ignored"})
    await client.beat()
    service.clock.advance(timedelta(seconds=101))
    system = await short.take("system")
    assert (system["extension"], system["status"]) == ("system", "error")
    assert system["message"].startswith("Token has expired")
    await short.take("phx_close")
    await refreshed.broadcast("still", {"open": True})
    assert await client.count("phx_close") == 0
    await refreshed.send("access_token", {"access_token": "nonsense"})
    assert (await refreshed.take("system"))["message"] == "The token provided is not a valid JWT"
    await refreshed.take("phx_close")


async def test_a_new_token_changes_what_is_seen(service: Service) -> None:
    one, other = str(uuid4()), str(uuid4())
    wish = [{"event": "INSERT", "schema": "public", "table": "secrets"}]
    channel = await (await service.connect()).join("room", token=service.sign(sub=one), listen=wish)
    await channel.send("access_token", {"access_token": service.sign(sub=other)})
    assert (await channel.take("system"))["message"] == "Subscribed to PostgreSQL"
    for owner in (one, other):
        await service.pool.execute("insert into public.secrets (owner) values ($1)", owner)
    assert (await channel.take_change())["record"]["owner"] == other


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
