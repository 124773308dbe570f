"""The fixtures that every other test stands on."""

from __future__ import annotations

import asyncio
import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import psycopg
import pytest
import pytest_socket
import redis
from sqlalchemy import text

from headwater.core.clock import Clock, MovableClock, now
from headwater.core.database.database import Database, Identity
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.process.folders import claim_folder
from tests.conftest import drop_database
from tests.fixtures.loopback import bind_loopback
from tests.fixtures.servers import remove_abandoned


@pytest.mark.parametrize("turn", [1, 2])
async def test_every_test_has_a_database_of_its_own(dsn: str, turn: int) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        assert await connection.fetchval("select to_regclass('public.left_by_a_test')") is None
        await connection.execute("create table public.left_by_a_test ()")
        assert await connection.fetchval("select current_user") == "postgres"
        assert await connection.fetchval("select count(*) from supabase_migrations.schema_migrations") > 0
    finally:
        await connection.close()


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_an_empty_valkey(valkey_url: str, turn: int) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


async def test_a_database_goes_with_the_slots_and_connections_that_a_test_left(
    dsn: str, server_connection: psycopg.Connection[Any]
) -> None:
    name = urlsplit(dsn).path.removeprefix("/")
    left = await asyncpg.connect(dsn)
    await left.fetchval("select pg_create_logical_replication_slot('left_' || current_database(), 'pgoutput')")
    drop_database(name, server_connection)
    left.terminate()
    found = server_connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
    assert found is None
    # The fixture drops what it made.
    server_connection.execute(f"create database {name}")


async def test_an_unmigrated_database_has_the_foundation_only(unmigrated_dsn: str) -> None:
    connection = await asyncpg.connect(unmigrated_dsn)
    try:
        assert await connection.fetchval("select to_regclass('auth.users') is not null")
        assert await connection.fetchval("select to_regclass('supabase_migrations.schema_migrations') is null")
    finally:
        await connection.close()


async def test_resources_hold_the_database(resources: Resources) -> None:
    async with resources.get(Database).transaction(Identity.anonymous()) as connection:
        assert (await connection.execute(text("select current_user"))).scalar_one() == "anon"


async def test_resources_share_the_clock_that_a_test_moves(resources: Resources, clock: MovableClock) -> None:
    before = resources.get(Clock).now()  # type: ignore[type-abstract]  # the registry takes a protocol as a key
    clock.advance(timedelta(days=1))
    assert resources.get(Clock).now() - before >= timedelta(days=1)  # type: ignore[type-abstract]


async def test_settings_point_at_the_test_s_own_servers(settings: Settings, dsn: str, valkey_url: str) -> None:
    assert settings.resolved_database_url == dsn
    assert settings.resolved_redis_url == valkey_url
    assert settings.environment == "test"


async def test_the_network_is_closed() -> None:
    # pytest-socket warns before it refuses, and warnings are errors here.
    with pytest.raises((pytest_socket.SocketConnectBlockedError, UserWarning), match=r"192\.0\.2\.1"):
        await asyncpg.connect("postgresql://postgres@192.0.2.1/postgres", timeout=5)


def test_what_a_killed_run_left_is_removed_and_what_another_uses_is_not(tmp_path: Path) -> None:
    left, used, young = (tmp_path / f"headwater-tests-{name}" for name in ("left", "used", "young"))
    for folder in (left, used, young):
        (folder / "postgres").mkdir(parents=True)
    claim_folder(left / "postgres", what="a run that is gone").release()
    claim = claim_folder(used / "postgres", what="another run")
    yesterday = now().timestamp() - 86_400
    for folder in (left, used):
        os.utime(folder, (yesterday, yesterday))
    remove_abandoned(tmp_path)
    claim.release()
    assert [folder.exists() for folder in (left, used, young)] == [False, True, True]


async def test_a_server_on_a_socket_of_ours_sends_without_delay() -> None:
    accepted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def look(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened = writer.get_extra_info("socket")
        accepted.set_result(bool(opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        writer.close()

    listener = bind_loopback()
    async with await asyncio.start_server(look, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        assert await accepted
        writer.close()
        await writer.wait_closed()
