"""The clock tells aware times in UTC, and tests move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from headwater.core.clock import Clock, MovableClock, SystemClock, monotonic, now

_BOUND = timedelta(minutes=1)


def test_every_clock_tells_aware_utc() -> None:
    clocks: list[Clock] = [SystemClock(), MovableClock()]
    for told in (*(clock.now() for clock in clocks), now()):
        assert told.tzinfo is UTC
        assert abs(told - datetime.now(UTC)) < _BOUND


def test_offset_moves_the_clock() -> None:
    told = SystemClock(offset=timedelta(days=2)).now()
    assert abs(told - timedelta(days=2) - datetime.now(UTC)) < _BOUND


def test_movable_clock_moves_forward_by_what_it_is_told_and_runs_on() -> None:
    clock = MovableClock()
    before = clock.now()
    clock.advance(timedelta(hours=3))
    clock.advance(timedelta(minutes=30))
    assert timedelta(hours=3, minutes=30) <= clock.now() - before < timedelta(hours=3, minutes=30) + _BOUND
    assert clock.now() <= clock.now()


def test_monotonic_never_goes_back() -> None:
    told = [monotonic() for _ in range(1000)]
    assert told == sorted(told)
