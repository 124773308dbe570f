"""Postgres is killed and comes back; slots are lost, dropped, bounded; the server stops."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from headwater.local.postgres import LocalPostgres, install_foundation
from headwater.local.realtime import RealtimeConfig, install_realtime_schema
from headwater.local.realtime.hub import UNREACHABLE
from tests.fixtures.servers import report_trouble
from tests.fixtures.waiting import wait_until
from tests.local.realtime.conftest import TABLES, Service, ServiceMaker, serve

NOTES = [{"event": "*", "schema": "public", "table": "notes"}]
SECRETS = [{"event": "*", "schema": "public", "table": "secrets"}]


def read_postmaster(folder: Path) -> int:
    return int((folder / "cluster" / "postmaster.pid").read_text().split()[0])


async def test_nothing_is_lost_and_nothing_comes_twice_when_postgres_is_killed(tmp_path: Path) -> None:
    # Durable: what a client was told must still be so after the crash.
    postgres = LocalPostgres(tmp_path, port=0, on_event=report_trouble)
    dsn = await postgres.start()
    try:
        await install_foundation(dsn)
        async with serve(dsn, RealtimeConfig()) as service:
            await service.run(TABLES)
            owner = str(uuid4())
            client = await service.connect()
            guarded = await client.join("secrets", token=service.sign(sub=owner), listen=SECRETS)
            open_to_all = await client.join("notes", listen=NOTES)
            written: list[int] = []
            writer = asyncio.create_task(write_until_cancelled(dsn, owner, written))
            for _ in range(2):
                await wait_for_more(written)
                os.kill(read_postmaster(tmp_path), signal.SIGKILL)
            await wait_for_more(written)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            async with asyncio.timeout(20):
                connection = await asyncpg.connect(dsn)
                committed = [
                    row["amount"] for row in await connection.fetch("select amount from public.notes order by id")
                ]
                await connection.close()
            assert set(written) <= set(committed)
            for channel, read in ((open_to_all, read_amount), (guarded, read_body)):
                told = [read(await channel.take_change()) for _ in committed]
                assert told == committed
            assert await client.count("postgres_changes") == 0
    finally:
        await postgres.stop()


async def wait_for_more(written: list[int]) -> None:
    enough = len(written) + 30
    await wait_until(lambda: len(written) > enough, what="some writes")


def read_amount(change: dict[str, Any]) -> int:
    return int(change["record"]["amount"])


def read_body(change: dict[str, Any]) -> int:
    return int(change["record"]["body"])


async def write_until_cancelled(dsn: str, owner: str, written: list[int]) -> None:
    """Insert rows, two a transaction, over whatever happens; note what was surely committed."""
    number = 0
    while True:
        try:
            connection = await asyncpg.connect(dsn, timeout=2)
            while True:
                number += 1
                async with connection.transaction():
                    await connection.execute("insert into public.notes (amount) values ($1)", number)
                    await connection.execute(
                        "insert into public.secrets (owner, body) values ($1, $2::int::text)", owner, number
                    )
                written.append(number)
        except UNREACHABLE:
            await asyncio.sleep(0.02)


async def test_the_stream_is_cut_and_goes_on(service: Service) -> None:
    channel = await (await service.connect()).join("notes", listen=NOTES)
    for number in range(3):
        await service.run(
            "select pg_terminate_backend(active_pid) from pg_replication_slots where database = current_database()"
        )
        await service.run(f"insert into public.notes (amount) values ({number})")
        assert (await channel.take_change())["record"]["amount"] == number


async def test_a_lost_slot_is_told_and_made_anew(service: Service) -> None:
    channel = await (await service.connect()).join("notes", listen=NOTES)
    await service.run(
        "select pg_terminate_backend(active_pid, 2000), pg_drop_replication_slot(slot_name) from pg_replication_slots"
        " where database = current_database()"
    )
    lost = await channel.take("system")
    assert (lost["status"], lost["extension"]) == ("error", "postgres_changes")
    assert "lost" in lost["message"]
    assert (await channel.take("system"))["message"] == "Subscribed to PostgreSQL"
    await service.run("insert into public.notes (amount) values (1)")
    assert (await channel.take_change())["record"]["amount"] == 1


async def test_the_slot_ends_with_the_server(unmigrated_dsn: str, server_connection: Any) -> None:
    count = "select count(*) from pg_replication_slots where database = %s"
    name = unmigrated_dsn.rpartition("/")[2]
    async with serve(unmigrated_dsn, RealtimeConfig()) as service:
        await asyncio.wait_for(service.app.hub.feed.is_ready.wait(), 20)
        assert server_connection.execute(count, [name]).fetchone() == (1,)
    assert server_connection.execute(count, [name]).fetchone() == (0,)


async def test_a_slot_left_by_a_crash_is_replaced(make_service: ServiceMaker, unmigrated_dsn: str) -> None:
    connection = await asyncpg.connect(unmigrated_dsn)
    name = await connection.fetchval("select 'headwater_realtime_' || current_database()")
    await connection.execute("select pg_create_logical_replication_slot($1, 'pgoutput')", name)
    await install_realtime_schema(unmigrated_dsn)
    await connection.execute(TABLES)
    await connection.execute("insert into public.notes (amount) values (1)")
    service = await make_service()
    channel = await (await service.connect()).join("notes", listen=NOTES)
    await connection.execute("insert into public.notes (amount) values (2)")
    assert (await channel.take_change())["record"]["amount"] == 2
    await connection.close()


async def test_the_slot_moves_on_although_nothing_published_changes(make_service: ServiceMaker) -> None:
    service = await make_service(confirm_interval=timedelta(seconds=0.2))
    await service.run("create table public.unpublished (filling text)")
    await asyncio.wait_for(service.app.hub.feed.is_ready.wait(), 20)
    read = "select confirmed_flush_lsn from pg_replication_slots where database = current_database()"
    before = await service.pool.fetchval(read)
    await service.run("insert into public.unpublished select repeat('x', 1000) from generate_series(1, 1000)")

    async def has_moved() -> bool:
        return bool(await service.pool.fetchval(f"select ({read}) > $1", before))

    await wait_until(has_moved, what="the slot to move on")


async def test_a_server_without_a_bound_is_given_one(tmp_path: Path) -> None:
    settings = {"max_slot_wal_keep_size": "-1"}
    postgres = LocalPostgres(tmp_path, port=0, durable=False, settings=settings, on_event=report_trouble)
    dsn = await postgres.start()
    try:
        await install_foundation(dsn)
        config = RealtimeConfig(max_slot_bytes=1, confirm_interval=timedelta(seconds=0.5))
        async with serve(dsn, config) as service:
            await service.run(TABLES)
            channel = await (await service.connect()).join("notes", listen=NOTES)
            assert "lost" in (await channel.take("system"))["message"]
    finally:
        await postgres.stop()


async def test_the_schema_may_be_laid_twice_and_by_several_at_once(unmigrated_dsn: str) -> None:
    await asyncio.gather(*(install_realtime_schema(unmigrated_dsn) for _ in range(4)))
    connection = await asyncpg.connect(unmigrated_dsn)
    await connection.execute(
        "create table realtime.messages_2020_01_01 partition of realtime.messages "
        "for values from ('2020-01-01') to ('2020-01-02')"
    )
    await install_realtime_schema(unmigrated_dsn)
    days = await connection.fetch(
        "select inhrelid::regclass::text as day from pg_inherits where inhparent = 'realtime.messages'::regclass"
    )
    assert len(days) == 5
    assert all("2020" not in row["day"] for row in days)
    await connection.close()


async def test_a_server_that_keeps_too_little_log_is_told(tmp_path: Path) -> None:
    settings = {"wal_level": "replica"}
    postgres = LocalPostgres(tmp_path, port=0, durable=False, settings=settings, on_event=report_trouble)
    dsn = await postgres.start()
    try:
        await install_foundation(dsn)
        async with serve(dsn, RealtimeConfig()) as service:
            await service.run(TABLES)
            channel = await (await service.connect()).join("notes", listen=NOTES, broadcast={"self": True})
            assert "wal_level = replica" in channel.system["message"]
            await channel.broadcast("still", {"open": True})
            assert (await channel.take("broadcast"))["event"] == "still"
    finally:
        await postgres.stop()
