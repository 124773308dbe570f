"""A cache shared by all processes. A failure is a miss; what must not be lost belongs in Postgres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from headwater.core.clock import Clock, SystemClock
from headwater.kit.controls.moments import read_seconds
from headwater.kit.controls.recent import Recent
from headwater.kit.controls.valkey import Call, Valkey, ValkeyAway


@dataclass(frozen=True, slots=True)
class _Entry:
    value: bytes
    expires_at: float


class SharedCache:
    """Bytes or JSON by key with a time to live; a bounded one of this process where no Valkey is configured."""

    def __init__(
        self, valkey: Valkey | None, *, room: str = "cache", clock: Clock | None = None, local_entries: int = 1_000
    ) -> None:
        self._valkey = valkey
        self._room = room
        self._clock = clock or SystemClock()
        self._local: Recent[_Entry] = Recent(local_entries)

    async def get(self, key: str) -> bytes | None:
        """Give the bytes kept under `key`, or None."""
        if self._valkey is None:
            entry = self._local.get(key)
            return entry.value if entry is not None and entry.expires_at > read_seconds(self._clock) else None
        try:
            (value,) = await self._valkey.run(Call(("GET", self._valkey.key(self._room, key))))
        except ValkeyAway:
            return None
        return None if value is None else bytes(value)

    async def set(self, key: str, value: bytes, *, ttl_seconds: float) -> None:
        """Keep `value` under `key` for `ttl_seconds`."""
        if ttl_seconds <= 0:
            return
        if self._valkey is None:
            self._local.put(key, _Entry(value, read_seconds(self._clock) + ttl_seconds))
            return
        call = Call(("SET", self._valkey.key(self._room, key), value, "PX", max(1, round(ttl_seconds * 1000))))
        try:
            await self._valkey.run(call)
        except ValkeyAway:
            return

    async def delete(self, key: str) -> None:
        """Forget `key`. While Valkey is away the key may live on until it expires."""
        self._local.drop(key)
        if self._valkey is not None:
            try:
                await self._valkey.run(Call(("DEL", self._valkey.key(self._room, key))))
            except ValkeyAway:
                return

    async def get_json(self, key: str) -> Any | None:
        """Give the JSON value kept under `key`, or None for a miss or for bytes that aren't JSON."""
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
