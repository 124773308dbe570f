"""Whose turn it is at a host: a least interval between requests, shared by all processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

from headwater.core.clock import Clock
from headwater.core.moments import offset_seconds, read_seconds
from headwater.core.telemetry import counter
from headwater.kit.controls import Call, Operation, SharedState, StateAway
from headwater.kit.controls.recent import Recent

Pace = Literal["wait", "refuse", "none"]

_POSTPONED = counter("fetch_postponed_total", "Fetches that were told to come back later because of pacing.")
_FURTHEST_SECONDS = 3_600

_NOW = "local time = redis.call('TIME')\nlocal now = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]\n"

# `next` is when the host may be asked again; `tail` is when the last one who was turned away was told to come back, so
# that each one turned away gets a moment of its own. Returns ms to wait with the turn taken, or the negative ms after
# which to come back. ARGV: clock offset ms, interval ms, longest wait ms with the turn taken.
# `at` is when both were written: ahead of the clock they were written by one that was wrong, and count for nothing.
_TAKE = Operation(
    "take_turn",
    _NOW
    + """
local kept = redis.call('HMGET', KEYS[1], 'next', 'tail', 'at')
local next_at, tail = tonumber(kept[1] or 0), tonumber(kept[2] or 0)
if tonumber(kept[3] or 0) > now + 1000 then next_at, tail = 0, 0 end
local interval, wait = tonumber(ARGV[2]), math.max(next_at - now, 0)
if wait <= tonumber(ARGV[3]) then
  if interval > 0 then
    next_at = now + wait + interval
    redis.call('HSET', KEYS[1], 'next', string.format('%.0f', next_at), 'tail', string.format('%.0f', tail),
      'at', string.format('%.0f', now))
    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(next_at, tail) - now + 1000))
  end
  return math.floor(wait)
end
tail = math.max(tail, next_at)
if tail > now + wait + 3600000 then tail = next_at end
redis.call('HSET', KEYS[1], 'tail', string.format('%.0f', tail + math.max(interval, 1)),
  'next', string.format('%.0f', next_at), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tail + interval - now + 1000))
return -math.max(math.ceil(tail - now), 1)
""",
)

# ARGV: clock offset ms, ms for which nobody asks the host.
_HOLD = Operation(
    "hold_host",
    _NOW
    + """
if tonumber(redis.call('HGET', KEYS[1], 'at') or 0) > now + 1000 then redis.call('DEL', KEYS[1]) end
local next_at = math.max(tonumber(redis.call('HGET', KEYS[1], 'next') or 0), now + ARGV[2])
redis.call('HSET', KEYS[1], 'next', string.format('%.0f', next_at), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', next_at - now + 1000))
return 0
""",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Seconds to wait; with `is_taken` false the turn is not ours and the wait is when to come back."""

    wait_seconds: float
    is_taken: bool


@dataclass(slots=True)
class _Kept:
    next_at: float = 0.0
    tail: float = 0.0


class HostPacer:
    """Turns by host. Where nothing is shared, or while that is away, each process paces by itself."""

    def __init__(self, shared: SharedState | None, *, clock: Clock) -> None:
        self._shared = shared
        self._clock = clock
        self._local: Recent[_Kept] = Recent(10_000)

    def take_call(self, host: str, *, interval_seconds: float, max_wait_seconds: float) -> Call:
        """Return the call that takes a turn, for one round trip with others. Needs shared state."""
        return Call.of(
            _TAKE,
            self._key(host),
            round(offset_seconds(self._clock) * 1000),
            round(interval_seconds * 1000),
            round(max_wait_seconds * 1000),
        )

    def read_turn(self, answer: Any) -> Turn:
        """Read the answer to `take_call`."""
        milliseconds = int(answer)
        if milliseconds < 0:
            _POSTPONED.inc()
        return Turn(abs(milliseconds) / 1000, milliseconds >= 0)

    def take_locally(self, host: str, *, interval_seconds: float, max_wait_seconds: float) -> Turn:
        """Take a turn from this process's own state."""
        kept = self._local.get(host) or _Kept()
        moment = read_seconds(self._clock)
        wait = max(kept.next_at - moment, 0.0)
        if wait <= max_wait_seconds:
            if interval_seconds > 0:
                kept.next_at = moment + wait + interval_seconds
                self._local.put(host, kept)
            return Turn(wait, True)
        tail = max(kept.tail, kept.next_at)
        if tail > kept.next_at + _FURTHEST_SECONDS:
            tail = kept.next_at
        kept.tail = tail + interval_seconds
        self._local.put(host, kept)
        _POSTPONED.inc()
        return Turn(tail - moment, False)

    async def take(self, host: str, *, interval_seconds: float, max_wait_seconds: float) -> Turn:
        """Take a turn that is at most `max_wait_seconds` away, or be told when to come back."""
        if self._shared is not None:
            call = self.take_call(host, interval_seconds=interval_seconds, max_wait_seconds=max_wait_seconds)
            try:
                (answer,) = await self._shared.run(call)
                return self.read_turn(answer)
            except StateAway:
                pass
        return self.take_locally(host, interval_seconds=interval_seconds, max_wait_seconds=max_wait_seconds)

    async def hold(self, host: str, seconds: float) -> None:
        """Let nobody ask the host for `seconds`, because it said so."""
        kept = self._local.get(host) or _Kept()
        kept.next_at = max(kept.next_at, read_seconds(self._clock) + seconds)
        self._local.put(host, kept)
        if self._shared is not None:
            offset = round(offset_seconds(self._clock) * 1000)
            try:
                await self._shared.run(Call.of(_HOLD, self._key(host), offset, round(seconds * 1000)))
            except StateAway:
                return

    def _key(self, host: str) -> str:
        return self._shared.key("pace", host) if self._shared is not None else host


class HostSlots:
    """At most so many requests to one host at once in this process."""

    def __init__(self, max_at_once: int) -> None:
        self._max_at_once = max_at_once
        self._free: dict[str, asyncio.Semaphore] = {}
        self._users: dict[str, int] = {}

    async def wait_until_free(self, host: str, *, seconds: float) -> bool:
        """Wait until a request to `host` need not wait for another one to end; False where that takes longer."""
        if self._users.get(host, 0) < self._max_at_once:
            return True
        try:
            async with asyncio.timeout(seconds), self.hold(host):
                return True
        except TimeoutError:
            return False

    @asynccontextmanager
    async def hold(self, host: str) -> AsyncIterator[None]:
        """Wait for a slot and hold it while the block runs."""
        self._users[host] = self._users.get(host, 0) + 1
        semaphore = self._free.get(host)
        if semaphore is None:
            semaphore = self._free[host] = asyncio.Semaphore(self._max_at_once)
        try:
            async with semaphore:
                yield
        finally:
            self._users[host] -= 1
            if self._users[host] == 0:
                del self._users[host], self._free[host]
