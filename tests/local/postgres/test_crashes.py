"""`kill -9` of the server and of its parent, and what they leave behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from headwater.core.clock import monotonic
from headwater.local.postgres import LocalPostgres
from headwater.local.postgres.binaries import find_binaries
from headwater.local.postgres.cluster import Cluster
from headwater.local.postgres.tuning import list_settings
from headwater.process import ChildEvent
from headwater.process.running import KILL, exists, list_processes
from headwater.process.spawn import run_to_end
from headwater.process.users import choose_server_user
from tests.fixtures.drivers import drive
from tests.fixtures.waiting import wait_until
from tests.local.postgres.scenes import (
    connected,
    count_rows,
    list_server_processes,
    make_server,
    read_postmaster,
    write_postmaster,
)


async def test_a_killed_server_comes_back_with_every_committed_row(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    async with make_server(tmp_path, durable=True, events=events) as server:
        committed = 0
        async with connected(server.dsn) as connection:
            await connection.execute("create table kept (id integer)")
            for number in range(200):
                await connection.execute("insert into kept values ($1)", number)
                committed += 1
            os.kill(read_postmaster(tmp_path), KILL)
        await wait_until(lambda: any(event.kind == "restarted" for event in events), what="the restart")
        assert await count_rows(server.dsn) >= committed
        assert server.status().child.restarts == 1
        assert [event.kind for event in events] == ["ready", "died", "restarted"]
        assert "SIGKILL" in events[1].text


async def test_busy_backends_of_a_killed_server_do_not_hold_up_the_next(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    async with make_server(tmp_path, events=events) as server, connected(server.dsn) as busy:
        backend = await busy.fetchval("select pg_backend_pid()")
        endless = asyncio.create_task(busy.execute("do $$ begin loop end loop; end $$"))
        await wait_until(lambda: is_running(server.dsn, backend), what="the endless statement")
        os.kill(read_postmaster(tmp_path), KILL)
        await wait_until(lambda: any(event.kind == "restarted" for event in events), what="the restart")
        assert not exists(backend)
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await endless


async def is_running(dsn: str, backend: int) -> bool:
    async with connected(dsn) as connection:
        state = await connection.fetchval("select state from pg_stat_activity where pid = $1", backend)
        return bool(state == "active")


async def test_a_killed_backend_is_recovered_from(tmp_path: Path) -> None:
    async with make_server(tmp_path) as server, connected(server.dsn) as connection:
        os.kill(await connection.fetchval("select pg_backend_pid()"), KILL)

        async def answers() -> bool:
            try:
                async with connected(server.dsn) as another:
                    return bool(await another.fetchval("select true"))
            except (asyncpg.PostgresError, OSError):
                return False

        await wait_until(answers, what="an answer")


async def test_nothing_outlives_a_killed_parent(tmp_path: Path) -> None:
    async with drive("postgres", tmp_path) as driver:
        async with connected(driver.address) as connection:
            await connection.execute("create table kept as select generate_series(1, 100)")
        assert list_server_processes(tmp_path)
        await driver.kill()
        # Started while the old one may still be going: that is waited for.
        async with make_server(tmp_path) as server:
            assert server.dsn == driver.address
            assert await count_rows(server.dsn) == 100
    await wait_until(lambda: not list_server_processes(tmp_path), what="the end of the server")


async def test_a_parent_killed_at_the_first_start_leaves_nothing_half_done(tmp_path: Path) -> None:
    draft = tmp_path / "cluster.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    async with make_server(tmp_path) as server, connected(server.dsn) as connection:
        assert await connection.fetchval("select 1") == 1
    assert not draft.exists()


async def test_a_stale_pid_file_is_no_obstacle(tmp_path: Path) -> None:
    async with make_server(tmp_path):
        gone = read_postmaster(tmp_path)
    write_postmaster(tmp_path, gone)
    assert not exists(gone)
    async with make_server(tmp_path):
        assert read_postmaster(tmp_path) != gone


async def test_a_stranger_with_the_old_process_id_is_left_alone(tmp_path: Path) -> None:
    async with make_server(tmp_path):
        pass
    user = choose_server_user()
    # Under the server's own user: Postgres itself takes only such a one for a rival.
    stranger = subprocess.Popen(  # noqa: ASYNC220 - it only sleeps
        ["/bin/sleep", "600"], user=user.user_id if user else None, cwd="/"
    )
    try:
        write_postmaster(tmp_path, stranger.pid)
        async with make_server(tmp_path):
            assert read_postmaster(tmp_path) != stranger.pid
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


async def test_a_server_of_another_folder_with_the_old_process_id_is_left_alone(tmp_path: Path) -> None:
    async with make_server(tmp_path / "mine"):
        pass
    async with make_server(tmp_path / "other") as other:
        write_postmaster(tmp_path / "mine", read_postmaster(tmp_path / "other"))
        async with make_server(tmp_path / "mine"):
            assert other.status().child.restarts == 0
        async with connected(other.dsn) as connection:
            assert await connection.fetchval("select 1") == 1


async def test_a_server_left_running_is_stopped_before_the_next_starts(tmp_path: Path) -> None:
    async with make_server(tmp_path) as server, connected(server.dsn) as connection:
        await connection.execute("create table kept as select generate_series(1, 100)")
        port = server.status().port
    assert port
    user = choose_server_user()
    cluster = Cluster(tmp_path, find_binaries(user), user)
    arguments = list_settings(port=port, durable=False, overrides={})
    # Tied to nobody: what is left where a watcher was killed together with the parent.
    command = replace(cluster.command("postgres", *arguments), tie="none")
    left = asyncio.create_task(asyncio.to_thread(run_to_end, command))
    await wait_until((tmp_path / "cluster" / "postmaster.pid").exists, what="the leftover")
    leftover = read_postmaster(tmp_path)
    async with make_server(tmp_path) as server:
        assert read_postmaster(tmp_path) != leftover
        assert await count_rows(server.dsn) == 100
    await left
    assert leftover not in {process.pid for process in list_processes(program="postgres")}


async def test_a_long_recovery_is_waited_for(tmp_path: Path) -> None:
    settings = {"max_wal_size": "8GB", "checkpoint_timeout": "1h", "synchronous_commit": "on"}
    events: list[ChildEvent] = []
    async with make_server(tmp_path, settings=settings, events=events) as server:
        async with connected(server.dsn) as connection:
            await connection.execute("create table kept (filler text)")
            await connection.execute("alter table kept alter filler set storage plain")
            for _ in range(10):
                await connection.execute("insert into kept select repeat('x', 900) from generate_series(1, 20000)")
        os.kill(read_postmaster(tmp_path), KILL)
        await wait_until(lambda: any(event.kind == "restarted" for event in events), what="the recovery", seconds=90)
        assert await count_rows(server.dsn) == 200_000
    log = (tmp_path / "postgres.log").read_text()
    assert "redo starts" in log
    # Connections were refused meanwhile, and none of those counted as ready.
    assert "the database system is" in log


async def test_a_server_that_lives_and_takes_no_connection_is_replaced(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    async with make_server(tmp_path, events=events, silence=3) as server:
        async with connected(server.dsn) as connection:
            await connection.execute("create table kept as select generate_series(1, 100)")
        stopped = read_postmaster(tmp_path)
        os.kill(stopped, signal.SIGSTOP)
        await wait_until(lambda: server.status().child.restarts == 1, what="another server", seconds=60)
        assert read_postmaster(tmp_path) != stopped
        assert await count_rows(server.dsn) == 100
    assert "silent" in [event.kind for event in events]


async def test_a_server_without_a_free_connection_is_left_alone(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    few = {"max_connections": "5", "superuser_reserved_connections": "0", "max_wal_senders": "0"}

    async def hold_all(server: LocalPostgres, held: AsyncExitStack) -> None:
        while True:
            await held.enter_async_context(connected(server.dsn))

    async with make_server(tmp_path, events=events, settings=few, silence=2) as server, AsyncExitStack() as held:
        with pytest.raises(asyncpg.TooManyConnectionsError):
            await hold_all(server, held)
        until = monotonic() + 4
        await wait_until(lambda: monotonic() > until, what="twice the time in which it may be silent")
        assert server.status().child.restarts == 0
    assert [event.kind for event in events] == ["ready", "stopped"]
