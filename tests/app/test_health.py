"""Whether it lives and whether it can work: told apart, and true again when Postgres or Valkey comes back."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from datetime import timedelta

import asyncpg
import pytest
from pydantic import SecretStr

import headwater
from headwater.core.database.database import Database, Identity
from headwater.core.database.readable import count_left_out, read_each
from headwater.core.settings import Settings
from tests.app.relay import open_relay
from tests.fixtures.gateway import Gateway, open_gateway
from tests.fixtures.waiting import wait_until
from tests.fixtures.workspaces import Cast

_RAN = """
insert into headwater.schedules (name, ticked_at, started_at)
values ('watch.promote_due_sources', now() - $1::interval, now() - $1::interval)
"""


async def test_lives(gateway: Gateway) -> None:
    async with gateway.client() as client:
        for path in ("/health", "/api/v1/health/"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": headwater.__version__})


async def test_is_ready_with_the_latency_of_each_part(gateway: Gateway, owner: asyncpg.Connection) -> None:
    await owner.execute(_RAN, timedelta(seconds=1))
    async with gateway.client() as client:
        answer = await client.get("/health/ready")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "ok")
    assert set(body["dependencies"]) == {"postgres", "valkey", "monitoring"}
    monitoring = body["dependencies"].pop("monitoring")
    assert (monitoring["ok"], monitoring["late"], monitoring["seconds"] >= 1) == (True, [], True)
    assert all(part["ok"] and part["milliseconds"] >= 0 for part in body["dependencies"].values())


@pytest.mark.parametrize("ago", [timedelta(hours=1), timedelta(days=-2)], ids=["long ago", "in the future"])
async def test_says_that_nothing_is_promoted(gateway: Gateway, owner: asyncpg.Connection, ago: timedelta) -> None:
    await owner.execute(_RAN, ago)
    async with gateway.client() as client:
        answer = await client.get("/health/ready")
        metrics = (await client.get("/metrics")).text
    # It serves all the same, so no balancer should take it out.
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    monitoring = answer.json()["dependencies"]["monitoring"]
    assert (monitoring["ok"], monitoring["late"]) == (False, ["watch.promote_due_sources"])
    assert abs(monitoring["seconds"] - ago.total_seconds()) < 60
    (line,) = re.findall(r'^headwater_schedule_age_seconds\{name="watch.promote_due_sources"\} (\S+)$', metrics, re.M)
    assert abs(float(line) - ago.total_seconds()) < 60


async def test_says_that_no_worker_has_ever_looked(gateway: Gateway) -> None:
    async with gateway.client() as client:
        answer = await client.get("/health/ready")
    assert answer.json()["dependencies"]["monitoring"]["problem"] == "NeverRan"


async def test_is_ready_while_others_use_up_the_connections(settings: Settings, cast: Cast, dsn: str) -> None:
    async with open_relay(dsn) as relay:
        behind = Settings.model_validate({**settings.model_dump(), "database_url": SecretStr(relay.dsn)})
        async with open_gateway(behind, cast=cast) as gateway, gateway.client("admin") as client:
            assert (await client.get("/health/ready")).status_code == 200
            relay.refuse()
            # A request has the bare connection meanwhile, and there is no other one to be had.
            async with gateway.resources.get(Database).raw(Identity.anonymous()):
                for _ in range(3):
                    assert (await client.get("/api/v1/auth/me")).status_code == 200
                    assert (await client.get("/health/ready")).status_code == 200


async def test_is_not_ready_when_requests_get_no_connection(gateway: Gateway) -> None:
    database = gateway.resources.get(Database)
    async with gateway.client() as client, AsyncExitStack() as held:
        for _ in range(gateway.resources.get(Settings).database_pool_size):
            await held.enter_async_context(database.transaction(Identity.anonymous()))
        assert (await client.get("/health/ready")).status_code == 503
    async with gateway.client() as client:
        assert (await client.get("/health/ready")).status_code == 200


async def test_postgres_that_goes_and_comes_back(settings: Settings, cast: Cast, dsn: str) -> None:
    async with open_relay(dsn) as relay:
        behind = Settings.model_validate({**settings.model_dump(), "database_url": SecretStr(relay.dsn)})
        async with open_gateway(behind, cast=cast) as gateway, gateway.client("admin") as client:
            assert (await client.get("/health/ready")).status_code == 200
            assert (await client.get("/api/v1/auth/me")).status_code == 200
            await relay.close()

            answer = await client.get("/health/ready")
            assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
            assert answer.json()["dependencies"]["postgres"]["ok"] is False
            assert answer.json()["dependencies"]["valkey"]["ok"] is True
            assert "postgresql://" not in answer.text
            refused = await client.get("/api/v1/auth/me")
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
            assert (await client.get("/health")).status_code == 200

            async def is_back() -> bool:
                return (await client.get("/health/ready")).status_code == 200

            await relay.open()
            await wait_until(is_back, what="readiness to return")
            assert (await client.get("/api/v1/auth/me")).status_code == 200


async def test_without_valkey_it_works_on(settings: Settings, cast: Cast) -> None:
    nowhere = SecretStr("redis://127.0.0.1:1/0")
    without = Settings.model_validate({**settings.model_dump(), "redis_url": nowhere})
    async with open_gateway(without, cast=cast) as gateway, gateway.client("admin") as client:
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        assert answer.json()["dependencies"]["valkey"]["ok"] is False
        assert (await client.get("/api/v1/auth/me")).status_code == 200


async def test_without_a_valkey_configured_postgres_keeps_what_it_would(
    settings: Settings, cast: Cast, dsn: str
) -> None:
    async with open_relay(dsn) as relay:
        changes = {"redis_url": None, "database_url": SecretStr(relay.dsn)}
        without = Settings.model_validate({**settings.model_dump(), **changes})
        async with open_gateway(without, cast=cast) as gateway, gateway.client("admin") as client:
            told = (await client.get("/health/ready")).json()["dependencies"]
            assert set(told) == {"postgres", "controls", "monitoring"}
            assert (told["controls"]["ok"], told["controls"]["milliseconds"] >= 0) == (True, True)
            assert told["controls"]["detail"] == "limits, dedupe and pacing are kept in Postgres"
            assert (await client.get("/api/v1/auth/me")).status_code == 200
            await relay.close()
            told = (await client.get("/health/ready")).json()["dependencies"]
            assert (told["controls"]["ok"], told["controls"]["problem"]) == (False, "NoAnswer")


async def test_readiness_tells_of_rows_that_were_left_out(gateway: Gateway) -> None:
    before = count_left_out().get("of this test", 0)
    read_each(["1", "x"], int, kind="of this test", key="id")
    async with gateway.client() as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["left_out"]["of this test"]) == (200, before + 1)
