"""`headwater demo`: it is over quickly, waits for somebody to watch, and finds its world again at the next start."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.cli.installation import Installation
from tests.fixtures.waiting import wait_until

_START_SECONDS = 100.0


@dataclass
class RunningDemo:
    """A demo that runs, and what it printed so far."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def said(self) -> str:
        """What it printed so far."""
        return self.log.read_text()

    def find(self, pattern: str) -> str:
        """Find something in what it printed; empty while it isn't there. Fails the test where the demo has ended."""
        assert self.process.returncode is None, self.said
        found = re.search(pattern, self.said)
        return found[1] if found else ""

    async def await_line(self, pattern: str) -> str:
        """Wait until it has printed something, and return that."""
        return str(await wait_until(lambda: self.find(pattern), what=pattern, seconds=_START_SECONDS))


@asynccontextmanager
async def demo(installation: Installation) -> AsyncIterator[RunningDemo]:
    """Run `headwater demo` while the block runs, then kill it as `kill -9` does."""
    installation.folder.parent.mkdir(parents=True, exist_ok=True)
    log = installation.folder.parent / "demo.log"
    with log.open("wb") as output:
        process = await installation.spawn("demo", output=output)
    try:
        yield RunningDemo(process, log)
    finally:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        await installation.wait_until_gone()


@dataclass
class Visitor:
    """Somebody who signs in as the demo's user."""

    client: AsyncClient

    async def get(self, path: str) -> Any:
        """Read something by the API."""
        return (await self.client.get(path)).raise_for_status().json()

    async def list_sources(self) -> list[tuple[str, str]]:
        """Return the sources' ids and addresses."""
        return sorted((one["id"], one["url"]) for one in await self.get("/api/v1/monitored-sources"))


@asynccontextmanager
async def visit(running: RunningDemo, installation: Installation) -> AsyncIterator[Visitor]:
    """Sign in with what the demo prints."""
    url = (await running.await_line(r"API docs +(\S+)/api/docs")).rstrip("/")
    email, password = (await running.await_line(r"Sign in +(\S+ +\S+)")).split()
    keys = json.loads((installation.folder.with_name("data-demo") / "keys.json").read_text())
    key = next(value for name, value in keys.items() if "publishable" in name)
    async with AsyncClient(base_url=url, timeout=30, headers={"apikey": key}) as client:
        body = {"email": email, "password": password}
        answer = (await client.post("/auth/v1/token?grant_type=password", json=body)).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {answer['access_token']}"
        yield Visitor(client)


@pytest.mark.timeout(400)
async def test_a_second_start_finds_account_ports_and_sources_and_the_real_folder_is_untouched(
    installation: Installation,
) -> None:
    async with demo(installation) as first:
        await first.await_line("It begins when you (sign) in")
        assert "→" not in first.said
        async with visit(first, installation) as visitor:
            # The visitor has signed in, so it begins, before half a minute is over or not.
            await first.await_line("(→) ")
            sources = await visitor.list_sources()
            me = (await visitor.get("/api/v1/auth/me"))["user_id"]
            assert len(sources) == 5
    password = re.search(r"demo@\S+ +(\S+)", first.said)
    assert not installation.folder.exists()

    told = await installation.run("demo", "--once")
    assert "10 of 10 judged correctly" in told.out, told.out
    assert "made up" not in told.out
    assert password is not None
    assert password[1] in told.out
    async with demo(installation) as third, visit(third, installation) as visitor:
        assert await visitor.list_sources() == sources
        assert (await visitor.get("/api/v1/auth/me"))["user_id"] == me


@pytest.mark.timeout(240)
async def test_real_servers_are_refused_in_one_line(installation: Installation) -> None:
    installation.settings["DATABASE_URL"] = "postgresql://someone@db.example.com/real"
    refused = await installation.run("demo", "--once", expect=2)
    assert refused.err.startswith("headwater: DATABASE_URL: must be unset for the demo")
    assert refused.err.count("\n") == 1
    assert not installation.folder.with_name("data-demo").exists()
