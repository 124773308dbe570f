"""The connection to Valkey, and what it does when Valkey doesn't answer."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from headwater.core.telemetry import REGISTRY
from headwater.kit.controls import (
    Call,
    CircuitBreaker,
    Decision,
    Operation,
    RateLimiter,
    SharedCache,
    StateAway,
    Valkey,
)
from headwater.local.valkey import LocalValkey
from headwater.local.valkey.substitute import Substitute
from tests.kit.controls.relay import Relay, relay_valkey


def command(name: str, key: str = "", *arguments: str) -> Call:
    """Return a call of one of Valkey's own commands."""
    return Call(Operation(name.lower(), command=name), key, arguments)


async def test_calls_travel_together(valkey_url: str) -> None:
    valkey = Valkey(valkey_url)
    answers = await valkey.run(command("SET", "a", "1"), command("GET", "a"), command("GET", "b"))
    assert answers[1:] == [b"1", None]
    assert await valkey.ping()
    assert valkey.key("a", "b") == "headwater:a:b"
    await valkey.close()


async def test_scripts_are_loaded_again_after_a_flush(valkey_url: str) -> None:
    valkey = Valkey(valkey_url)
    limiter = RateLimiter(valkey)
    assert (await limiter.allow("k", rate=0.01, burst=2)).allowed
    await valkey.client.script_flush()
    assert (await limiter.allow("k", rate=0.01, burst=2)).allowed
    assert not (await limiter.allow("k", rate=0.01, burst=2)).allowed
    await valkey.close()


async def test_more_callers_than_connections_wait(valkey_url: str) -> None:
    valkey = Valkey(valkey_url, pool_size=2)
    answers = await asyncio.gather(*(valkey.run(command("ECHO", str(number))) for number in range(50)))
    assert [int(answer) for (answer,) in answers] == list(range(50))
    await valkey.close()


async def test_socket_file_is_an_address_too(tmp_path: Path) -> None:
    path = tmp_path / "v.sock"
    settings = {"unixsocket": str(path), "unixsocketperm": "777"}
    tmp_path.chmod(0o777)
    for folder in list(tmp_path.parents)[:3]:
        if folder.stat().st_uid == tmp_path.stat().st_uid and folder != Path("/tmp"):  # noqa: S108  # never widened
            folder.chmod(folder.stat().st_mode | 0o055)
    async with LocalValkey(tmp_path / "data", port=0, durable=False, settings=settings) as server:
        password = server.url.split("@")[0].rpartition(":")[2]
        valkey = Valkey(f"unix://:{password}@{path}")
        assert await valkey.ping()
        await valkey.close()


def read_failures() -> float:
    """Return the metric of failed commands."""
    return REGISTRY.get_sample_value("headwater_valkey_failures_total") or 0.0


async def test_loss_and_return_are_each_logged_once(valkey_url: str) -> None:
    async with relay_valkey(valkey_url) as relay:
        valkey = Valkey(relay.url, timeout_seconds=0.5, rest_seconds=0.0)
        assert await valkey.ping()
        failures = read_failures()
        with capture_logs() as lines:
            await relay.cut()
            assert [await valkey.ping() for _ in range(5)] == [False] * 5
            relay.mend()
            assert [await valkey.ping() for _ in range(5)] == [True] * 5
        assert [line["event"] for line in lines] == ["valkey_lost", "valkey_back"]
        assert read_failures() == failures + 5
        await valkey.close()


async def test_silent_valkey_is_given_up(valkey_url: str) -> None:
    async with relay_valkey(valkey_url) as relay:
        valkey = Valkey(relay.url, timeout_seconds=0.2, rest_seconds=60)
        assert await valkey.ping()
        await relay.stall()
        with pytest.raises(StateAway):
            await valkey.run(command("PING"))
        relay.mend()
        failures = read_failures()
        with pytest.raises(StateAway):
            await valkey.run(command("PING"))
        assert read_failures() == failures, "while it rests, nobody asks and nobody waits"
        await valkey.close()


async def test_kept_connection_that_was_closed_costs_nobody_anything(valkey_url: str) -> None:
    async with relay_valkey(valkey_url) as relay:
        valkey = Valkey(relay.url, timeout_seconds=5)
        limiter = RateLimiter(valkey)
        await limiter.allow("k", rate=0.01, burst=2, on_failure="closed")
        await drop(relay)
        assert await limiter.allow("k", rate=0.01, burst=2, on_failure="closed") == Decision(True)
        await valkey.close()


async def drop(relay: Relay) -> None:
    """Break the connections that are open now, and take new ones."""
    await relay.cut()
    relay.mend()


async def test_server_without_scripts_limits_each_process_by_itself() -> None:
    substitute = Substitute()
    valkey = Valkey(f"redis://127.0.0.1:{substitute.start(0)}/0")
    limiter = RateLimiter(valkey)
    decisions = [await limiter.allow("k", rate=0.01, burst=2, on_failure="closed") for _ in range(3)]
    assert [decision.allowed for decision in decisions] == [True, True, False]
    breaker = CircuitBreaker(valkey, failures=1)
    await breaker.fail("n")
    assert not (await breaker.admit("n")).allowed
    cache = SharedCache(valkey)
    await cache.set("k", b"still shared", ttl_seconds=60)
    assert await cache.get("k") == b"still shared"
    await valkey.close()
    substitute.stop()


async def test_refused_command_says_nothing_about_the_next(valkey_url: str) -> None:
    valkey = Valkey(valkey_url)
    await valkey.run(command("SET", "text", "x"))
    with capture_logs() as lines, pytest.raises(StateAway):
        await valkey.run(command("HGET", "text", "field"))
    assert [line["event"] for line in lines] == ["valkey_refused"]
    assert await valkey.ping()
    await valkey.close()


async def test_real_valkey_stopped_and_started_again(tmp_path: Path) -> None:
    server = LocalValkey(tmp_path / "data", port=0, durable=False)
    valkey = Valkey(await server.start(), rest_seconds=0.0)
    limiter = RateLimiter(valkey)
    assert (await limiter.allow("k", rate=1, burst=1, on_failure="closed")).allowed
    await server.stop()
    assert not (await limiter.allow("k", rate=1, burst=1, on_failure="closed")).allowed
    assert (await limiter.allow("k", rate=1, burst=1, on_failure="open")).allowed
    await server.start()
    assert (await limiter.allow("k", rate=1, burst=1, on_failure="closed")).allowed
    await valkey.close()
    await server.stop()


def test_client_is_read_in_without_telemetry() -> None:
    listing = "import sys, headwater.kit.controls; print([name for name in sys.modules if 'opentelemetry' in name])"
    shown = subprocess.run([sys.executable, "-c", listing], capture_output=True, check=True, text=True)
    assert shown.stdout.strip() == "[]"
