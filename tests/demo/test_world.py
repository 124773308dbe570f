"""The whole world, in this process and in another, driven over HTTP."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys

import aiohttp
import pytest
from pydantic import ValidationError

from headwater.core.errors import NotFound, UpstreamFailed
from headwater.demo import RemoteWorld
from tests.fixtures.simulated import SimulatedWorld


async def test_the_same_commands_in_process_and_over_http(world: SimulatedWorld, client: aiohttp.ClientSession) -> None:
    remote = RemoteWorld(world.web.url, session=client)
    for control, after in ((world, "$24"), (remote, "$29")):
        changed = await control.call("web", "change", path="/acme/pricing", change="price")
        assert changed["after"] == after
        assert changed["matters"] is True
    assert await remote.find_urls() == await world.find_urls()
    assert (await remote.call("bench", "change_pages"))["pages"] == 10
    assert [change.after for change in world.web.list_changes()] == ["$24", "$29"]


async def test_every_system_is_reached(world: SimulatedWorld, client: aiohttp.ClientSession) -> None:
    remote = RemoteWorld(world.web.url, session=client)
    assert await remote.call("mail", "list_messages") == []
    assert await remote.call("receiver", "list_deliveries") == []
    assert await remote.call("models", "list_requests") == []
    for system in ("mail", "receiver", "models"):
        assert (await remote.call(system, "set_mode", mode="down"))["name"] == "down"
        async with client.get(f"{world.systems[system].control_url}/_control") as response:
            assert "set_mode" in await response.json()


async def test_mistakes_are_told(world: SimulatedWorld, client: aiohttp.ClientSession) -> None:
    remote = RemoteWorld(world.web.url, session=client)
    for control, errors in ((world, (NotFound, ValidationError)), (remote, (NotFound, UpstreamFailed))):
        for system, action, arguments in (
            ("web", "explode", {}),
            ("moon", "change", {}),
            ("web", "change", {"path": "/acme/pricing"}),
            ("web", "change", {"path": "/acme/nowhere", "change": "price"}),
            ("web", "change", {"path": "/acme/pricing", "change": "mood"}),
        ):
            with pytest.raises(errors):
                await control.call(system, action, **arguments)


async def test_waiting_in_vain_is_told(world: SimulatedWorld, client: aiohttp.ClientSession) -> None:
    with pytest.raises(UpstreamFailed, match="did not happen in time"):
        await RemoteWorld(world.web.url, session=client).call("mail", "wait_for", count=1, timeout=0.01)


async def test_as_a_process_of_its_own(client: aiohttp.ClientSession) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "headwater.demo", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            urls = json.loads(await process.stdout.readline())
        remote = RemoteWorld(urls["web"], session=client)
        before = await remote.call("web", "count_requests")
        async with client.get(f"{urls['site:acme']}/pricing") as response:
            assert "$20" in await response.text()
        assert before == {}
        assert await remote.call("web", "count_requests") == {"/acme/pricing": 1}
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            code = await process.wait()
    assert code == 0


async def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "headwater.demo", "--port", port, stderr=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(30):
            _, errors = await process.communicate()
    assert process.returncode == 1
    assert b"the simulated world cannot start" in errors
    assert b"Traceback" not in errors
