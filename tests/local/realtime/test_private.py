"""Private channels, and messages sent through the database: who may read and write, what arrives, what is replayed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.local.realtime.conftest import MOUNT, Service

POLICIES = """
create policy readers on realtime.messages for select to authenticated
  using (realtime.topic() like 'team:%' and extension in ('broadcast', 'presence'));
create policy writers on realtime.messages for insert to authenticated
  with check (realtime.topic() = 'team:' || (auth.jwt() ->> 'team'));
"""


@pytest.fixture
async def http(service: Service) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=service.url + MOUNT, timeout=20) as client:
        yield client


async def test_policies_decide_who_reads_and_writes(service: Service) -> None:
    await service.run(POLICIES)
    member = await (await service.connect()).join("team:a", token=service.sign(team="a"), private=True)
    reader = await (await service.connect()).join(
        "team:a", token=service.sign(team="b"), private=True, broadcast={"ack": True}, presence={"enabled": True}
    )
    anonymous = await (await service.connect()).join("team:a", private=True)
    stranger = await (await service.connect()).join("other", token=service.sign(), private=True)
    public = await (await service.connect()).join("team:a")
    assert [channel.is_ok for channel in (member, reader, anonymous, stranger, public)] == [
        True,
        True,
        False,
        False,
        True,
    ]
    denied = "Unauthorized: You do not have permissions to read from this Channel topic: "
    assert anonymous.reply["response"] == {"reason": denied + "team:a"}
    assert stranger.reply["response"] == {"reason": denied + "other"}
    # Denied writing is silent, also where an answer was asked for.
    await reader.broadcast("mine", {})
    assert (await reader.track({"x": 1}))["status"] == "error"
    assert await reader.client.count("phx_reply") == 0
    await member.broadcast("hello", {"a": 1})
    assert (await reader.take("broadcast"))["event"] == "hello"
    assert (await member.track({"x": 1}))["status"] == "ok"
    assert (await reader.take("presence_diff"))["joins"]
    for channel in (member, public):
        assert await channel.client.count("broadcast") == 0


async def test_rights_that_are_lost_close_the_channel(service: Service) -> None:
    await service.run(
        "create policy team on realtime.messages for select to authenticated using (auth.jwt() ->> 'team' = 'a')"
    )
    channel = await (await service.connect()).join("room", token=service.sign(team="a"), private=True)
    await channel.send("access_token", {"access_token": service.sign(team="b")})
    assert "permission" in (await channel.take("system"))["message"]
    await channel.take("phx_close")


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
async def test_messages_sent_by_sql(service: Service, version: str) -> None:
    await service.run(POLICIES)
    client = await service.connect(version=version)
    private = await client.join("team:a", token=service.sign(), private=True, broadcast={"replication_ready": True})
    assert (await private.take("system"))["message"] == "Replication connection established"
    public = await (await service.connect(version=version)).join("team:a", broadcast={"replication_ready": True})
    await public.take("system")
    await service.run("select realtime.send('{\"a\": 1}', 'news', 'team:a')")
    await service.run("select realtime.send('{\"id\": \"own\"}', 'open', 'team:a', false)")
    received = await private.take("broadcast")
    assert received["event"] == "news"
    assert received["payload"] == {"a": 1, "id": received["meta"]["id"]}
    assert (await public.take("broadcast"))["payload"] == {"id": "own"}
    await service.run("select realtime.send_binary('\\x00ff', 'bytes', 'team:a')")
    await service.run("select realtime.send('{}', 'last', 'team:a')")
    if version == "2.0.0":
        assert (await private.take("broadcast"))["payload"] == b"\0\xff"
    assert (await private.take("broadcast"))["event"] == "last"
    assert await private.client.count("broadcast") == 0


async def test_changes_broadcast_by_a_trigger(service: Service) -> None:
    await service.run(POLICIES)
    await service.run(
        """
        create function public.tell() returns trigger language plpgsql security definer set search_path = '' as $$
        begin
          perform realtime.broadcast_changes('team:a', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
          return null;
        end $$;
        create trigger tell after insert or update or delete on public.notes
          for each row execute function public.tell();
        """
    )
    channel = await (await service.connect()).join(
        "team:a", token=service.sign(), private=True, broadcast={"replication_ready": True}
    )
    await channel.take("system")
    await service.run("insert into public.notes (body) values ('one')")
    await service.run("delete from public.notes")
    inserted = (await channel.take("broadcast"))["payload"]
    assert inserted["record"] == {"id": 1, "body": "one", "amount": None, "details": None}
    assert (inserted["old_record"], inserted["operation"], inserted["table"]) == (None, "INSERT", "notes")
    assert (await channel.take("broadcast"))["payload"]["old_record"]["body"] == "one"


async def test_sending_by_sql_obeys_policies(service: Service) -> None:
    await service.run(POLICIES)
    claims = json.dumps({"role": "authenticated", "team": "a"})
    async with service.pool.acquire() as connection, connection.transaction():
        await connection.execute("select set_config('request.jwt.claims', $1, true)", claims)
        await connection.execute("set local role authenticated")
        await connection.execute("select realtime.send('{}', 'x', 'team:a')")
        await connection.execute("select realtime.send('{}', 'x', 'team:b')")
    assert await service.pool.fetch("select topic from realtime.messages") == [("team:a",)]


async def test_replay(service: Service) -> None:
    await service.run(POLICIES)
    client = await service.connect()
    token = service.sign()
    live = await client.join("team:a", token=token, private=True, broadcast={"replication_ready": True})
    await live.take("system")
    for number in range(30):
        await service.run(f"select realtime.send('{{\"id\": {number}}}', 'news', 'team:a')")
    await service.run("select realtime.send('{}', 'elsewhere', 'team:b')")
    assert [(await live.take("broadcast"))["payload"]["id"] for _ in range(30)] == list(range(30))
    for limit, first in ((3, 27), (100, 5), (None, 5)):
        wish = {"since": 0} if limit is None else {"since": 0, "limit": limit}
        channel = await client.join("team:a", token=token, private=True, broadcast={"replay": wish})
        for number in range(first, 30):
            message = await channel.take("broadcast")
            assert message["payload"] == {"id": number}
            assert message["meta"]["replayed"] is True
        assert await client.count("broadcast") == 0
    later = await client.join("team:a", token=token, private=True, broadcast={"replay": {"since": 99_999_999_999_999}})
    assert later.is_ok
    assert await client.count("broadcast") == 0
    wrong = await client.join("team:a", token=token, private=True, broadcast={"replay": {"since": "x"}})
    assert wrong.reply["response"] == {"reason": "UnableToReplayMessages: Replay params are not valid"}
    public = await client.join("team:a", broadcast={"replay": {"since": 0}})
    assert public.reply["response"] == {"reason": "UnableToReplayMessages: Replay is not allowed for public channels"}


async def test_http_broadcasts(service: Service, http: httpx2.AsyncClient) -> None:
    await service.run(POLICIES)
    public = await (await service.connect()).join("team:a")
    private = await (await service.connect()).join("team:a", token=service.sign(), private=True)
    member = {"authorization": f"Bearer {service.sign(team='a')}", "apikey": service.keys.publishable_key}
    anybody = {"apikey": service.keys.publishable_key}
    messages: list[dict[str, Any]] = [
        {"topic": "team:a", "event": "one", "payload": {"n": 1}},
        {"topic": "team:a", "event": "two", "payload": {"n": 2}, "private": True, "id": str(uuid4())},
    ]
    answer = await http.post("/api/broadcast", json={"messages": messages}, headers=member)
    assert (answer.status_code, answer.text) == (202, "")
    assert await public.take("broadcast") == {"type": "broadcast", "event": "one", "payload": {"n": 1}}
    assert (await private.take("broadcast"))["meta"] == {"id": messages[1]["id"]}
    answer = await http.post("/api/broadcast", json={"messages": messages[1:]}, headers=anybody)
    assert answer.status_code == 202
    assert await private.client.count("broadcast") == 0

    path = "/api/broadcast/team%3Aa/events/three%2Fthree"
    assert (await http.post(path, json={"n": 3}, headers=anybody)).status_code == 202
    assert await public.take("broadcast") == {"type": "broadcast", "event": "three/three", "payload": {"n": 3}}
    octets = {**member, "content-type": "application/octet-stream"}
    assert (await http.post(path + "?private=true", content=b"\0\1", headers=octets)).status_code == 202
    assert (await private.take("broadcast"))["payload"] == b"\0\1"
    assert (await http.post(path + "?private=true", json={}, headers=anybody)).status_code == 403


WRONG_REQUESTS: list[tuple[str, bytes, dict[str, str], int]] = [
    ("/api/broadcast", b"{}", {}, 422),
    ("/api/broadcast", b'{"messages": [{"topic": "a", "event": "b"}]}', {}, 422),
    ("/api/broadcast", b'{"messages": [{"topic": "a", "event": "b", "payload": 5}]}', {}, 422),
    ("/api/broadcast", b'{"messages": [5]}', {}, 422),
    ("/api/broadcast", b"nonsense", {}, 400),
    ("/api/broadcast", b"[" * 5000, {}, 400),
    ("/api/broadcast/a/events/b", b"nonsense", {}, 400),
    ("/api/broadcast/a/events/b", b"{}", {"content-type": "text/plain"}, 415),
    ("/api/broadcast/a/events/b", b'"' + b"x" * 3_000_000 + b'"', {}, 422),
    ("/api/broadcast/a/events", b"{}", {}, 404),
    ("/api/broadcast", b"{}", {"authorization": "Bearer nonsense"}, 401),
    ("/api/broadcast", b"{}", {"apikey": "nonsense"}, 401),
]


async def test_http_broadcasts_that_are_wrong(service: Service, http: httpx2.AsyncClient) -> None:
    for path, content, headers, status in WRONG_REQUESTS:
        given = {"apikey": service.keys.publishable_key, "content-type": "application/json", **headers}
        answer = await http.post(path, content=content, headers=given)
        assert answer.status_code == status, (path, content[:50], answer.text)
        assert answer.json()
