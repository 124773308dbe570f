"""The embedded Valkey from start to stop, and what `kill -9` leaves."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError

from headwater.core.errors import Conflict, Unavailable
from headwater.local.valkey import LocalValkey, find_running_valkey
from headwater.local.valkey.program import find_binary
from headwater.local.valkey.substitute import Substitute
from headwater.process import ChildEvent
from headwater.process.running import KILL, list_working_in
from headwater.process.spawn import run_to_end
from tests.fixtures.disks import make_read_only, mounted
from tests.fixtures.drivers import drive
from tests.fixtures.waiting import wait_until

pytestmark = pytest.mark.skipif(find_binary() is None, reason="there is no Valkey for this machine")

# Above the ports that the system hands out, so that servers started with it meet there.
MEETING_PORT = 62_379


def make_server(
    folder: Path, *, port: int = 0, events: list[ChildEvent] | None = None, silence: float = 120.0
) -> LocalValkey:
    seen = events if events is not None else []
    return LocalValkey(folder, port=port, silence=silence, on_event=seen.append)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(url, decode_responses=True, socket_timeout=10) as client:
        yield client


def list_server_processes(folder: Path) -> set[int]:
    return list_working_in(folder.resolve() / "data", program="valkey-server")


async def test_keys_are_there_after_a_restart(tmp_path: Path) -> None:
    async with make_server(tmp_path) as server, opened(server.url) as client:
        first = server.url
        await client.set("kept", "yes")
    assert not list_server_processes(tmp_path)
    async with make_server(tmp_path) as server, opened(server.url) as client:
        assert server.url == first
        assert await client.get("kept") == "yes"


async def test_a_killed_server_comes_back_with_every_key(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    async with make_server(tmp_path, events=events) as server:
        async with opened(server.url) as client:
            for number in range(500):
                await client.set(f"key {number}", number)
        (pid,) = list_server_processes(tmp_path)
        os.kill(pid, KILL)
        await wait_until(lambda: any(event.kind == "restarted" for event in events), what="the restart")
        async with opened(server.url) as client:
            assert await client.dbsize() == 500
    assert [event.kind for event in events] == ["ready", "died", "restarted", "stopped"]


async def test_nothing_outlives_a_killed_parent(tmp_path: Path) -> None:
    async with drive("valkey", tmp_path) as driver:
        async with opened(driver.address) as client:
            await client.set("kept", "yes")
        assert list_server_processes(tmp_path)
        await driver.kill()
        async with make_server(tmp_path) as server, opened(server.url) as client:
            assert server.url == driver.address
            assert await client.get("kept") == "yes"
    await wait_until(lambda: not list_server_processes(tmp_path), what="the end of the server")


async def test_a_server_left_running_is_stopped_before_the_next_starts(tmp_path: Path) -> None:
    async with make_server(tmp_path) as server, opened(server.url) as client:
        await client.set("kept", "yes")
        command = replace(await server.prepare(), tie="none")
    left = asyncio.create_task(asyncio.to_thread(run_to_end, command))
    await wait_until(lambda: list_server_processes(tmp_path), what="the leftover")
    async with make_server(tmp_path) as server, opened(server.url) as client:
        assert await client.get("kept") == "yes"
        assert len(list_server_processes(tmp_path)) == 1
    await left


async def test_only_the_password_opens_it(tmp_path: Path) -> None:
    async with make_server(tmp_path) as server:
        port = server.status().port
        for url in (f"redis://127.0.0.1:{port}", f"redis://:wrong@127.0.0.1:{port}"):
            async with opened(url) as client:
                with pytest.raises((AuthenticationError, RedisError)):
                    await client.ping()
    assert (tmp_path / "password").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(sys.platform != "linux", reason="reads command lines and owners from /proc")
async def test_the_server_is_not_root_and_its_password_is_in_no_command_line(tmp_path: Path) -> None:
    async with make_server(tmp_path):
        (pid,) = list_server_processes(tmp_path)
        assert os.stat(f"/proc/{pid}").st_uid != 0
        with open(f"/proc/{pid}/cmdline", "rb") as command:  # noqa: ASYNC230 - a moment
            assert (tmp_path / "password").read_bytes() not in command.read()


async def test_folders_start_at_the_same_moment(tmp_path: Path) -> None:
    servers = [make_server(tmp_path / name, port=MEETING_PORT) for name in ("one", "two", "three")]
    try:
        assert len({url.rpartition(":")[2] for url in await asyncio.gather(*(each.start() for each in servers))}) == 3
    finally:
        await asyncio.gather(*(each.stop() for each in servers))


async def test_one_folder_is_served_once(tmp_path: Path) -> None:
    async with make_server(tmp_path) as server:
        with pytest.raises(Conflict, match="already run by process"):
            await make_server(tmp_path).start()
        assert find_running_valkey(tmp_path) == server.url
    assert find_running_valkey(tmp_path) is None


async def test_a_taken_port_gives_way_to_the_next(tmp_path: Path) -> None:
    async with make_server(tmp_path) as server:
        kept = server.status().port
    assert kept
    events: list[ChildEvent] = []
    with socket.create_server(("127.0.0.1", kept)):
        async with make_server(tmp_path, events=events) as server, opened(server.url) as client:
            moved = server.status().port
            assert moved
            assert moved > kept
            assert await client.ping()
    assert events[0].text == f"port {kept} is taken: Valkey listens on {moved} instead"


async def test_a_read_only_folder_says_so(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        with mounted(tmp_path / "disk", size="10m") as disk:
            make_read_only(disk)
            with pytest.raises(Unavailable, match=r"can't write to .*Read-only") as failure:
                await make_server(disk / "data").start()
    else:
        os.chmod(tmp_path, 0o500)
        with pytest.raises(Unavailable, match=r"can't write to .*Permission denied") as failure:
            await make_server(tmp_path / "data").start()
        os.chmod(tmp_path, 0o700)
    assert "HEADWATER_DATA" in (failure.value.hint or "")


async def test_a_wrong_setting_stops_the_start_with_the_reason(tmp_path: Path) -> None:
    server = LocalValkey(tmp_path, port=0, settings={"no-such-setting": "1"})
    with pytest.raises(Unavailable, match="ended before it was ready") as failure:
        await server.start()
    assert "no-such-setting" in (failure.value.hint or "")


async def test_the_substitute_speaks_the_same_protocol() -> None:
    substitute = Substitute()
    port = substitute.start(0)
    try:
        async with opened(f"redis://127.0.0.1:{port}/0") as client:
            assert await client.set("key", "value")
            assert await client.get("key") == "value"
            assert await client.incr("number") == 1
    finally:
        substitute.stop()


async def test_a_server_that_lives_and_answers_nothing_is_replaced(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    async with make_server(tmp_path, events=events, silence=2) as server:
        async with opened(server.url) as client:
            await client.set("kept", "yes")
        (stopped,) = list_server_processes(tmp_path)
        os.kill(stopped, signal.SIGSTOP)
        await wait_until(lambda: server.status().child.restarts == 1, what="another server", seconds=60)
        async with opened(server.url) as client:
            assert await client.get("kept") in {b"yes", "yes"}
        assert list_server_processes(tmp_path) != {stopped}
    assert "silent" in [event.kind for event in events]
