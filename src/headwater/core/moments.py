"""Moments for controls: seconds that only grow, moved by the clock that a test moves, and the same for Valkey."""

from __future__ import annotations

from headwater.core.clock import Clock, DatabaseClock, SystemClock, monotonic, now

_STILL = SystemClock()


def offset_seconds(clock: Clock) -> float:
    """Return by how many seconds a test moved `clock`. What Valkey keeps is by Valkey's own clock."""
    if clock == _STILL or isinstance(clock, DatabaseClock):
        return 0.0
    return round((clock.now() - now()).total_seconds(), 2)


def read_seconds(clock: Clock) -> float:
    """Return seconds on a scale that only grows and that moves with `clock`; comparable within one process only."""
    return monotonic() + offset_seconds(clock)
