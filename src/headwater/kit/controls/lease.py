"""A short exclusive lease: one process at a time does a thing that is only wasteful, not wrong, when done twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_hex

from headwater.core.clock import Clock, SystemClock
from headwater.core.moments import read_seconds
from headwater.kit.controls.recent import Recent
from headwater.kit.controls.shared_state import Call, Operation, SharedState, StateAway

# Valkey keeps the moment at which a key ends, so after its clock went back a lease would be held for as long as that
# had been ahead: the value says when it was taken, and one taken in the future is nobody's. ARGV: token, ms to hold.
# Returns the value.
_ACQUIRE = Operation(
    "take_lease",
    """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('GET', KEYS[1])
if held and tonumber(string.match(held, ':(%d+)$') or 0) <= now + 1000 then return false end
local value = ARGV[1] .. ':' .. string.format('%.0f', now)
redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
return value
""",
)
_RELEASE = Operation(
    "release_lease",
    """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
""",
)
_EXTEND = Operation(
    "extend_lease",
    """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
""",
)


class Lease:
    """Leases by name. What must never happen twice needs a lock or a constraint in Postgres instead."""

    def __init__(self, shared: SharedState | None, *, clock: Clock | None = None) -> None:
        self._shared = shared
        self._clock = clock or SystemClock()
        self._local: Recent[tuple[str, float]] = Recent(10_000)

    @asynccontextmanager
    async def hold(self, name: str, *, ttl_seconds: float) -> AsyncIterator[bool]:
        """Hold `name` while the block runs, at most `ttl_seconds`; returns whether it is held."""
        token = await self.acquire(name, ttl_seconds=ttl_seconds)
        try:
            yield token is not None
        finally:
            if token is not None:
                await self.release(name, token)

    async def acquire(self, name: str, *, ttl_seconds: float) -> str | None:
        """Take the lease and return its token, or None where another holds it or the shared state is away."""
        token = token_hex(8)
        if self._shared is None:
            moment = read_seconds(self._clock)
            held = self._local.get(name)
            if held is not None and held[1] > moment:
                return None
            self._local.put(name, (token, moment + ttl_seconds))
            return token
        key = self._shared.key("lease", name)
        try:
            (answer,) = await self._shared.run(Call.of(_ACQUIRE, key, token, max(1, round(ttl_seconds * 1000))))
        except StateAway:
            return None
        return bytes(answer).decode() if answer else None

    async def extend(self, name: str, token: str, *, ttl_seconds: float) -> bool:
        """Hold the lease for `ttl_seconds` from now; False where it was lost."""
        if self._shared is None:
            moment = read_seconds(self._clock)
            held = self._local.get(name)
            if held is None or held[0] != token or held[1] <= moment:
                return False
            self._local.put(name, (token, moment + ttl_seconds))
            return True
        call = Call.of(_EXTEND, self._shared.key("lease", name), token, max(1, round(ttl_seconds * 1000)))
        return await self._ask(call)

    async def release(self, name: str, token: str) -> bool:
        """Return the lease back; False where it was lost before."""
        if self._shared is None:
            held = self._local.get(name)
            if held is None or held[0] != token:
                return False
            self._local.drop(name)
            return True
        return await self._ask(Call.of(_RELEASE, self._shared.key("lease", name), token))

    async def _ask(self, call: Call) -> bool:
        if self._shared is None:
            return False
        try:
            (answer,) = await self._shared.run(call)
        except StateAway:
            return False
        return bool(answer)
