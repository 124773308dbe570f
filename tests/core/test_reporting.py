"""Faults reach Sentry and traces reach an OpenTelemetry collector: real libraries against real servers on loopback."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from headwater.core.reporting import start_reporting
from headwater.core.settings import Settings, SettingsError, inherited_environment

_FAULT = """
from headwater.core.settings import load_settings
from headwater.core.reporting import report_fault, start_reporting, stop_reporting

settings = load_settings(_env_file=None)
start_reporting(settings, service="test")
try:
    raise RuntimeError("lost postgresql://postgres:hunter2@db/x")
except RuntimeError as error:
    report_fault(error)
stop_reporting(settings)
"""
_TRACE = """
import asyncio
import httpx2
from headwater.app import create_app
from headwater.core.reporting import start_reporting, stop_reporting
from headwater.core.resources import Resources
from headwater.core.settings import Settings, load_settings

settings = load_settings(_env_file=None)
start_reporting(settings, service="test")
resources = Resources()
resources.provide(Settings, settings)
app = create_app(resources, routers=[])

async def ask():
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/api/openapi.json")).status_code == 200

asyncio.run(ask())
stop_reporting(settings)
"""


@dataclass
class Collector:
    """What was posted, by path."""

    port: int = 0
    posts: list[tuple[str, bytes]] = field(default_factory=list)


@asynccontextmanager
async def open_collector() -> AsyncIterator[Collector]:
    """Take every post."""
    collector = Collector()

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        packed = request.headers.get("Content-Encoding") == "gzip" and body.startswith(b"\x1f\x8b")
        collector.posts.append((request.path, gzip.decompress(body) if packed else body))
        return web.json_response({})

    application = web.Application()
    application.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    collector.port = runner.addresses[0][1]
    try:
        yield collector
    finally:
        await runner.cleanup()


async def run_script(script: str, **environment: str) -> None:
    """Run a script in a process of its own: both libraries keep their state for the whole process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, env={**inherited_environment(), **environment}, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()


async def test_a_fault_is_reported_to_sentry_without_its_secrets() -> None:
    async with open_collector() as collector:
        await run_script(_FAULT, SENTRY_DSN=f"http://key@127.0.0.1:{collector.port}/1")
    ((path, body),) = collector.posts
    assert path == "/api/1/envelope/"
    events: list[Any] = [json.loads(line) for line in body.splitlines() if b'"exception"' in line]
    assert events[0]["exception"]["values"][0]["type"] == "RuntimeError"
    assert b"hunter2" not in body


async def test_a_request_is_traced_to_the_collector() -> None:
    async with open_collector() as collector:
        await run_script(_TRACE, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.port}")
    paths = {path for path, _ in collector.posts}
    assert paths == {"/v1/traces"}
    assert any(b"headwater-test" in body and b"/api/openapi.json" in body for _, body in collector.posts)


def test_a_setting_without_its_library_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headwater.core.extras.find_spec", lambda _: None)
    settings = Settings(_env_file=None, sentry_dsn=SecretStr("http://key@127.0.0.1:9/1"))
    with pytest.raises(SettingsError, match="SENTRY_DSN: needs the extra"):
        start_reporting(settings, service="test")
