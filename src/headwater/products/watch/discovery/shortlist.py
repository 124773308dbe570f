"""The best sources so far, reported whenever one more was fetched and found alive."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from headwater.kit.fetch.urls.normalising import normalise_url
from headwater.products.watch.discovery.schemas import MonitorableUrl
from headwater.products.watch.discovery.site_probe import Candidate

MAX_OFFERED = 5
OnFound = Callable[[list[MonitorableUrl]], Awaitable[None]]


class Shortlist:
    """Collects what is alive. Whoever waits sees the best five grow, one call after the other."""

    def __init__(self, on_found: OnFound | None = None) -> None:
        self._on_found = on_found
        self._best: dict[str, Candidate] = {}
        self._told: list[MonitorableUrl] = []
        self._turn = asyncio.Lock()

    async def add(self, candidate: Candidate) -> None:
        """Take a source in, and tell of the best so far where that changed."""
        address = normalise_url(candidate.url)
        known = self._best.get(address)
        if known is None or known.score < candidate.score:
            self._best[address] = candidate
        if self._on_found is None:
            return
        async with self._turn:
            offered = offer_best(list(self._best.values()))
            if offered != self._told:
                self._told = offered
                await self._on_found(offered)


def offer_best(candidates: Sequence[Candidate]) -> list[MonitorableUrl]:
    """Return at most five of the candidates, the best first, an address once."""
    best = {normalise_url(one.url): one for one in reversed(candidates)}
    offered = sorted(best.values(), key=lambda one: -one.score)[:MAX_OFFERED]
    return [
        MonitorableUrl(url=one.url, title=one.title[:300] or one.url, kind=one.kind, reason=one.reason)
        for one in offered
    ]
