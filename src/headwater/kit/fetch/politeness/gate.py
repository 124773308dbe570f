"""What stands before each request to a host: its turn, its circuit breaker, and how many requests there are already."""

from __future__ import annotations

import asyncio

from headwater.core.clock import Clock
from headwater.kit.controls import CircuitBreaker, Permit, SharedState, StateAway
from headwater.kit.fetch.errors import FetchFailed, FetchKind
from headwater.kit.fetch.politeness.pacing import HostPacer, HostSlots, Pace, Turn

#: Failures that say something about the host; the others say something about the page or about us.
_HOST_FAILURES: frozenset[FetchKind] = frozenset({"network", "dns", "timeout", "server_error"})


class HostGate:
    """Pacing, breaker and concurrency by host. With shared state, turn and breaker are asked in one round trip."""

    def __init__(
        self,
        shared: SharedState | None,
        *,
        clock: Clock,
        interval_seconds: float,
        max_at_once: int,
        max_wait_seconds: float,
        slot_wait_seconds: float,
    ) -> None:
        self.slots = HostSlots(max_at_once)
        self.breaker = CircuitBreaker(
            shared, failures=5, window_seconds=600, open_seconds=60, longest_open_seconds=1_800, clock=clock
        )
        self._pacer = HostPacer(shared, clock=clock)
        self._shared = shared
        self._interval = interval_seconds
        self._max_wait = max_wait_seconds
        self._slot_wait = slot_wait_seconds

    async def admit(self, host: str, *, pace: Pace, crawl_delay: float = 0.0, url: str = "") -> Permit:
        """Wait for the turn at `host`, or be sent away.

        Raises:
            FetchFailed: `paced` or `host_down`, with `retry_after`; nothing was asked of the host.
        """
        interval = max(self._interval, crawl_delay)
        if pace == "none":
            permit = await self.breaker.admit(_breaker_name(host))
            self._require(permit, url)
            return permit
        # A quick host frees its slot within moments; a slow one is left to those who are there already.
        if pace == "refuse" and not await self.slots.wait_until_free(host, seconds=self._slot_wait):
            raise _paced(max(interval, 1.0), url)
        turn, permit = await self._ask(host, interval, self._max_wait if pace == "wait" else 0.0)
        self._require(permit, url)
        if not turn.is_taken:
            if permit.probe:
                await self.breaker.give_back(_breaker_name(host))
            raise _paced(turn.wait_seconds, url)
        if turn.wait_seconds > 0:
            await asyncio.sleep(turn.wait_seconds)
        return permit

    async def reserve(self, host: str, *, crawl_delay: float = 0.0) -> float:
        """Take the turn at `host` if it is now (0.0), else give the seconds after which to come back."""
        interval = max(self._interval, crawl_delay)
        return (await self._pacer.take(host, interval_seconds=interval, max_wait_seconds=0.0)).wait_seconds

    async def record(self, host: str, permit: Permit, kind: FetchKind | None) -> None:
        """Record how the request went: the kind of its failure, or None."""
        name = _breaker_name(host)
        if kind in _HOST_FAILURES:
            await self.breaker.fail(name)
        elif kind == "blocked_address":
            if permit.probe:
                await self.breaker.give_back(name)
        else:
            await self.breaker.succeed(name, troubled=permit.probe or permit.failures > 0)

    async def hold(self, host: str, seconds: float) -> None:
        """Let nobody ask `host` for so long, because it said so."""
        await self._pacer.hold(host, seconds)

    async def _ask(self, host: str, interval: float, max_wait: float) -> tuple[Turn, Permit]:
        name = _breaker_name(host)
        if self._shared is not None:
            take = self._pacer.take_call(host, interval_seconds=interval, max_wait_seconds=max_wait)
            try:
                turn, permit = await self._shared.run(take, self.breaker.admit_call(name))
                return self._pacer.read_turn(turn), self.breaker.read_permit(permit)
            except StateAway:
                pass
        turn_here = self._pacer.take_locally(host, interval_seconds=interval, max_wait_seconds=max_wait)
        return turn_here, self.breaker.admit_locally(name)

    def _require(self, permit: Permit, url: str) -> None:
        if not permit.allowed:
            raise FetchFailed(
                "The host failed repeatedly and is left alone for now.",
                kind="host_down",
                url=url,
                retry_after=permit.retry_after,
            )


def _breaker_name(host: str) -> str:
    return f"host:{host}"


def _paced(wait_seconds: float, url: str) -> FetchFailed:
    return FetchFailed("It is not yet our turn at this host.", kind="paced", url=url, retry_after=wait_seconds)
