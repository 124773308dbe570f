"""Keeps contents in a bucket under their digests, in parts where they are large."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

from headwater.local.settings import PlaneSettings
from headwater.local.storage.contents.s3.client import HttpClient, S3Client, S3Config
from headwater.local.storage.contents.s3.signature import Credentials
from headwater.local.storage.contents.stores import OpenContent, StoreAway, Written, name_blob, read_blob_name

_PART = 8 << 20
_MAX_PARTS = 10_000
_AT_ONCE = 3
_CHUNK = 4 << 20


def open_s3_store(settings: PlaneSettings, client: HttpClient) -> S3Store:
    """Return the store that the settings name. Raises ValueError where they don't."""
    key, secret, token = settings.aws_access_key_id, settings.aws_secret_access_key, settings.aws_session_token
    if settings.storage_s3_bucket is None or key is None or secret is None:
        raise ValueError("the settings name no bucket, or no access key")
    config = S3Config(
        bucket=settings.storage_s3_bucket,
        region=settings.storage_s3_region,
        credentials=Credentials(
            key.get_secret_value(), secret.get_secret_value(), token.get_secret_value() if token else None
        ),
        endpoint=settings.storage_s3_endpoint,
        path_style=settings.storage_s3_force_path_style,
    )
    return S3Store(S3Client(config, client))


class S3Store:
    """A ContentStore over a bucket. What it has is named by its digest, so writing it twice does no harm."""

    def __init__(self, client: S3Client, *, part_size: int = _PART) -> None:
        """Take the size of parts in bytes: 5 MiB at least, which is S3's rule."""
        self._client = client
        self._part_size = part_size

    async def bring(self, written: Written) -> None:
        """Upload a file, unless its content is there."""
        key = name_blob(written.digest)
        if await self._client.has(key):
            return
        if written.size > self._part_size:
            await self._upload_parts(key, written)
        else:
            await self._client.put(key, await asyncio.to_thread(written.path.read_bytes), written.digest)

    async def keep(self, written: Written) -> None:
        """See that the content is there still: a sweep may have come between."""
        await self.bring(written)

    async def has(self, digest: str) -> bool:
        """Say whether a content is there."""
        return await self._client.has(name_blob(digest))

    async def open(self, digest: str, *, start: int, length: int) -> OpenContent:
        """Read a part of a content. Raises FileNotFoundError."""
        key = name_blob(digest)
        if length == 0:
            if not await self._client.has(key):
                raise FileNotFoundError(key)
            first = b""
        else:
            first = await self._client.get_range(key, start, min(length, _CHUNK))
        parts = self._read_on(key, first, start + len(first), start + length)
        return OpenContent(parts, parts.aclose)

    async def _read_on(self, key: str, first: bytes, position: int, end: int) -> AsyncGenerator[bytes, None]:
        """Yield `first` and what follows it; the next chunk is read while one is sent."""
        chunk, reading = first, None
        try:
            while chunk:
                if position < end:
                    wanted = min(_CHUNK, end - position)
                    reading = asyncio.create_task(self._client.get_range(key, position, wanted))
                    position += wanted
                yield chunk
                chunk, reading = await reading if reading else b"", None
        finally:
            if reading is not None:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def remove(self, digest: str) -> None:
        """Remove a content."""
        await self._client.delete(name_blob(digest))

    async def list_older(self, moment: float) -> list[str]:
        """Return the digests of the contents last written before `moment` (seconds since 1970)."""
        listed = [found async for found in self._client.list_objects("blobs/") if found.moment.timestamp() < moment]
        digests = (read_blob_name(found.key) for found in listed)
        return [digest for digest in digests if digest is not None]

    async def drop_unfinished(self, moment: float) -> int:
        """Abort the uploads in parts that were begun before `moment`: nobody sees them, but they are paid for."""
        stale = [found async for found in self._client.list_uploads("blobs/") if found.moment.timestamp() < moment]
        for found in stale:
            await self._client.abort_upload(found.key, found.upload)
        return len(stale)

    async def _upload_parts(self, key: str, written: Written) -> None:
        size = max(self._part_size, -(-written.size // _MAX_PARTS))
        upload = await self._client.begin_upload(key)
        turns = asyncio.Semaphore(_AT_ONCE)

        async def send(number: int) -> str:
            async with turns:
                part = await asyncio.to_thread(_read_part, written.path, (number - 1) * size, size)
                return await self._client.put_part(key, upload, number, part)

        tasks = [asyncio.create_task(send(number)) for number in range(1, -(-written.size // size) + 1)]
        try:
            tags = await asyncio.gather(*tasks)
            await self._client.complete_upload(key, upload, tags)
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            # What can't be aborted now is when it is old.
            with suppress(StoreAway):
                await self._client.abort_upload(key, upload)
            raise


def _read_part(path: Path, start: int, length: int) -> bytes:
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        return file.read(length)
