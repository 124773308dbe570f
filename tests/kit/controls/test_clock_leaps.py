"""What is shared gets over a clock that was ahead or behind: each control is soon what it was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest

from headwater.core.clock import MovableClock
from headwater.kit.controls import (
    Budget,
    CircuitBreaker,
    Lease,
    RateLimiter,
    RequestBudgets,
    SharedCache,
    SharedState,
    Valkey,
)
from headwater.kit.fetch.politeness.pacing import HostPacer
from tests.kit.conftest import OpenState

LEAPS = [timedelta(hours=2), timedelta(days=2), timedelta(hours=-3), timedelta(days=-2)]
Use = Callable[[SharedState, MovableClock], Awaitable[float]]


async def use_limiter(shared: SharedState, clock: MovableClock) -> float:
    """Empty a bucket that gains one in a minute; give how long it lets one wait."""
    limiter = RateLimiter(shared, clock=clock)
    decisions = [await limiter.allow("k", rate=1 / 60, burst=3) for _ in range(4)]
    return decisions[-1].retry_after


async def use_budgets(shared: SharedState, clock: MovableClock) -> float:
    """Spend a minute's one request; give how long the next one waits."""
    budgets = RequestBudgets(shared, clock=clock)
    return [await budgets.spend([Budget("k", 1)]) for _ in range(2)][-1].retry_after


async def use_breaker(shared: SharedState, clock: MovableClock) -> float:
    """Break a circuit that rests for thirty seconds; give how long it lets one wait."""
    breaker = CircuitBreaker(shared, clock=clock, failures=3)
    for _ in range(3):
        await breaker.fail("k")
    return (await breaker.admit("k")).retry_after


async def use_breaker_as_probe(shared: SharedState, clock: MovableClock) -> float:
    """Be the one probe of a circuit, which holds it for a minute; give how long the others wait."""
    breaker = CircuitBreaker(shared, clock=clock, failures=3, open_seconds=0.001)
    for _ in range(3):
        await breaker.fail("k")
    clock.advance(timedelta(seconds=1))
    await breaker.admit("k")
    return (await breaker.admit("k")).retry_after


async def use_pacer(shared: SharedState, clock: MovableClock) -> float:
    """Take the turn at a host twice; give when to come back."""
    pacer = HostPacer(shared, clock=clock)
    turns = [await pacer.take("k", interval_seconds=60, max_wait_seconds=0) for _ in range(2)]
    return turns[-1].wait_seconds


async def use_hold(shared: SharedState, clock: MovableClock) -> float:
    """Hold a host for a minute as it asked; give when to come back."""
    pacer = HostPacer(shared, clock=clock)
    await pacer.hold("k", 60)
    return (await pacer.take("k", interval_seconds=1, max_wait_seconds=0)).wait_seconds


@pytest.mark.parametrize("leap", LEAPS, ids=str)
@pytest.mark.parametrize("use", [use_limiter, use_budgets, use_breaker, use_breaker_as_probe, use_pacer, use_hold])
async def test_nobody_waits_longer_for_it(open_state: OpenState, use: Use, leap: timedelta) -> None:
    shared, clock = open_state(), MovableClock()
    clock.advance(leap)
    assert 0 < await use(shared, clock) <= 65
    clock.advance(-leap)
    # What was written by the wrong clock is there still, and used again by the right one.
    assert await use(shared, clock) <= 125


class Forger:
    """Writes what a clock that was far ahead would have written."""

    def __init__(self, shared: SharedState, dsn: str) -> None:
        self._shared, self._dsn = shared, dsn

    async def forge(self, key: str, *, table: str, text: str) -> None:
        """Say of a key that it was written in the future; `text` is what Valkey then has under it."""
        if isinstance(self._shared, Valkey):
            await self._shared.client.set(key, text, px=172_800_000)
            return
        connection = await asyncpg.connect(self._dsn)
        await connection.execute(
            f"update controls.{table} set written_at = 9999999999999, expires_at = now() + interval '2 days'"
            " where key = $1",
            key,
        )
        await connection.close()


async def test_a_lease_taken_in_the_future_is_nobodys(open_state: OpenState, dsn: str) -> None:
    shared = open_state()
    lease = Lease(shared)
    token = await lease.acquire("k", ttl_seconds=60)
    assert token is not None
    assert await lease.acquire("k", ttl_seconds=60) is None
    await Forger(shared, dsn).forge(shared.key("lease", "k"), table="leases", text="somebody:9999999999999")
    taken = await lease.acquire("k", ttl_seconds=60)
    assert taken is not None
    assert await lease.extend("k", taken, ttl_seconds=60)
    assert await lease.release("k", taken)


async def test_an_entry_written_in_the_future_is_a_miss(open_state: OpenState, dsn: str) -> None:
    shared = open_state()
    cache = SharedCache(shared)
    await cache.set("k", b"a:b", ttl_seconds=60)
    assert await cache.get("k") == b"a:b"
    await Forger(shared, dsn).forge(shared.key("cache", "k"), table="entries", text="9999999999999:old")
    assert await cache.get("k") is None
    await cache.set("k", b"new", ttl_seconds=60)
    assert await cache.get("k") == b"new"
