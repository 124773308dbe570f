"""What Valkey keeps gets over a clock that was ahead or behind: each control is soon what it was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from headwater.core.clock import MovableClock
from headwater.kit.controls import CircuitBreaker, Lease, RateLimiter, SharedCache, Valkey
from headwater.kit.fetch.politeness.pacing import HostPacer

LEAPS = [timedelta(hours=2), timedelta(days=2), timedelta(hours=-3), timedelta(days=-2)]
Use = Callable[[Valkey, MovableClock], Awaitable[float]]


@pytest.fixture
async def shared(valkey_url: str) -> AsyncIterator[Valkey]:
    """A Valkey. What a process keeps by itself is counted in monotonic seconds, which don't leap."""
    opened = Valkey(valkey_url, prefix="test")
    yield opened
    await opened.close()


async def use_limiter(valkey: Valkey, clock: MovableClock) -> float:
    """Empty a bucket that gains one in a minute; give how long it lets one wait."""
    limiter = RateLimiter(valkey, clock=clock)
    decisions = [await limiter.allow("k", rate=1 / 60, burst=3) for _ in range(4)]
    return decisions[-1].retry_after


async def use_breaker(valkey: Valkey, clock: MovableClock) -> float:
    """Break a circuit that rests for thirty seconds; give how long it lets one wait."""
    breaker = CircuitBreaker(valkey, clock=clock, failures=3)
    for _ in range(3):
        await breaker.fail("k")
    return (await breaker.admit("k")).retry_after


async def use_breaker_as_probe(valkey: Valkey, clock: MovableClock) -> float:
    """Be the one probe of a circuit, which holds it for a minute; give how long the others wait."""
    breaker = CircuitBreaker(valkey, clock=clock, failures=3, open_seconds=0.001)
    for _ in range(3):
        await breaker.fail("k")
    clock.advance(timedelta(seconds=1))
    await breaker.admit("k")
    return (await breaker.admit("k")).retry_after


async def use_pacer(valkey: Valkey, clock: MovableClock) -> float:
    """Take the turn at a host twice; give when to come back."""
    pacer = HostPacer(valkey, clock=clock)
    turns = [await pacer.take("k", interval_seconds=60, max_wait_seconds=0) for _ in range(2)]
    return turns[-1].wait_seconds


async def use_hold(valkey: Valkey, clock: MovableClock) -> float:
    """Hold a host for a minute as it asked; give when to come back."""
    pacer = HostPacer(valkey, clock=clock)
    await pacer.hold("k", 60)
    return (await pacer.take("k", interval_seconds=1, max_wait_seconds=0)).wait_seconds


@pytest.mark.parametrize("leap", LEAPS, ids=str)
@pytest.mark.parametrize("use", [use_limiter, use_breaker, use_breaker_as_probe, use_pacer, use_hold])
async def test_nobody_waits_longer_for_it(shared: Valkey, use: Use, leap: timedelta) -> None:
    clock = MovableClock()
    clock.advance(leap)
    assert 0 < await use(shared, clock) <= 65
    clock.advance(-leap)
    # What was written by the wrong clock is there still, and used again by the right one.
    assert await use(shared, clock) <= 125


async def test_a_lease_taken_in_the_future_is_nobodys(shared: Valkey) -> None:
    lease = Lease(shared)
    token = await lease.acquire("k", ttl_seconds=60)
    assert token is not None
    assert await lease.acquire("k", ttl_seconds=60) is None
    await shared.client.set(shared.key("lease", "k"), "somebody:9999999999999", px=172_800_000)
    taken = await lease.acquire("k", ttl_seconds=60)
    assert taken is not None
    assert await lease.extend("k", taken, ttl_seconds=60)
    assert await lease.release("k", taken)


async def test_an_entry_written_in_the_future_is_a_miss(shared: Valkey) -> None:
    cache = SharedCache(shared)
    await cache.set("k", b"a:b", ttl_seconds=60)
    assert await cache.get("k") == b"a:b"
    await shared.client.set(shared.key("cache", "k"), b"9999999999999:old", px=172_800_000)
    assert await cache.get("k") is None
    await cache.set("k", b"new", ttl_seconds=60)
    assert await cache.get("k") == b"new"
