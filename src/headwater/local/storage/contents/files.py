"""Contents on disk, each under its digest, durable before anybody is told of them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import BinaryIO

from headwater.local.storage.contents.arrivals import read_age
from headwater.local.storage.contents.stores import OpenContent, Written, name_blob, read_blob_name

CHUNK = 1 << 20


class FileStore:
    """Keeps contents in `folder` as `blobs/ab/cd/<sha-256>`. It must be on the same file system as what arrives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "blobs").mkdir(parents=True, exist_ok=True, mode=0o700)

    async def bring(self, written: Written) -> None:
        """Do nothing: the file is on this disk already."""

    async def keep(self, written: Written) -> None:
        """Put a written file under its digest and synchronise the folder. Raises OSError."""
        await asyncio.to_thread(self._keep, written)

    def _keep(self, written: Written) -> None:
        final = self.find(written.digest)
        if final.exists():
            return
        for folder in (final.parent.parent, final.parent):
            if not folder.exists():
                folder.mkdir(exist_ok=True, mode=0o700)
                sync_folder(folder.parent)
        written.path.rename(final)
        sync_folder(final.parent)

    def find(self, digest: str) -> Path:
        """Return where the content of a digest lies. Raises ValueError for anything but a SHA-256 in hexadecimal."""
        return self._folder / name_blob(digest)

    async def has(self, digest: str) -> bool:
        """Say whether a content is there."""
        return await asyncio.to_thread(self.find(digest).exists)

    async def open(self, digest: str, *, start: int, length: int) -> OpenContent:
        """Read a part of a content; what is open stays readable when it is removed. Raises FileNotFoundError."""
        file = await asyncio.to_thread(self.find(digest).open, "rb", buffering=0)
        parts = read_chunks(file, start=start, length=length)

        async def close() -> None:
            # What was begun waits for its thread; what never was doesn't close the file.
            await parts.aclose()
            file.close()

        return OpenContent(parts, close)

    async def remove(self, digest: str) -> None:
        """Remove a content."""
        await asyncio.to_thread(self.find(digest).unlink, missing_ok=True)

    async def list_older(self, moment: float) -> list[str]:
        """Return the digests of the contents last written before `moment` (seconds since 1970)."""
        return await asyncio.to_thread(self._list_older, moment)

    def _list_older(self, moment: float) -> list[str]:
        found = []
        for path in (self._folder / "blobs").glob("??/??/*"):
            digest = read_blob_name(path.as_posix())
            if digest is not None and read_age(path) < moment:
                found.append(digest)
        return found

    async def drop_unfinished(self, moment: float) -> int:
        """Return 0: a content on disk appears whole, by its renaming."""
        return 0


async def read_chunks(file: BinaryIO, *, start: int, length: int) -> AsyncGenerator[bytes, None]:
    """Yield `length` bytes of `file` from `start` by chunks, and close it. The next chunk is read while one is sent."""
    reading: asyncio.Future[bytes] | None = None
    try:
        position, end = start, start + length
        while position < end or reading is not None:
            chunk = await reading if reading is not None else b""
            reading = None
            if position < end:
                wanted = min(CHUNK, end - position)
                reading = asyncio.ensure_future(asyncio.to_thread(_read_at, file, position, wanted))
                position += wanted
            if chunk:
                yield chunk
    finally:
        if reading is not None:
            await asyncio.wait([reading])
        file.close()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_at(file: BinaryIO, position: int, length: int) -> bytes:
    file.seek(position)
    return file.read(length)
