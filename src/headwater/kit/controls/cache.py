"""A cache shared by all processes. A failure is a miss; what must not be lost belongs in Postgres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from headwater.core.clock import Clock, SystemClock
from headwater.core.moments import read_seconds
from headwater.kit.controls.recent import Recent
from headwater.kit.controls.shared_state import Call, Operation, SharedState, StateAway

# Valkey keeps the moment at which a key ends, so after its clock went back an entry would live for as long as that had
# been ahead: each begins with when it was written (ms), and one from the future is a miss. ARGV: value, ms to live.
_NOW = "local time = redis.call('TIME')\nlocal now = time[1] * 1000 + math.floor(time[2] / 1000)\n"
_SET = Operation(
    "keep_entry",
    _NOW + "return redis.call('SET', KEYS[1], string.format('%.0f', now) .. ':' .. ARGV[1], 'PX', ARGV[2])\n",
)
_GET = Operation(
    "read_entry",
    _NOW
    + """
local kept = redis.call('GET', KEYS[1])
if not kept then return false end
local written, start = string.match(kept, '^(%d+):()')
if not written or tonumber(written) > now + 1000 then return false end
return string.sub(kept, start)
""",
)
_DROP = Operation("drop_entry", command="DEL")


@dataclass(frozen=True, slots=True)
class _Entry:
    value: bytes
    expires_at: float


class SharedCache:
    """Bytes or JSON by key with a time to live; a bounded one of this process where nothing is shared."""

    def __init__(
        self, shared: SharedState | None, *, room: str = "cache", clock: Clock | None = None, local_entries: int = 1_000
    ) -> None:
        self._shared = shared
        self._room = room
        self._clock = clock or SystemClock()
        self._local: Recent[_Entry] = Recent(local_entries)

    async def get(self, key: str) -> bytes | None:
        """Return the bytes kept under `key`, or None."""
        shared = self._find_shared()
        if shared is None:
            entry = self._local.get(key)
            return entry.value if entry is not None and entry.expires_at > read_seconds(self._clock) else None
        try:
            (value,) = await shared.run(Call.of(_GET, shared.key(self._room, key)))
        except StateAway:
            return None
        return None if value is None else bytes(value)

    async def set(self, key: str, value: bytes, *, ttl_seconds: float) -> None:
        """Keep `value` under `key` for `ttl_seconds`."""
        if ttl_seconds <= 0:
            return
        shared = self._find_shared()
        if shared is None:
            self._local.put(key, _Entry(value, read_seconds(self._clock) + ttl_seconds))
            return
        call = Call.of(_SET, shared.key(self._room, key), value, max(1, round(ttl_seconds * 1000)))
        try:
            await shared.run(call)
        except StateAway:
            return

    async def delete(self, key: str) -> None:
        """Forget `key`. While the shared state is away the key may live on until it expires."""
        self._local.drop(key)
        if self._shared is not None:
            try:
                await self._shared.run(Call(_DROP, self._shared.key(self._room, key)))
            except StateAway:
                return

    def _find_shared(self) -> SharedState | None:
        """Return where entries are kept; a server that runs no scripts keeps none."""
        return None if self._shared is None or self._shared.lacks_scripts else self._shared

    async def get_json(self, key: str) -> Any | None:
        """Return the JSON value kept under `key`, or None for a miss or for bytes that aren't JSON."""
        value = await self.get(key)
        if value is None:
            return None
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return None

    async def set_json(self, key: str, value: Any, *, ttl_seconds: float) -> None:
        """Keep `value` as JSON under `key` for `ttl_seconds`."""
        await self.set(key, orjson.dumps(value), ttl_seconds=ttl_seconds)
