"""The shared state in Postgres: what is its own beside what every shared state does, and what it does when away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import asyncpg
import pytest
from structlog.testing import capture_logs

from headwater.core.clock import MovableClock, SystemClock
from headwater.core.database.database import Database, Identity
from headwater.core.resources import Resources
from headwater.core.settings import Settings, SettingsError
from headwater.core.telemetry import REGISTRY
from headwater.kit.controls import (
    Call,
    CircuitBreaker,
    Decision,
    Lease,
    Operation,
    PostgresState,
    RateLimiter,
    SharedCache,
    SharedState,
    Valkey,
)
from headwater.kit.controls.opening import open_shared_state
from headwater.kit.controls.room import room
from headwater.kit.fetch.politeness.pacing import HostPacer
from headwater.services import open_resources
from tests.app.relay import open_relay
from tests.fixtures.waiting import wait_until
from tests.kit.conftest import read_failures

_FAIL = Operation("fail_circuit")
_COUNT = """
select (select count(*) from controls.buckets)
    + (select count(*) from controls.circuits)
    + (select count(*) from controls.turns)
    + (select count(*) from controls.entries)
    + (select count(*) from controls.leases)
"""
_AGE = """
with buckets as (update controls.buckets set full_at = 1),
    circuits as (update controls.circuits set expires_at = '2020-01-01'),
    turns as (update controls.turns set expires_at = '2020-01-01'),
    entries as (update controls.entries set expires_at = '2020-01-01')
update controls.leases
set written_at = 9999999999999
"""


@pytest.fixture
async def state(dsn: str) -> AsyncIterator[PostgresState]:
    """The shared state on the test's own database."""
    opened = PostgresState(dsn)
    yield opened
    await opened.close()


@pytest.fixture
async def owner(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees everything."""
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


async def use_each(shared: SharedState) -> None:
    """Have each control keep something."""
    await RateLimiter(shared).allow("k", rate=1, burst=10)
    await CircuitBreaker(shared).fail("k")
    await HostPacer(shared, clock=SystemClock()).take("k", interval_seconds=60, max_wait_seconds=0)
    await SharedCache(shared).set("k", b"v", ttl_seconds=60)
    await Lease(shared).acquire("k", ttl_seconds=60)


async def test_calls_travel_together_and_are_answered_in_their_order(state: PostgresState) -> None:
    breaker, pacer = CircuitBreaker(state), HostPacer(state, clock=SystemClock())
    await breaker.fail("a")
    take = pacer.take_call("h", interval_seconds=60, max_wait_seconds=0)
    assert await state.run(take, breaker.admit_call("z"), breaker.admit_call("a")) == [0, [0, 0, 0], [0, 1, 0]]
    permit, wait = await state.run(breaker.admit_call("a"), take)
    assert permit == [0, 1, 0]
    assert -60_000 <= wait < -30_000


@pytest.mark.parametrize("name", ["x" * 5_000, "a\0b", "\udcff", "žluťoučký@example.com", "a\nb"])
async def test_any_name_is_a_key(state: PostgresState, name: str) -> None:
    failures = read_failures()
    limiter = RateLimiter(state)
    decisions = [await limiter.allow(one, rate=0.01, burst=1) for one in (name, name, f"{name}.")]
    assert [decision.allowed for decision in decisions] == [True, False, True]
    await CircuitBreaker(state).fail(name)
    await SharedCache(state).set(name, b"v", ttl_seconds=60)
    assert await SharedCache(state).get(name) == b"v"
    assert read_failures() == failures


async def test_loss_and_return_are_each_logged_once(dsn: str) -> None:
    async with open_relay(dsn) as relay:
        state = PostgresState(relay.dsn, rest_seconds=0.0)
        assert await state.ping()
        with capture_logs() as lines:
            await relay.close()
            assert [await state.ping() for _ in range(3)] == [False] * 3
            assert REGISTRY.get_sample_value("headwater_controls_up") == 0
            await relay.open()
            assert [await state.ping() for _ in range(3)] == [True] * 3
        assert [line["event"] for line in lines] == ["controls_postgres_lost", "controls_postgres_back"]
        assert REGISTRY.get_sample_value("headwater_controls_up") == 1
        await state.close()


async def test_server_that_answers_nothing_is_given_up_and_left_alone(unused_tcp_port: int) -> None:
    asked = 0

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", unused_tcp_port)
    state = PostgresState(
        f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/nothing", timeout_seconds=0.2, rest_seconds=60
    )
    limiter = RateLimiter(state)
    assert not (await limiter.allow("k", rate=1, burst=1, on_failure="closed")).allowed
    before = asked
    assert [await limiter.allow("k", rate=1, burst=1) for _ in range(5)] == [Decision(True)] * 5
    assert asked == before, "while it rests, nobody asks and nobody waits"
    await state.close()
    server.close()


async def test_statement_that_waits_too_long_is_given_up(
    state: PostgresState, dsn: str, owner: asyncpg.Connection
) -> None:
    limiter = RateLimiter(state)
    assert (await limiter.allow("k", rate=1, burst=9, on_failure="closed")).allowed
    quick = PostgresState(dsn, timeout_seconds=0.2, rest_seconds=0.0)
    async with owner.transaction():
        await owner.execute("select from controls.buckets for update")
        assert not (await RateLimiter(quick).allow("k", rate=1, burst=9, on_failure="closed")).allowed
        assert (await RateLimiter(quick).allow("other", rate=1, burst=9, on_failure="closed")).allowed
    assert (await RateLimiter(quick).allow("k", rate=1, burst=9, on_failure="closed")).allowed
    await quick.close()


async def test_database_without_the_migrations_refuses_and_says_so(unmigrated_dsn: str) -> None:
    state = PostgresState(unmigrated_dsn)
    with capture_logs() as lines:
        assert not (await RateLimiter(state).allow("k", rate=1, burst=1, on_failure="closed")).allowed
        assert not await state.ping()
    assert [line["event"] for line in lines] == ["controls_postgres_refused"] * 2
    await state.close()


async def test_what_has_expired_is_swept_and_nothing_else(
    state: PostgresState, owner: asyncpg.Connection, resources: Resources
) -> None:
    (schedule,) = room.schedules
    with_state = Resources()
    with_state.provide(SharedState, state)  # type: ignore[type-abstract]  # the registry takes a protocol as a key
    await use_each(state)
    await schedule.run(with_state)
    assert await owner.fetchval(_COUNT) == 5
    await owner.execute(_AGE)
    await schedule.run(with_state)
    assert await owner.fetchval(_COUNT) == 0
    await use_each(state)
    assert await owner.fetchval(_COUNT) == 5
    # Where Valkey forgets by itself there is nothing to do, and what is away is swept later.
    await schedule.run(resources)
    away = Resources()
    away.provide(SharedState, PostgresState("postgresql://nobody@127.0.0.1:1/nothing"))  # type: ignore[type-abstract]
    await schedule.run(away)


async def test_sweep_waits_for_nobody(state: PostgresState, owner: asyncpg.Connection) -> None:
    await use_each(state)
    await owner.execute(_AGE)
    async with owner.transaction():
        await owner.execute("select from controls.buckets for update")
        assert await state.sweep() == 4
    assert await state.sweep() == 1


async def test_sweep_goes_on_until_nothing_is_left(state: PostgresState, owner: asyncpg.Connection) -> None:
    await owner.execute(
        "insert into controls.buckets (key, full_at) select n::text, 1 from generate_series(1, 25000) n"
    )
    assert await state.sweep() == 25_000


async def test_leap_of_the_clock_sweeps_nothing(state: PostgresState, owner: asyncpg.Connection) -> None:
    await owner.execute(
        "insert into controls.buckets (key, full_at)"
        " select 'k', extract(epoch from now() - interval '1 hour') * 1000000"
    )
    await owner.execute("insert into headwater.clock (seen_at, held_at) values (now(), now() - interval '2 days')")
    assert await state.sweep() == 0
    await owner.execute("update headwater.clock set held_at = null")
    assert await state.sweep() == 1


async def test_those_who_reach_a_half_open_circuit_together_send_one_probe(dsn: str, owner: asyncpg.Connection) -> None:
    state, clock = PostgresState(dsn, timeout_seconds=30), MovableClock()
    breaker = CircuitBreaker(state, failures=1, open_seconds=1, clock=clock)
    await breaker.fail("k")
    clock.advance(timedelta(seconds=2))
    async with owner.transaction():
        await owner.execute("select from controls.circuits for update")
        asking = asyncio.gather(*(breaker.admit("k") for _ in range(3)))

        async def all_wait() -> bool:
            return await _count_waiting(dsn) == 3

        await wait_until(all_wait, what="all to wait for the row")
    permits = await asking
    assert sorted((permit.allowed, permit.probe) for permit in permits) == [(False, False)] * 2 + [(True, True)]
    await state.close()


async def test_who_waits_for_a_row_holds_none_that_comes_after_it(dsn: str, owner: asyncpg.Connection) -> None:
    """Otherwise two who ask for the same rows in another order would wait for each other."""
    state, other = PostgresState(dsn, timeout_seconds=30), PostgresState(dsn, timeout_seconds=5)
    breaker = CircuitBreaker(state)
    await breaker.fail("a")
    await breaker.fail("b")
    calls = [Call.of(_FAIL, state.key("circuit", name), 0, 5, 1, 1, 1000) for name in ("b", "a")]
    async with owner.transaction():
        await owner.execute("select from controls.circuits where key = 'circuit:a' for update")
        waiting = asyncio.gather(state.run(*calls))

        async def one_waits() -> bool:
            return await _count_waiting(dsn) == 1

        await wait_until(one_waits, what="the statement to wait for the first row")
        assert await other.run(calls[0]) == [0]
    await waiting
    await asyncio.gather(state.close(), other.close())


async def test_swept_row_that_somebody_waits_for_is_made_again(dsn: str, owner: asyncpg.Connection) -> None:
    state = PostgresState(dsn, timeout_seconds=30)
    await use_each(state)
    async with owner.transaction():
        await owner.execute("delete from controls.buckets")
        await owner.execute("delete from controls.turns")
        waiting = asyncio.gather(
            RateLimiter(state).allow("k", rate=1, burst=10, on_failure="closed"),
            HostPacer(state, clock=SystemClock()).take("k", interval_seconds=60, max_wait_seconds=0),
        )

        async def both_wait() -> bool:
            return await _count_waiting(dsn) == 2

        await wait_until(both_wait, what="both to wait for the rows")
    decision, turn = await waiting
    assert decision == Decision(True)
    assert turn.is_taken
    await state.close()


async def _count_waiting(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        found: int = await connection.fetchval(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )
    finally:
        await connection.close()
    return found


async def test_requests_that_hold_every_connection_are_limited_all_the_same(settings: Settings) -> None:
    without = Settings.model_validate({**settings.model_dump(), "redis_url": None, "database_pool_size": 1})
    async with open_resources(without) as resources, AsyncExitStack() as held:
        database = resources.get(Database)
        await held.enter_async_context(database.transaction(Identity.anonymous()))
        await held.enter_async_context(database.raw(Identity.anonymous()))
        assert (await resources.get(RateLimiter).allow("k", rate=1, burst=1, on_failure="closed")).allowed


def test_valkey_is_taken_where_there_is_one_and_postgres_otherwise(settings: Settings) -> None:
    without = Settings.model_validate({**settings.model_dump(), "redis_url": None})
    assert isinstance(open_shared_state(settings, is_embedded=False), Valkey)
    with capture_logs() as lines:
        assert isinstance(open_shared_state(without, is_embedded=False), PostgresState)
    assert [line["event"] for line in lines] == ["shared_state_in_postgres"]


def test_embedded_postgres_has_an_embedded_valkey_beside_it(settings: Settings) -> None:
    """A process that began in between would otherwise count apart from all others."""
    without = Settings.model_validate({**settings.model_dump(), "redis_url": None})
    with pytest.raises(SettingsError, match=r"REDIS_URL: .* `headwater up`"):
        open_shared_state(without, is_embedded=True)
    nothing = Settings.model_validate({**without.model_dump(), "database_url": None})
    with pytest.raises(SettingsError, match="REDIS_URL"):
        open_shared_state(nothing, is_embedded=False)
