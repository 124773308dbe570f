"""Changes of tables: what they look like, who hears of which, and under whose rights."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.local.realtime.conftest import TABLES, Service, ServiceMaker

ALL_NOTES = {"event": "*", "schema": "public", "table": "notes"}


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
async def test_insert_update_delete(service: Service, version: str) -> None:
    client = await service.connect(version=version)
    channel = await client.join("notes", listen=[ALL_NOTES])
    bound = channel.reply["response"]["postgres_changes"]
    assert [{**bound[0], "id": 0}] == [{**ALL_NOTES, "id": 0}]
    assert channel.system == {
        "extension": "postgres_changes",
        "status": "ok",
        "message": "Subscribed to PostgreSQL",
        "channel": "notes",
    }
    await service.run("insert into public.notes (body) values ('one')")
    await service.run("update public.notes set amount = 2, details = '[1, null]'")
    await service.run("delete from public.notes")
    inserted = await channel.take("postgres_changes")
    assert inserted["ids"] == [bound[0]["id"]]
    columns = [
        {"name": "id", "type": "int8"},
        {"name": "body", "type": "text"},
        {"name": "amount", "type": "int4"},
        {"name": "details", "type": "jsonb"},
    ]
    moment = inserted["data"].pop("commit_timestamp")
    assert moment.endswith("Z")
    assert len(moment) == len("2025-11-19T00:22:40.877Z")
    assert inserted["data"] == {
        "schema": "public",
        "table": "notes",
        "type": "INSERT",
        "columns": columns,
        "record": {"id": 1, "body": "one", "amount": None, "details": None},
        "errors": None,
    }
    updated = await channel.take_change()
    assert updated["record"] == {"id": 1, "body": "one", "amount": 2, "details": [1, None]}
    assert updated["old_record"] == {"id": 1}
    deleted = await channel.take_change()
    assert (deleted["type"], deleted["old_record"]) == ("DELETE", {"id": 1})
    assert "record" not in deleted


async def test_one_message_lists_all_bindings_that_fit(service: Service) -> None:
    client = await service.connect()
    wishes = [ALL_NOTES, {"event": "INSERT", "schema": "public"}, {"event": "DELETE", "schema": "public"}, ALL_NOTES]
    channel = await client.join("notes", listen=wishes)
    ids = [bound["id"] for bound in channel.reply["response"]["postgres_changes"]]
    assert ids[0] == ids[3]
    assert len(set(ids)) == 3
    await service.run("insert into public.notes default values")
    assert sorted((await channel.take("postgres_changes"))["ids"]) == sorted(ids[:2])
    assert await client.count("postgres_changes") == 0


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


async def test_select_narrows_the_columns(service: Service) -> None:
    client = await service.connect()
    channel = await client.join("notes", listen=[{**ALL_NOTES, "select": ["body"]}])
    await service.run("insert into public.notes (body, amount) values ('one', 1)")
    change = await channel.take_change()
    assert change["record"] == {"id": 1, "body": "one"}
    assert [column["name"] for column in change["columns"]] == ["id", "body"]


async def test_rows_are_told_to_those_who_may_see_them(service: Service) -> None:
    mine, theirs = str(uuid4()), str(uuid4())
    wish = [{"event": "*", "schema": "public", "table": "secrets"}]
    client = await service.connect()
    owner = await client.join("owner", token=service.sign(sub=mine), listen=wish)
    other = await (await service.connect()).join("other", token=service.sign(sub=theirs), listen=wish)
    anonymous = await (await service.connect()).join("anonymous", listen=wish)
    served = await (await service.connect(key=service.keys.secret_key)).join("service", listen=wish)
    for person in (mine, theirs):
        await service.pool.execute("insert into public.secrets (owner, body) values ($1, 'x')", person)
    await service.pool.execute("update public.secrets set body = 'y' where owner = $1", mine)
    assert [(await owner.take_change())["type"] for _ in range(2)] == ["INSERT", "UPDATE"]
    assert (await other.take_change())["record"]["owner"] == theirs
    assert [(await served.take_change())["type"] for _ in range(3)] == ["INSERT", "INSERT", "UPDATE"]
    await service.run("delete from public.secrets")
    # Who could see a row that is gone can't be known: everybody hears its key, and nothing but its key.
    for channel in (owner, other, anonymous, served):
        gone = await channel.take_change()
        assert gone["type"] == "DELETE"
        assert set(gone["old_record"]) == {"id"}
    await service.run("alter table public.secrets replica identity full")
    await service.run("insert into public.secrets (owner) values (gen_random_uuid())")
    await service.run("delete from public.secrets")
    assert set((await anonymous.take_change())["old_record"]) == {"id"}


async def test_columns_without_privilege_are_left_out(service: Service) -> None:
    await service.run("revoke select on public.notes from anon; grant select (id, body) on public.notes to anon")
    client = await service.connect()
    channel = await client.join("notes", listen=[ALL_NOTES])
    await service.run("insert into public.notes (body, amount) values ('one', 1)")
    change = await channel.take_change()
    assert change["record"] == {"id": 1, "body": "one"}
    refused = await client.join("more", listen=[{**ALL_NOTES, "filter": "amount=eq.1"}])
    assert "invalid column for filter amount" in refused.system["message"]


async def test_a_grant_taken_away_counts_at_once(service: Service) -> None:
    client = await service.connect()
    channel = await client.join("notes", listen=[ALL_NOTES])
    await service.run("insert into public.notes (body) values ('one')")
    assert (await channel.take_change())["errors"] is None
    await service.run("revoke select on public.notes from anon")
    await service.run("insert into public.notes (body) values ('two')")
    refused = await channel.take_change()
    assert refused["errors"] == ["Error 401: Unauthorized"]
    assert refused["record"] == {}


@pytest.mark.parametrize("table", ["notes", "secrets"])
async def test_without_a_primary_key_nothing_but_an_error_is_told(service: Service, table: str) -> None:
    await service.run(f"alter table public.{table} drop constraint {table}_pkey")
    client = await service.connect(key=service.keys.secret_key)
    channel = await client.join("keyless", listen=[{"event": "INSERT", "schema": "public", "table": table}])
    column = "body" if table == "notes" else "owner"
    await service.run(f"insert into public.{table} ({column}) values (gen_random_uuid())")
    change = await channel.take_change()
    assert change["errors"] == ["Error 400: Bad Request, no primary key"]
    assert change["record"] == {}


async def test_of_large_rows_only_small_values_are_told(service: Service) -> None:
    client = await service.connect()
    channel = await client.join("notes", listen=[ALL_NOTES])
    await service.run("insert into public.notes (body, amount) values (repeat('x', 1100000), 7)")
    change = await channel.take_change()
    assert change["errors"] == ["Error 413: Payload Too Large"]
    assert change["record"] == {"id": 1, "amount": 7, "details": None}


async def test_unchanged_large_values(service: Service) -> None:
    await service.run("alter table public.notes alter column body set storage external")
    await service.run("insert into public.notes (body) values (repeat('x', 10000))")
    client = await service.connect()
    channel = await client.join("notes", listen=[ALL_NOTES])
    await service.run("update public.notes set amount = 1")
    assert (await channel.take_change())["record"] == {"id": 1, "amount": 1, "details": None}
    await service.run("alter table public.notes replica identity full")
    await service.run("update public.notes set amount = 2")
    change = await channel.take_change()
    assert change["record"] == {"id": 1, "body": "x" * 10_000, "amount": 2, "details": None}
    assert change["old_record"]["amount"] == 1


async def test_values_are_the_json_that_postgres_makes(service: Service) -> None:
    await service.run(
        """
        create type public.mood as enum ('good', 'bad');
        create type public.pair as (one int, other text);
        create domain public.short as varchar(5);
        create table public.kinds (
          id int primary key, truth bool, small int2, large int8, exact numeric, rough float8, day date, at timestamp,
          zoned timestamptz, span interval, id2 uuid, bytes bytea, doc json, docb jsonb, words text[], numbers int[],
          grid int[], times timestamptz[], mood public.mood, pair public.pair, pairs public.pair[], named public.short,
          period int4range, address inet, nothing numeric
        );
        grant select on public.kinds to anon;
        alter publication supabase_realtime add table public.kinds;
        """
    )
    client = await service.connect()
    channel = await client.join("kinds", listen=[{"event": "*", "schema": "public", "table": "kinds"}])
    await service.run(
        """
        insert into public.kinds values (
          1, true, -3, 9007199254740993, 12345678901234567890.1234567890, 0.1, '2024-02-29', '2024-02-29 12:00:00.5',
          '2024-02-29 12:00:00+02', '1 day 02:00', '00000000-0000-0000-0000-000000000001', '\\xdeadbeef',
          '{"a":  1}', '{"b": [1.50, "x"]}', array['a,b', 'say "hi"', null, 'back\\slash', 'NULL', ''], '{1,null,3}',
          '{{1,2},{3,4}}', array['2024-02-29 12:00:00+00'::timestamptz], 'good', row(1, 'x, "y"'),
          array[row(1, 'a')::public.pair, null], 'abcde', '[1,5)', '10.0.0.1/8', 'NaN'
        )
        """
    )
    change = await channel.take_change()
    expected = await service.pool.fetchval("select to_jsonb(k)::text from public.kinds k")
    assert change["record"] == json.loads(expected)
    assert {column["name"]: column["type"] for column in change["columns"]}["words"] == "_text"


async def test_order_within_and_across_transactions(service: Service) -> None:
    client = await service.connect()
    channel = await client.join("notes", listen=[ALL_NOTES])
    for start in range(0, 300, 100):
        await service.run(f"insert into public.notes (amount) select generate_series({start}, {start + 99})")
    got = [(await channel.take_change())["record"]["amount"] for _ in range(300)]
    assert got == list(range(300))


async def test_wildcards_and_tables_published_later(service: Service) -> None:
    client = await service.connect()
    channel = await client.join("all", listen=[{"event": "*", "schema": "*", "table": "*"}])
    assert channel.system["status"] == "ok"
    await service.run(
        """
        create table public.later (id int primary key);
        grant select on public.later to anon;
        alter publication supabase_realtime add table public.later;
        """
    )
    await service.run("insert into public.later values (1)")
    assert (await channel.take_change())["table"] == "later"
    await service.run("alter table public.later add column word text default 'new'")
    await service.run("insert into public.later values (2)")
    assert (await channel.take_change())["record"] == {"id": 2, "word": "new"}


async def test_a_policy_that_fails_hides_the_row_from_that_viewer_alone(service: Service) -> None:
    await service.run(
        """
        create policy odd on public.secrets for select to authenticated
        using (1 / nullif((auth.jwt() ->> 'divisor')::int, 7) > 0);
        """
    )
    wish = [{"event": "INSERT", "schema": "public", "table": "secrets"}]
    broken = await (await service.connect()).join("a", token=service.sign(divisor=0), listen=wish)
    fine = await (await service.connect()).join("b", token=service.sign(divisor=1), listen=wish)
    await service.run("insert into public.secrets (owner) values (gen_random_uuid())")
    assert (await fine.take_change())["type"] == "INSERT"
    assert await broken.client.count("postgres_changes") == 0


async def test_through_asgi_alone(make_service: ServiceMaker) -> None:
    service = await make_service(direct=False)
    await service.run(TABLES)
    channel = await (await service.connect()).join("notes", listen=[ALL_NOTES], broadcast={"self": True})
    await service.run("insert into public.notes (amount) select generate_series(1, 50)")
    assert [(await channel.take_change())["record"]["amount"] for _ in range(50)] == list(range(1, 51))
    await channel.broadcast("x", {})
    assert (await channel.take("broadcast"))["event"] == "x"


async def test_types_that_changed_since(service: Service) -> None:
    channel = await (await service.connect()).join("notes", listen=[ALL_NOTES])
    async with service.pool.acquire() as connection, connection.transaction():
        # Both are in the log of one transaction: the change is told when the column has its new type already.
        await connection.execute("insert into public.notes (body) values ('7')")
        await connection.execute("alter table public.notes alter column body type jsonb using body::jsonb")
        await connection.execute("insert into public.notes (body) values ('[8]')")
    told = [(await channel.take_change())["record"]["body"] for _ in range(2)]
    assert told == ["7", [8]]
