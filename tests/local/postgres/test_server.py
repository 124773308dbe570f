"""The embedded Postgres from start to stop."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from headwater.core.errors import Conflict, Unavailable
from headwater.local.postgres import LocalPostgres, find_running_postgres
from headwater.process import ChildEvent
from tests.local.postgres.scenes import connected, count_rows, list_server_processes, make_server

# Above the ports that the system hands out, so that servers started with it meet there.
MEETING_PORT = 61_322


async def test_rows_are_there_after_a_restart(tmp_path: Path) -> None:
    async with make_server(tmp_path, durable=True) as server:
        first = server.dsn
        async with connected(first) as connection:
            await connection.execute("create table kept as select generate_series(1, 100)")
    assert not list_server_processes(tmp_path)
    async with make_server(tmp_path, durable=True) as server:
        assert server.dsn == first
        assert await count_rows(first) == 100


async def test_the_server_is_set_up_for_headwater(tmp_path: Path) -> None:
    async with make_server(tmp_path, settings={"work_mem": "5MB"}) as server, connected(server.dsn) as connection:
        shown = {
            name: await connection.fetchval(f"show {name}")
            for name in ("wal_level", "max_slot_wal_keep_size", "listen_addresses", "work_mem", "server_encoding")
        }
        assert shown == {
            "wal_level": "logical",
            "max_slot_wal_keep_size": "1GB",
            "listen_addresses": "127.0.0.1",
            "work_mem": "5MB",
            "server_encoding": "UTF8",
        }
        assert await connection.fetchval("select datlocprovider from pg_database where datname = 'postgres'") == b"b"
        assert await connection.fetchval("select datlocale from pg_database where datname = 'postgres'") == "C.UTF-8"


@pytest.mark.parametrize(("durable", "shown"), [(True, "on"), (False, "off")])
async def test_writes_are_flushed_unless_a_test_says_otherwise(tmp_path: Path, durable: bool, shown: str) -> None:
    async with make_server(tmp_path, durable=durable) as server, connected(server.dsn) as connection:
        assert await connection.fetchval("show fsync") == shown
        assert await connection.fetchval("show synchronous_commit") == shown


async def test_only_the_password_opens_it(tmp_path: Path) -> None:
    async with make_server(tmp_path) as server:
        for wrong in ("", "wrong"):
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(server.dsn, password=wrong)
        async with connected(server.dsn) as connection:
            stored = await connection.fetchval("select rolpassword from pg_authid where rolname = 'postgres'")
            assert stored.startswith("SCRAM-SHA-256$")
    assert (tmp_path / "password").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "cluster").stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(sys.platform != "linux", reason="reads owners from /proc")
async def test_the_server_is_not_root(tmp_path: Path) -> None:
    async with make_server(tmp_path):
        owners = {os.stat(f"/proc/{pid}").st_uid for pid in list_server_processes(tmp_path)}
        assert owners
        assert 0 not in owners


async def test_a_lost_password_is_set_anew(tmp_path: Path) -> None:
    async with make_server(tmp_path) as server:
        before = server.dsn
    (tmp_path / "password").unlink()
    async with make_server(tmp_path) as server:
        assert server.dsn != before
        async with connected(server.dsn) as connection:
            assert await connection.fetchval("select 1") == 1


async def test_a_wrong_password_file_is_named(tmp_path: Path) -> None:
    async with make_server(tmp_path):
        pass
    (tmp_path / "password").write_text("not-the-one")
    with pytest.raises(Unavailable, match="does not take the password") as failure:
        await make_server(tmp_path).start()
    assert "Remove that file" in (failure.value.hint or "")
    assert not list_server_processes(tmp_path)


async def test_two_folders_run_at_once(tmp_path: Path) -> None:
    one, two = make_server(tmp_path / "one", port=MEETING_PORT), make_server(tmp_path / "two", port=MEETING_PORT)
    async with one, two:
        assert one.status().port != two.status().port
        async with connected(one.dsn) as connection:
            await connection.execute("create table kept ()")
        async with connected(two.dsn) as connection:
            assert await connection.fetchval("select to_regclass('kept')") is None


async def test_two_folders_start_at_the_same_moment(tmp_path: Path) -> None:
    servers = [make_server(tmp_path / name, port=MEETING_PORT) for name in ("one", "two", "three")]
    try:
        assert len(set(await asyncio.gather(*(server.start() for server in servers)))) == 3
    finally:
        await asyncio.gather(*(server.stop() for server in servers))


async def test_one_folder_is_served_once(tmp_path: Path) -> None:
    async with make_server(tmp_path) as server:
        with pytest.raises(Conflict, match=f"already run by process {os.getpid()}"):
            await make_server(tmp_path).start()
        assert await server.start() == server.dsn
        assert find_running_postgres(tmp_path) == server.dsn
    assert find_running_postgres(tmp_path) is None


async def test_a_taken_port_gives_way_to_the_next(tmp_path: Path) -> None:
    async with make_server(tmp_path) as server:
        kept = urlsplit(server.dsn).port
    assert kept
    events: list[ChildEvent] = []
    with socket.create_server(("127.0.0.1", kept)):
        async with make_server(tmp_path, events=events) as server:
            moved = urlsplit(server.dsn).port
            assert moved
            assert moved > kept
    assert events[0].text == f"port {kept} is taken: Postgres listens on {moved} instead"
    async with make_server(tmp_path) as server:
        assert urlsplit(server.dsn).port == moved


async def test_status_tells_how_it_is(tmp_path: Path) -> None:
    server = LocalPostgres(tmp_path, port=0, durable=False)
    assert server.status().dsn is None
    async with server:
        status = server.status()
        assert status.dsn == server.dsn
        assert status.child.state == "running"
        assert status.child.pid in list_server_processes(tmp_path)
    assert server.status().child.state == "stopped"
