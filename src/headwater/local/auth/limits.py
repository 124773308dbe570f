"""How often something may be asked for."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from typing import Protocol

from headwater.core.clock import Clock, SystemClock
from headwater.core.moments import read_seconds


class Limiter(Protocol):
    """Counts what was asked for, in this process or for all of them together."""

    async def take(self, key: str, *, limit: int, period: timedelta) -> float | None:
        """Take one of `limit` in `period`. Returns None when that was allowed, else the seconds until it will be."""
        ...


class MemoryLimiter:
    """Counts in this process, by the generic cell rate algorithm: one number a key, the least busy keys forgotten."""

    def __init__(self, *, max_keys: int = 50_000, clock: Clock | None = None) -> None:
        self._arrivals: OrderedDict[str, float] = OrderedDict()
        self._max_keys = max_keys
        self._clock = clock or SystemClock()

    async def take(self, key: str, *, limit: int, period: timedelta) -> float | None:
        """Take one of `limit` in `period`. Returns None when that was allowed, else the seconds until it will be."""
        seconds = period.total_seconds()
        if limit <= 0:
            return seconds
        now, step = read_seconds(self._clock), seconds / limit
        arrival = max(self._arrivals.get(key, now), now) + step
        if arrival - now > seconds:
            return arrival - now - seconds
        self._arrivals[key] = arrival
        self._arrivals.move_to_end(key)
        while len(self._arrivals) > self._max_keys:
            self._arrivals.popitem(last=False)
        return None
