"""The clock tells aware times in UTC, and tests move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from headwater.core.clock import Clock, DatabaseClock, MovableClock, SystemClock, monotonic, now

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


@pytest.mark.parametrize("apart", [timedelta(), timedelta(days=2), timedelta(hours=-3)], ids=str)
def test_clock_of_the_database_is_the_machines_moved_by_how_far_they_are_apart(apart: timedelta) -> None:
    clock, asked = DatabaseClock(), now()
    clock.note(asked + timedelta(seconds=0.5) + apart, asked=asked, answered=asked + timedelta(seconds=1))
    assert clock.apart == apart
    assert abs(clock.now() - now() - apart) < timedelta(seconds=5)
    # Less than a second, and what a slow answer leaves uncertain, is no difference.
    clock.note(asked + timedelta(seconds=4), asked=asked, answered=asked + timedelta(seconds=6))
    assert clock.apart == timedelta()
