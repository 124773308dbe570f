"""Rate limits."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.clock import MovableClock
from headwater.kit.controls import Decision, RateLimiter, SharedState, Valkey
from tests.kit.conftest import OpenState


async def take(limiter: RateLimiter, times: int, *, key: str = "k", cost: float = 1.0) -> list[bool]:
    """Take from a bucket of three that gains one a minute."""
    return [(await limiter.allow(key, rate=1 / 60, burst=3, cost=cost)).allowed for _ in range(times)]


async def test_burst_then_rate(shared: SharedState | None) -> None:
    clock = MovableClock()
    limiter = RateLimiter(shared, clock=clock)
    assert await take(limiter, 5) == [True, True, True, False, False]
    refused = await limiter.allow("k", rate=1 / 60, burst=3)
    assert 50 < refused.retry_after <= 60
    clock.advance(timedelta(seconds=refused.retry_after + 0.1))
    assert await take(limiter, 2) == [True, False]
    clock.advance(timedelta(hours=1))
    assert await take(limiter, 4) == [True, True, True, False], "the bucket holds no more than its burst"


async def test_keys_have_their_own_buckets(shared: SharedState | None) -> None:
    limiter = RateLimiter(shared)
    assert await take(limiter, 3) == [True] * 3
    assert await take(limiter, 1, key="other") == [True]


async def test_cost_is_taken_whole_or_not_at_all(shared: SharedState | None) -> None:
    limiter = RateLimiter(shared)
    assert await take(limiter, 2, cost=2) == [True, False]
    assert await take(limiter, 2, cost=1) == [True, False]
    assert await take(limiter, 1, cost=0) == [True]
    assert await take(limiter, 1, key="big", cost=4) == [False]


async def test_calls_at_once_share_one_bucket(shared: SharedState | None) -> None:
    limiter = RateLimiter(shared)
    decisions = await asyncio.gather(*(limiter.allow("k", rate=0.01, burst=5) for _ in range(20)))
    assert sum(decision.allowed for decision in decisions) == 5


async def test_processes_share_a_bucket(open_state: OpenState) -> None:
    one, two = open_state(), open_state()
    assert await take(RateLimiter(one), 2) == [True, True]
    assert await take(RateLimiter(two), 2) == [True, False]


async def test_no_more_than_the_burst_passes_however_many_processes_ask_at_once(open_state: OpenState) -> None:
    limiters = [RateLimiter(open_state()) for _ in range(4)]
    asked = (limiter.allow("k", rate=0.01, burst=25, on_failure="closed") for limiter in limiters for _ in range(25))
    assert sum(decision.allowed for decision in await asyncio.gather(*asked)) == 25


async def test_deployments_don_t_share(valkey_url: str) -> None:
    one, two = Valkey(valkey_url, prefix="one"), Valkey(valkey_url, prefix="two")
    assert await take(RateLimiter(one), 3) == [True] * 3
    assert await take(RateLimiter(two), 3) == [True] * 3
    await asyncio.gather(one.close(), two.close())


async def test_state_away_is_open_for_reading_and_closed_for_sending(gone: SharedState) -> None:
    limiter = RateLimiter(gone)
    reading = [await limiter.allow("k", rate=1, burst=1, on_failure="open") for _ in range(3)]
    sending = [await limiter.allow("k", rate=1, burst=1, on_failure="closed") for _ in range(3)]
    assert reading == [Decision(True)] * 3
    assert [decision.allowed for decision in sending] == [False] * 3
    assert all(decision.retry_after >= 1 for decision in sending)


@pytest.mark.parametrize(("rate", "burst", "cost"), [(0, 1, 1), (-1, 1, 1), (1, 0, 1), (1, 1, -1)])
async def test_senseless_limits_are_refused(shared: SharedState | None, rate: float, burst: float, cost: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        await RateLimiter(shared).allow("k", rate=rate, burst=burst, cost=cost)


@given(st.lists(st.floats(0, 5), max_size=40), st.floats(0.1, 10), st.integers(1, 8))
def test_no_more_than_burst_and_rate_pass(pauses: list[float], rate: float, burst: int) -> None:
    async def run() -> None:
        clock = MovableClock()
        limiter = RateLimiter(None, clock=clock)
        passed, elapsed = 0, 0.0
        for pause in pauses:
            clock.advance(timedelta(seconds=pause))
            elapsed += pause
            passed += (await limiter.allow("k", rate=rate, burst=burst)).allowed
            # The machine's own clock runs on beside, so a little more may pass.
            assert passed <= burst + (elapsed + 5) * rate

    asyncio.run(run())
