"""Channels: joining and leaving, broadcasts, presence, tokens, limits, and whatever is no message."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus

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
