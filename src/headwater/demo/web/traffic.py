"""What reached a simulated HTTP system: counts, the latest requests with their headers, how many at once."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from headwater.core.clock import monotonic, now


@dataclass(slots=True)
class Visit:
    """One request. `status` is 0 until it is answered, `took` is in seconds."""

    path: str
    method: str
    host: str
    headers: dict[str, str]
    at: datetime
    started: float
    status: int = 0
    took: float = 0.0


@dataclass
class Traffic:
    """Counts and keeps requests; the newest `kept` of each path with headers."""

    kept: int = 100
    counts: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    peak: Counter[str] = field(default_factory=Counter)
    _visits: dict[str, deque[Visit]] = field(default_factory=dict)
    _open: Counter[str] = field(default_factory=Counter)
    _waiters: defaultdict[str, set[asyncio.Event]] = field(default_factory=lambda: defaultdict(set))

    @contextmanager
    def record(self, path: str, *, method: str, host: str, headers: Mapping[str, str]) -> Iterator[Visit]:
        """Record one request while it is answered; the block sets `visit.status`."""
        started = monotonic()
        visit = Visit(path, method, host, {name.lower(): value for name, value in headers.items()}, now(), started)
        self.counts[path] += 1
        self._visits.setdefault(path, deque(maxlen=self.kept)).append(visit)
        self._open[host] += 1
        self.peak[host] = max(self.peak[host], self._open[host])
        for waiter in self._waiters.pop(path, ()):
            waiter.set()
        try:
            yield visit
        finally:
            visit.took = monotonic() - started
            self._open[host] -= 1
            self.statuses[visit.status] += 1

    def list_visits(self, path: str) -> list[Visit]:
        """Return the newest requests for a path, the oldest first."""
        return list(self._visits.get(path, ()))

    async def wait_for(self, path: str, *, count: int, timeout: float = 5.0) -> list[Visit]:
        """Wait until a path was asked for `count` times in all. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while self.counts[path] < count:
                waiter = asyncio.Event()
                self._waiters[path].add(waiter)
                await waiter.wait()
        return self.list_visits(path)

    def reset(self) -> None:
        """Forget what arrived; open requests keep counting as open."""
        self.counts.clear()
        self.statuses.clear()
        self.peak.clear()
        self._visits.clear()
