"""Public keys of an issuer elsewhere, read from its key set and kept for a while."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from headwater.core.auth.keys import VerificationKey, read_keys
from headwater.core.clock import Clock, SystemClock
from headwater.core.errors import Unavailable
from headwater.core.telemetry import get_logger

if TYPE_CHECKING:
    import httpx2

logger = get_logger(__name__)
_LARGEST_KEY_SET = 262_144


class JwksKeySource:
    """Keys of a key set at an address that the operator configured.

    They are read again when they grow old and when a token names one that is not among them, the latter at most once
    in `cool_down`, whatever is asked. While the host is away the keys known from before stay in use; a failure is
    never remembered as "there is no such key".
    """

    def __init__(
        self,
        url: str,
        *,
        max_age: timedelta = timedelta(minutes=10),
        cool_down: timedelta = timedelta(seconds=30),
        timeout_seconds: float = 5.0,
        clock: Clock | None = None,
        client: httpx2.AsyncClient | None = None,
    ) -> None:
        self.url = url
        self._max_age = max_age
        self._cool_down = cool_down
        self._timeout_seconds = timeout_seconds
        self._clock = clock or SystemClock()
        # Imported late: only a process that reads keys over the network needs a client for it.
        import httpx2

        self._client = client or httpx2.AsyncClient(timeout=timeout_seconds, follow_redirects=False)
        self._keys: dict[str, VerificationKey] | None = None
        self._tried_at: datetime | None = None
        self._read_at: datetime | None = None
        self._reading: asyncio.Task[bool] | None = None

    async def find_key(self, key_id: str) -> VerificationKey | None:
        """Return the key of that id, or None when the issuer has no such key.

        Raises:
            Unavailable: the key set could never be read.
        """
        if self._keys is None:
            await self._read()
        elif key_id not in self._keys:
            # A flood of invented key ids must not become a flood of requests at the issuer.
            if self._reading is not None or not self._cooling_down():
                await self._read()
        elif self._is_old() and not self._cooling_down():
            self._begin_reading()
        if self._keys is None:
            raise Unavailable("The keys that tokens are verified with can't be read.", code="keys_unavailable")
        return self._keys.get(key_id)

    async def close(self) -> None:
        """Close the connection to the issuer."""
        if self._reading is not None:
            self._reading.cancel()
        await self._client.aclose()

    def _is_old(self) -> bool:
        return not self._is_within(self._max_age, since=self._read_at)

    def _cooling_down(self) -> bool:
        return self._is_within(self._cool_down, since=self._tried_at)

    def _is_within(self, length: timedelta, *, since: datetime | None) -> bool:
        # A moment in the future was read on a clock that was ahead, and says nothing any more.
        return since is not None and timedelta() <= self._clock.now() - since < length

    async def _read(self) -> None:
        # Everybody who waits shares one request; a waiter that gives up doesn't take it from the others.
        await asyncio.shield(self._begin_reading())

    def _begin_reading(self) -> asyncio.Task[bool]:
        if self._reading is None:
            self._tried_at = self._clock.now()
            self._reading = asyncio.create_task(self._fetch())
            self._reading.add_done_callback(self._forget_reading)
        return self._reading

    def _forget_reading(self, _: asyncio.Task[bool]) -> None:
        self._reading = None

    async def _fetch(self) -> bool:
        import httpx2

        try:
            # The client's own limits are for each step: a host that drips would never reach them.
            async with (
                asyncio.timeout(self._timeout_seconds),
                self._client.stream("GET", self.url, headers={"accept": "application/json"}) as response,
            ):
                response.raise_for_status()
                body = bytearray()
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > _LARGEST_KEY_SET:
                        raise ValueError("the key set is too large")
            document = orjson.loads(body)
            if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
                raise ValueError("the answer is no key set")
            self._keys = read_keys(entry for entry in document["keys"] if isinstance(entry, dict))
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, RuntimeError, OSError) as error:
            logger.warning("auth_key_set_unreadable", url=self.url, reason=f"{type(error).__name__}: {error}")
            return False
        self._read_at = self._clock.now()
        return True
