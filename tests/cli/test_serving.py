"""One service as a process of its own."""

from __future__ import annotations

import asyncio
import signal

from httpx2 import AsyncClient, HTTPError

from headwater.core.auth import issue_service_token
from headwater.core.clock import SystemClock
from headwater.demo import DemoWeb
from headwater.process.ports import find_free_port
from headwater.products.watch.discovery import AUDIENCE
from tests.cli.installation import Installation
from tests.fixtures.waiting import wait_until

SECRET = "a secret that two services share, and nobody else"


async def test_discovery_runs_as_its_own_service(
    installation: Installation, web: DemoWeb, dsn: str, valkey_url: str
) -> None:
    port = find_free_port(0)
    installation.settings |= {
        "DATABASE_URL": dsn,
        "REDIS_URL": valkey_url,
        "SERVICE_SECRET": SECRET,
        "PORT": str(port),
    }
    process = await installation.spawn("serve", "discovery")
    try:
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            await wait_until(lambda: answers(client, process), what="the service", seconds=60)
            question = {"raw_query": f"prices at {web.host_url('acme')}"}
            right, wrong = (
                issue_service_token(one, audience=AUDIENCE, clock=SystemClock()) for one in (SECRET, SECRET[::-1])
            )
            for token, code in ((right, 200), (wrong, 401), ("nonsense", 401)):
                bearer = {"Authorization": f"Bearer {token}"}
                answer = await client.post("/discover-sources/", json=question, headers=bearer)
                assert answer.status_code == code, answer.text
            found = await client.post("/discover-sources/", json=question, headers={"Authorization": f"Bearer {right}"})
            assert found.json()["monitorable_urls"][0]["url"] == web.host_url("acme", "/pricing")
            assert (await client.get("/api/v1/monitored-sources")).status_code == 404
        process.send_signal(signal.SIGTERM)
        # It ends in good order, by the signal that it was sent.
        assert await asyncio.wait_for(process.wait(), 30) in {0, -signal.SIGTERM}
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def answers(client: AsyncClient, process: asyncio.subprocess.Process) -> bool:
    """Say whether the service lives; fails the test where it ended."""
    assert process.returncode is None
    try:
        return (await client.get("/health")).status_code == 200
    except HTTPError:
        return False
