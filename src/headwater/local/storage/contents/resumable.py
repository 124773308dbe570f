"""Unfinished resumable uploads on disk: the bytes so far, and beside them what the upload is to become."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from headwater.local.storage.contents.arrivals import hash_file
from headwater.local.storage.contents.files import sync_folder
from headwater.local.storage.contents.writing import Writer
from headwater.local.storage.errors import StorageError

# Each takes less than a kilobyte; one that was dropped is made again from the file.
_MAX_DIGESTS = 1_024
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Upload:
    """What an unfinished upload is to become, and whose it is.

    `length` is None as long as its sender hasn't said it, and `most` the largest it may be, both in bytes; `expires` is
    in seconds since 1970.
    """

    id: str
    bucket: str
    name: str
    length: int | None
    most: int
    role: str
    owner_id: str | None
    upsert: bool
    signed: bool
    mime_type: str
    cache_control: str
    expires: float
    raw_metadata: str
    user_metadata: Mapping[str, Any] = field(default_factory=dict)


class UploadStore:
    """Keeps unfinished uploads in `folder`: `<id>.json` describes one and `<id>.part` holds its bytes so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._busy: set[str] = set()
        self._digests: OrderedDict[str, tuple[hashlib._Hash, int]] = OrderedDict()

    def begin(self, **described: Any) -> Upload:
        """Make an empty upload."""
        upload = Upload(id=secrets.token_hex(16), **described)
        self.part(upload.id).touch(mode=0o600, exist_ok=False)
        self._describe(upload)
        return upload

    def settle_length(self, upload: Upload, length: int) -> Upload:
        """Note the length of an upload that was begun without one."""
        settled = replace(upload, length=length)
        self._describe(settled)
        return settled

    def _describe(self, upload: Upload) -> None:
        fresh = self._folder / f"{upload.id}.new"
        with fresh.open("wb") as file:
            file.write(orjson.dumps(asdict(upload)))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._folder / f"{upload.id}.json")
        sync_folder(self._folder)

    def find(self, upload_id: str, *, now: float) -> Upload | None:
        """Return an upload, or None where there is none or its time is over."""
        if _ID.fullmatch(upload_id) is None:
            return None
        try:
            upload = Upload(**orjson.loads((self._folder / f"{upload_id}.json").read_bytes()))
        except FileNotFoundError:
            return None
        return upload if now < upload.expires else None

    def part(self, upload_id: str) -> Path:
        """Return where the bytes of an upload are."""
        return self._folder / f"{upload_id}.part"

    def measure(self, upload: Upload) -> int:
        """Return how many bytes have come."""
        try:
            return self.part(upload.id).stat().st_size
        except FileNotFoundError:
            # Its bytes have become an object in this moment.
            return upload.length or 0

    async def append(self, upload: Upload, parts: AsyncIterator[bytes]) -> int:
        """Add what comes, synchronise it, and return how much there is then. What has come before a break stays.

        Raises:
            StorageError: 413 for more than was announced or is allowed; what came of it until then stays.
            OSError: the disk refuses.
        """
        path, size = self.part(upload.id), self.measure(upload)
        most = upload.most if upload.length is None else upload.length
        digest = await self._hash_so_far(upload, size)
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)
        writer = Writer(await asyncio.to_thread(os.open, path, flags), digest=digest, size=size)
        try:
            async for part in _until_broken(parts):
                if writer.size + len(part) > most:
                    raise StorageError(413, "TusError", "Upload-Offset exceeds Upload-Length", wire_status=413)
                await writer.add(part)
            await writer.finish()
        except BaseException:
            writer.abandon()
            raise
        self._remember(upload, writer.digest, writer.size)
        return writer.size

    def find_digest(self, upload: Upload) -> str | None:
        """Return the digest of all its bytes where it is at hand."""
        known = self._digests.get(upload.id)
        return known[0].hexdigest() if known is not None and known[1] == upload.length else None

    async def _hash_so_far(self, upload: Upload, size: int) -> hashlib._Hash:
        """Return the digest of what there is: what this process knows of it, and the rest read from the file."""
        digest, known = self._digests.pop(upload.id, (hashlib.sha256(), 0))
        if known == size:
            return digest
        if known > size:
            digest, known = hashlib.sha256(), 0
        return await asyncio.to_thread(hash_file, self.part(upload.id), digest, start=known)

    def _remember(self, upload: Upload, digest: hashlib._Hash, size: int) -> None:
        self._digests[upload.id] = digest, size
        while len(self._digests) > _MAX_DIGESTS:
            self._digests.popitem(last=False)

    def forget(self, upload: Upload) -> None:
        """Remove an upload with its bytes."""
        self._digests.pop(upload.id, None)
        (self._folder / f"{upload.id}.json").unlink(missing_ok=True)
        self.part(upload.id).unlink(missing_ok=True)

    def drop_expired(self, now: float) -> int:
        """Remove the uploads whose time is over; returns their number."""
        dropped = 0
        for path in self._folder.glob("*.json"):
            try:
                upload = Upload(**orjson.loads(path.read_bytes()))
            except FileNotFoundError:
                continue
            if upload.expires <= now and upload.id not in self._busy:
                self.forget(upload)
                dropped += 1
        return dropped

    @contextmanager
    def lock(self, upload: Upload) -> Iterator[None]:
        """Keep an upload to one request at a time. Raises 423 for the second."""
        if upload.id in self._busy:
            raise StorageError(423, "ResourceLocked", "The upload is busy", code="ResourceLocked", wire_status=423)
        self._busy.add(upload.id)
        try:
            with _lock_file(self.part(upload.id)):
                yield
        finally:
            self._busy.discard(upload.id)


@contextmanager
def _lock_file(path: Path) -> Iterator[None]:
    """Keep other processes away as well, where the system can."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        raise StorageError(404, "NoSuchUpload", "Upload not found", wire_status=404) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise StorageError(423, "ResourceLocked", "The upload is busy", wire_status=423) from None
    finally:
        os.close(descriptor)


async def _until_broken(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """End where the connection ends: that is what resuming is for."""
    try:
        async for part in parts:
            yield part
    except ConnectionError:
        return
