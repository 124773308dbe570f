"""Filters that subscribers give, and wishes that can't be met."""

from __future__ import annotations

from typing import Any

from tests.local.realtime.conftest import Service

ALL_NOTES = {"event": "*", "schema": "public", "table": "notes"}

FILTERS: list[tuple[str, list[int]]] = [
    ("body=eq.beta", [2]),
    ("body=neq.beta", [1, 3]),
    ("amount=gt.10", [2]),
    ("amount=lte.10", [1]),
    ("amount=not.eq.10", [2]),
    ("amount=is.null", [3]),
    ("amount=not.is.null", [1, 2]),
    ("amount=isdistinct.10", [2, 3]),
    ("amount=not.isdistinct.10", [1]),
    ("body=in.(alpha,gamma)", [1, 3]),
    ("amount=in.(10, 20)", [1, 2]),
    ("body=not.in.(alpha,gamma)", [2]),
    ("body=like.%a%", [1, 2, 3]),
    ("body=not.like.a%", [2, 3]),
    ("body=ilike.AL%", [1]),
    ("body=match.^[ab]", [1, 2]),
    ("body=imatch.^[AB]", [1, 2]),
    ("body=gt.alpha", [2, 3]),
    ("amount=gte.10,body=eq.beta", [2]),
    ('body=eq."beta"', [2]),
    ("  ", [1, 2, 3]),
    ("amount=eq.010", [1]),
    ("is_new=eq.true", [2]),
    ("is_new=is.true", [2]),
    ("is_new=not.is.true", [1, 3]),
    ("is_new=in.(false)", [1]),
]


async def test_filters(service: Service) -> None:
    await service.run("alter table public.notes add column is_new bool")
    client = await service.connect()
    channels = [
        await client.join(f"filter {place}", listen=[{**ALL_NOTES, "filter": text}])
        for place, (text, _) in enumerate(FILTERS)
    ]
    last = await client.join("last", listen=[{**ALL_NOTES, "filter": "id=eq.3"}])
    assert [channel.system["status"] for channel in channels] == ["ok"] * len(FILTERS)
    await service.run(
        "insert into public.notes (body, amount, is_new)"
        " values ('alpha', 10, false), ('beta', 20, true), ('gamma', null, null)"
    )
    await last.take_change()
    # The third row is told to all before anybody is told of another one.
    await client.beat()
    for channel, (text, heard) in zip(channels, FILTERS, strict=True):
        told = [message.payload["data"]["record"]["id"] for message in client.inbox if message.topic == channel.topic]
        assert told == heard, text


WRONG_WISHES: list[tuple[dict[str, Any], str]] = [
    ({"filter": "body=foo.hey"}, 'Error parsing `filter` params: ["foo", "hey"]'),
    ({"filter": "undefined"}, 'Error parsing `filter` params: ["undefined"]'),
    ({"filter": "id=eq.1,,"}, "must not contain empty segments"),
    ({"filter": "id=in.1,2"}, "must be wrapped by parentheses"),
    ({"filter": "id=eq.abc"}, "invalid input syntax for type bigint"),
    ({"filter": "nothing=eq.1"}, "invalid column for filter nothing"),
    ({"filter": "body=is.maybe"}, "invalid value for is filter"),
    ({"filter": f"id=in.({','.join(map(str, range(101)))})"}, "too many values for `in` filter"),
    ({"filter": ",".join(["id=eq.1"] * 10_000)}, "at most 50 conditions"),
    ({"table": "nowhere"}, "Please check Realtime is enabled for the given connect parameters"),
    ({"select": ["nothing"]}, "invalid column for select nothing"),
    ({"select": "id"}, "Error parsing `select` params"),
    ({"table": "*", "select": ["id"]}, "Column selection is not supported for wildcard subscriptions"),
    ({"table": 5}, "No subscription params provided"),
]


async def test_wrong_wishes_are_told_and_leave_the_channel_open(service: Service) -> None:
    client = await service.connect()
    for binding, said in WRONG_WISHES:
        channel = await client.join("notes", listen=[{**ALL_NOTES, **binding}], broadcast={"self": True})
        assert channel.is_ok
        assert channel.system["status"] == "error"
        assert said in channel.system["message"], binding
        await channel.broadcast("still", {"open": True})
        assert (await channel.take("broadcast"))["payload"] == {"open": True}
