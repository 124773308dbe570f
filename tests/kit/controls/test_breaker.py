"""Circuit breakers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from headwater.core.clock import MovableClock
from headwater.core.errors import Unavailable
from headwater.kit.controls import CircuitBreaker, SharedState
from tests.kit.conftest import OpenState


def make(shared: SharedState | None, clock: MovableClock) -> CircuitBreaker:
    """Make a breaker that opens at the third failure for a minute."""
    return CircuitBreaker(shared, failures=3, open_seconds=60, longest_open_seconds=200, probe_seconds=30, clock=clock)


async def trip(breaker: CircuitBreaker, name: str = "n") -> None:
    """Fail until the circuit opens."""
    for _ in range(3):
        assert (await breaker.admit(name)).allowed
        await breaker.fail(name)


async def test_failures_in_a_row_open_it(shared: SharedState | None) -> None:
    breaker = make(shared, MovableClock())
    assert await breaker.read_state("n") == "closed"
    await trip(breaker)
    permit = await breaker.admit("n")
    assert not permit.allowed
    assert 55 < permit.retry_after <= 60
    assert await breaker.read_state("n") == "open"
    assert (await breaker.admit("other")).allowed


async def test_success_between_forgives(shared: SharedState | None) -> None:
    breaker = make(shared, MovableClock())
    for _ in range(4):
        await breaker.fail("n")
        await breaker.fail("n")
        permit = await breaker.admit("n")
        assert permit.failures == 2
        await breaker.record("n", permit, succeeded=True)
    assert await breaker.read_state("n") == "closed"


async def test_half_open_lets_one_probe_pass(shared: SharedState | None) -> None:
    clock = MovableClock()
    breaker = make(shared, clock)
    await trip(breaker)
    clock.advance(timedelta(seconds=61))
    assert await breaker.read_state("n") == "half_open"
    permits = await asyncio.gather(*(breaker.admit("n") for _ in range(10)))
    assert sorted((permit.allowed, permit.probe) for permit in permits) == [(False, False)] * 9 + [(True, True)]
    await breaker.succeed("n")
    assert await breaker.read_state("n") == "closed"
    assert (await breaker.admit("n")).allowed


async def test_failed_probe_opens_it_for_twice_as_long(shared: SharedState | None) -> None:
    clock = MovableClock()
    breaker = make(shared, clock)
    await trip(breaker)
    for seconds in (120, 200, 200):
        clock.advance(timedelta(seconds=205))
        assert (await breaker.admit("n")).probe
        await breaker.fail("n")
        wait = (await breaker.admit("n")).retry_after
        assert seconds - 5 < wait <= seconds


async def test_probe_that_never_answers_is_replaced(shared: SharedState | None) -> None:
    clock = MovableClock()
    breaker = make(shared, clock)
    await trip(breaker)
    clock.advance(timedelta(seconds=61))
    assert (await breaker.admit("n")).probe
    assert not (await breaker.admit("n")).allowed
    clock.advance(timedelta(seconds=31))
    assert (await breaker.admit("n")).probe


async def test_probe_can_be_given_back(shared: SharedState | None) -> None:
    clock = MovableClock()
    breaker = make(shared, clock)
    await breaker.give_back("n")
    assert (await breaker.admit("n")).allowed
    await trip(breaker)
    clock.advance(timedelta(seconds=61))
    assert (await breaker.admit("n")).probe
    await breaker.give_back("n")
    assert (await breaker.admit("n")).probe


async def test_guard_counts_errors_and_refuses(shared: SharedState | None) -> None:
    breaker = make(shared, MovableClock())
    for _ in range(3):
        with pytest.raises(OSError, match="down"):
            async with breaker.guard("n"):
                raise OSError("down")
    with pytest.raises(Unavailable) as caught:
        async with breaker.guard("n"):
            pytest.fail("an open circuit runs nothing")
    assert caught.value.code == "circuit_open"
    assert caught.value.details["retry_after"] > 50


async def test_guard_ignores_what_does_not_count_and_who_was_cancelled(shared: SharedState | None) -> None:
    breaker = make(shared, MovableClock())
    for _ in range(5):
        with pytest.raises(ValueError, match="ours"):
            async with breaker.guard("n", counts=lambda error: isinstance(error, OSError)):
                raise ValueError("ours")
    for _ in range(5):
        with pytest.raises(asyncio.CancelledError):
            async with breaker.guard("n"):
                raise asyncio.CancelledError
    assert await breaker.read_state("n") == "closed"


async def test_processes_share_the_state(open_state: OpenState) -> None:
    clock = MovableClock()
    one, two = open_state(), open_state()
    await trip(make(one, clock))
    other = make(two, clock)
    assert await other.read_state("n") == "open"
    clock.advance(timedelta(seconds=61))
    assert (await other.admit("n")).probe
    assert not (await make(one, clock).admit("n")).allowed, "the probe is single among processes"
    await other.succeed("n")
    assert (await make(one, clock).admit("n")).allowed


async def test_one_probe_passes_however_many_processes_ask_at_once(open_state: OpenState) -> None:
    clock = MovableClock()
    breakers = [make(open_state(), clock) for _ in range(4)]
    await asyncio.gather(*(breaker.fail("n") for breaker in breakers))
    assert not (await breakers[0].admit("n")).allowed
    clock.advance(timedelta(seconds=61))
    permits = await asyncio.gather(*(breaker.admit("n") for breaker in breakers for _ in range(10)))
    assert [permit.probe for permit in permits if permit.allowed] == [True]
    assert all(0 < permit.retry_after <= 30 for permit in permits if not permit.allowed)


async def test_failures_of_all_processes_are_counted(open_state: OpenState) -> None:
    clock = MovableClock()
    breakers = [CircuitBreaker(open_state(), failures=40, clock=clock) for _ in range(4)]
    await asyncio.gather(*(breaker.fail("n") for breaker in breakers for _ in range(9)))
    assert (await breakers[0].admit("n")).failures == 36
    await asyncio.gather(*(breaker.fail("n") for breaker in breakers))
    assert await breakers[1].read_state("n") == "open"


async def test_circuit_that_opened_a_thousand_times_opens_again(shared: SharedState | None) -> None:
    clock = MovableClock()
    breaker = CircuitBreaker(shared, failures=1, open_seconds=1.0, longest_open_seconds=1.0, clock=clock)
    for _ in range(1_100):
        await breaker.fail("n")
        clock.advance(timedelta(seconds=1.1))
    await breaker.fail("n")
    assert 0 < (await breaker.admit("n")).retry_after <= 1


async def test_state_away_each_process_has_its_own(gone: SharedState) -> None:
    clock = MovableClock()
    breaker = make(gone, clock)
    await trip(breaker)
    assert not (await breaker.admit("n")).allowed
    assert await breaker.read_state("n") == "open"
    clock.advance(timedelta(seconds=61))
    assert (await breaker.admit("n")).probe
    await breaker.succeed("n")
    assert await breaker.read_state("n") == "closed"
