"""Bodies read under caps: bytes on the wire, bytes after each decompression, and a least speed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import ClientResponse

from headwater.core.clock import monotonic
from headwater.kit.fetch.errors import FetchFailed
from headwater.kit.fetch.limits import Limits
from headwater.kit.fetch.wire.decoders import DECODERS, Decoder

_STEP = 64 * 1024
_MAX_CODINGS = 3


async def read_body(answer: ClientResponse, *, limits: Limits, max_bytes: int, url: str) -> tuple[bytes, int]:
    """Read the body and give it decompressed, with its size on the wire.

    Raises:
        FetchFailed: `too_large`, `timeout` for a drip, `not_text` for a coding that isn't known or data that is broken.
    """
    declared = answer.content_length
    if declared is not None and declared > max_bytes:
        raise _too_large(max_bytes, answer, url)
    reader = BodyReader(answer, limits=limits, max_bytes=max_bytes, url=url)
    async for _ in reader.read():
        pass
    return reader.finish(), reader.received


async def read_beginning(answer: ClientResponse, *, limits: Limits, max_bytes: int, url: str) -> tuple[bytes, int]:
    """Read no more of the body than about `max_bytes`, and return it decompressed, with its size on the wire."""
    reader = BodyReader(answer, limits=limits, max_bytes=max_bytes + 4 * _STEP, url=url)
    async for kept in reader.read():
        if kept >= max_bytes:
            return b"".join(reader.parts)[:max_bytes], reader.received
    return reader.finish(), reader.received


class BodyReader:
    """Reads one body piece by piece, decompressing, under the caps."""

    def __init__(self, answer: ClientResponse, *, limits: Limits, max_bytes: int, url: str) -> None:
        self.parts: list[bytes] = []
        self.received = 0
        self._answer = answer
        self._limits = limits
        self._max_bytes = max_bytes
        self._url = url
        self._decoders = _open_decoders(answer, url)
        self._kept = 0

    async def read(self) -> AsyncIterator[int]:
        """Read on, giving after each piece how many decompressed bytes there are."""
        started = monotonic()
        while data := await self._answer.content.readany():
            self.received += len(data)
            if self.received > self._max_bytes:
                raise _too_large(self._max_bytes, self._answer, self._url)
            self._check_speed(monotonic() - started)
            if not self._decoders:
                self._keep(data)
                yield self._kept
                continue
            for start in range(0, len(data), _STEP):
                self._keep(self._decode(data[start : start + _STEP]))
                yield self._kept

    def finish(self) -> bytes:
        """Return the whole body. Raises FetchFailed where it ended early."""
        if self.received and not all(decoder.is_complete() for decoder in self._decoders):
            raise FetchFailed("The body ended early.", kind="network", url=self._url, http_status=self._answer.status)
        return b"".join(self.parts)

    def _keep(self, piece: bytes) -> None:
        self._kept += len(piece)
        if self._kept > self._max_bytes:
            raise _too_large(self._max_bytes, self._answer, self._url)
        self.parts.append(piece)

    def _decode(self, piece: bytes) -> bytes:
        room = self._max_bytes - self._kept
        for decoder in self._decoders:
            try:
                piece = decoder.feed(piece, room)
            except ValueError:
                raise FetchFailed(
                    "The compressed body is broken.", kind="not_text", url=self._url, http_status=self._answer.status
                ) from None
            if len(piece) > room:
                raise _too_large(self._max_bytes, self._answer, self._url)
        return piece

    def _check_speed(self, seconds: float) -> None:
        if seconds > self._limits.grace_seconds and self.received < self._limits.least_bytes_per_second * seconds:
            raise FetchFailed("The host sends its answer too slowly.", kind="timeout", url=self._url)


async def drain_body(answer: ClientResponse, *, max_bytes: int = _STEP, seconds: float = 1.0) -> None:
    """Read what little is left of a body that nobody wants, so that the connection can be used again.

    A body that is long or slow to come is left: closing the connection costs less.
    """
    if answer.content.at_eof() or (answer.content_length or 0) > max_bytes:
        return
    received = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while received <= max_bytes and (data := await answer.content.readany()):
                received += len(data)


def _open_decoders(answer: ClientResponse, url: str) -> list[Decoder]:
    header = ",".join(answer.headers.getall("Content-Encoding", ()))
    if not header:
        return []
    codings = [name for name in (part.strip().lower() for part in header.split(",")) if name not in {"", "identity"}]
    if len(codings) > _MAX_CODINGS or any(name not in DECODERS for name in codings):
        raise FetchFailed(
            "The body is compressed in a way that was not asked for.",
            kind="not_text",
            url=url,
            http_status=answer.status,
        )
    # The last coding named was applied last, so it comes off first (RFC 9110 §8.4).
    return [DECODERS[name]() for name in reversed(codings)]


def _too_large(max_bytes: int, answer: ClientResponse, url: str) -> FetchFailed:
    return FetchFailed(
        f"The answer is larger than {max_bytes:,} bytes.", kind="too_large", url=url, http_status=answer.status
    )
