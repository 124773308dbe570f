"""Changes of tables: what they look like, who hears of which, and under whose rights."""

from __future__ import annotations

import json

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


async def test_select_narrows_the_columns(service: Service) -> None:
    client = await service.connect()
    channel = await client.join("notes", listen=[{**ALL_NOTES, "select": ["body"]}])
    await service.run("insert into public.notes (body, amount) values ('one', 1)")
    change = await channel.take_change()
    assert change["record"] == {"id": 1, "body": "one"}
    assert [column["name"] for column in change["columns"]] == ["id", "body"]


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
