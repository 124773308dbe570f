"""What arrives, on the local disk: whole and synchronised before anybody is told of it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

from headwater.local.storage.contents.stores import Written
from headwater.local.storage.contents.writing import BATCH, Part, Writer


class TooMuch(Exception):
    """More bytes came than were allowed."""


class Arrivals:
    """Takes bodies in under `folder`: `temporary` for those of one request, `uploads` for resumable ones."""

    def __init__(self, folder: Path) -> None:
        self._temporary = folder / "temporary"
        self.uploads = folder / "uploads"
        for made in (self._temporary, self.uploads):
            made.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def write(self, parts: AsyncIterator[Part], *, limit: int) -> Written:
        """Write what comes to a temporary file and synchronise it; two mebibytes at most are held in memory.

        Raises:
            TooMuch: after `limit` bytes; nothing is left behind.
            OSError: the disk refuses.
        """
        path = self._name_temporary()
        writer = Writer(await asyncio.to_thread(_create, path))
        try:
            async for part in parts:
                if writer.size + len(part) > limit:
                    raise TooMuch
                await writer.add(part)
            await writer.finish()
        except BaseException:
            writer.abandon()
            path.unlink(missing_ok=True)
            raise
        return Written(path, writer.digest.hexdigest(), writer.size)

    async def adopt(self, path: Path, digest: str | None) -> Written:
        """Take a finished, synchronised file under a name of its own; without its digest it is read for it."""
        own = self._name_temporary()
        await asyncio.to_thread(os.link, path, own)
        found, size = await asyncio.to_thread(_measure, own, digest)
        return Written(own, found, size)

    async def discard(self, written: Written) -> None:
        """Forget a written file that wasn't kept."""
        await asyncio.to_thread(written.path.unlink, missing_ok=True)

    def drop_temporary(self, moment: float) -> int:
        """Remove temporary files last written before `moment`: of uploads that broke off with their process."""
        stale = [path for path in self._temporary.iterdir() if read_age(path) < moment]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def _name_temporary(self) -> Path:
        return self._temporary / secrets.token_hex(16)


def read_age(path: Path) -> float:
    """Return when a file was last written, in seconds since 1970; one that is gone is of the future."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def hash_file(path: Path, digest: hashlib._Hash | None = None, *, start: int = 0) -> hashlib._Hash:
    """Return the SHA-256 of a file, or go on with one that has the bytes before `start`."""
    digest = digest or hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        while chunk := file.read(BATCH):
            digest.update(chunk)
    return digest


def _create(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)


def _measure(path: Path, digest: str | None) -> tuple[str, int]:
    return digest or hash_file(path).hexdigest(), path.stat().st_size
