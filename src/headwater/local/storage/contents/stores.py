"""What Storage needs of the place that keeps contents: a folder, or a bucket of an S3-compatible store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Written:
    """A file that is complete and synchronised, but not yet kept under its digest (SHA-256 in hexadecimal)."""

    path: Path
    digest: str
    size: int


@dataclass(frozen=True)
class OpenContent:
    """A content that is being read: its bytes by chunks, and what to call however the reading ends."""

    parts: AsyncIterator[bytes]
    close: Callable[[], Awaitable[None]]


class StoreAway(Exception):
    """The store doesn't answer, or refuses us; the message says why and is for the log alone."""


class ContentStore(Protocol):
    """Keeps contents under their digests. Every method may raise OSError or StoreAway, and ValueError for no digest."""

    async def bring(self, written: Written) -> None:
        """Do what takes long of keeping a file: before the transaction, so that no lock waits for it."""

    async def keep(self, written: Written) -> None:
        """Put a file under its digest, durably.

        The caller holds the digest's lock in the database, so that no sweep takes the content away between this and the
        commit of the row that names it.
        """

    async def has(self, digest: str) -> bool:
        """Say whether a content is there."""

    async def open(self, digest: str, *, start: int, length: int) -> OpenContent:
        """Read `length` bytes from `start`. Raises FileNotFoundError."""

    async def remove(self, digest: str) -> None:
        """Remove a content. The caller holds the digest's lock and has seen that no row names it."""

    async def list_older(self, moment: float) -> list[str]:
        """Return the digests of the contents last written before `moment` (seconds since 1970)."""

    async def drop_unfinished(self, moment: float) -> int:
        """Remove what was begun before `moment` and never finished; returns its number."""


def check_digest(digest: str) -> str:
    """Return a digest back. Raises ValueError for anything but a SHA-256 in hexadecimal."""
    if len(digest) != 64 or not _DIGITS.issuperset(digest):
        raise ValueError("not a digest")
    return digest


def name_blob(digest: str) -> str:
    """Return the relative name under which every store keeps a content. Raises ValueError."""
    check_digest(digest)
    return f"blobs/{digest[:2]}/{digest[2:4]}/{digest}"


def read_blob_name(name: str) -> str | None:
    """Return the digest that a name ends with, or None where it is no content of ours."""
    digest = name.rsplit("/", 1)[-1]
    try:
        return digest if name.endswith(name_blob(digest)) else None
    except ValueError:
        return None
