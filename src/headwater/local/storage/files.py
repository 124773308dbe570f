"""Files on disk, each under the digest of its content, durable before anybody is told of them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20
_DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Written:
    """A file that is complete and synchronised, but not yet under its digest."""

    path: Path
    digest: str
    size: int


class TooMuch(Exception):
    """More bytes came than were allowed."""


class FileStore:
    """Keeps contents under `folder`: `blobs/ab/cd/<sha-256>` for what is kept, `temporary` for what arrives."""

    def __init__(self, folder: Path) -> None:
        self._blobs = folder / "blobs"
        self._temporary = folder / "temporary"
        self.uploads = folder / "uploads"
        for made in (self._blobs, self._temporary, self.uploads):
            made.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def write(self, parts: AsyncIterator[bytes], *, limit: int) -> Written:
        """Write what comes to a temporary file and synchronise it; no more than a part is held in memory.

        Parts go to the system's cache from the event loop, which takes microseconds: handing each to a thread was
        measured at half the speed. Synchronising, which waits for the disk, is left to a thread.

        Raises:
            TooMuch: after `limit` bytes; nothing is left behind.
            OSError: the disk refuses.
        """
        path = self._temporary / secrets.token_hex(16)
        file = await asyncio.to_thread(_create, path)
        digest, size = hashlib.sha256(), 0
        try:
            async for part in parts:
                size += len(part)
                if size > limit:
                    raise TooMuch
                digest.update(part)
                write_all(file, part)
            await asyncio.to_thread(_finish, file)
        except BaseException:
            file.close()
            path.unlink(missing_ok=True)
            raise
        return Written(path, digest.hexdigest(), size)

    async def adopt(self, path: Path) -> Written:
        """Take a finished file of a resumable upload under a name of its own: synchronised, with its digest."""
        own = self._temporary / secrets.token_hex(16)
        await asyncio.to_thread(os.link, path, own)
        return await asyncio.to_thread(_measure, own)

    def keep(self, written: Written) -> None:
        """Put a written file under its digest and synchronise the folder.

        The caller holds the digest's lock in the database, so that no sweep takes the file away between this and the
        commit of the row that names it.
        """
        final = self.find(written.digest)
        if not final.exists():
            for folder in (final.parent.parent, final.parent):
                if not folder.exists():
                    folder.mkdir(exist_ok=True, mode=0o700)
                    sync_folder(folder.parent)
            written.path.rename(final)
            sync_folder(final.parent)
        else:
            written.path.unlink(missing_ok=True)

    def discard(self, written: Written) -> None:
        """Forget a written file that wasn't kept."""
        written.path.unlink(missing_ok=True)

    def find(self, digest: str) -> Path:
        """Give where the content of a digest lies. Raises ValueError for anything but a SHA-256 in hexadecimal."""
        if len(digest) != 64 or not _DIGITS.issuperset(digest):
            raise ValueError("not a digest")
        return self._blobs / digest[:2] / digest[2:4] / digest

    def remove(self, digest: str) -> None:
        """Remove a content. The caller holds the digest's lock and has seen that no row names it."""
        self.find(digest).unlink(missing_ok=True)

    def list_older(self, moment: float) -> Iterator[str]:
        """Give the digests of the files last written before `moment` (seconds since 1970)."""
        for path in self._blobs.glob("??/??/*"):
            if len(path.name) == 64 and _DIGITS.issuperset(path.name) and _age(path) < moment:
                yield path.name

    def drop_temporary(self, moment: float) -> int:
        """Remove temporary files last written before `moment`: of uploads that broke off with their process."""
        stale = [path for path in self._temporary.iterdir() if _age(path) < moment]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)


async def gather_chunks(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Join small parts to chunks of about a mebibyte, so that a thread is asked once a chunk."""
    gathered: list[bytes] = []
    size = 0
    async for part in parts:
        gathered.append(part)
        size += len(part)
        if size >= CHUNK:
            yield b"".join(gathered)
            gathered, size = [], 0
    if size:
        yield b"".join(gathered)


async def read_chunks(file: BinaryIO, *, start: int, length: int) -> AsyncIterator[bytes]:
    """Give `length` bytes of `file` from `start` by chunks, and close it. The next chunk is read while one is sent."""
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


def _create(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)


def write_all(file: BinaryIO, content: bytes) -> None:
    """Write all of `content` to an unbuffered file, which may take less at once."""
    view = memoryview(content)
    while view:
        view = view[file.write(view) :]


def _finish(file: BinaryIO) -> None:
    os.fsync(file.fileno())
    file.close()


def _read_at(file: BinaryIO, position: int, length: int) -> bytes:
    file.seek(position)
    return file.read(length)


def _measure(path: Path) -> Written:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
        os.fsync(file.fileno())
    return Written(path, digest.hexdigest(), size)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
