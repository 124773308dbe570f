"""Unfinished resumable uploads on disk: the bytes so far, and beside them what the upload is to become."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from headwater.local.storage.errors import StorageError
from headwater.local.storage.files import gather_chunks, sync_folder, write_all

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Upload:
    """What an unfinished upload is to become, and whose it is. `expires` is in seconds since 1970."""

    id: str
    bucket: str
    name: str
    length: int
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

    def begin(self, **described: Any) -> Upload:
        """Make an empty upload."""
        upload = Upload(id=secrets.token_hex(16), **described)
        self.part(upload.id).touch(mode=0o600, exist_ok=False)
        fresh = self._folder / f"{upload.id}.new"
        with fresh.open("wb") as file:
            file.write(orjson.dumps(asdict(upload)))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self._folder / f"{upload.id}.json")
        sync_folder(self._folder)
        return upload

    def find(self, upload_id: str, *, now: float) -> Upload | None:
        """Give an upload, or None where there is none or its time is over."""
        if _ID.fullmatch(upload_id) is None:
            return None
        try:
            upload = Upload(**orjson.loads((self._folder / f"{upload_id}.json").read_bytes()))
        except FileNotFoundError:
            return None
        return upload if now < upload.expires else None

    def part(self, upload_id: str) -> Path:
        """Give where the bytes of an upload are."""
        return self._folder / f"{upload_id}.part"

    def measure(self, upload: Upload) -> int:
        """Give how many bytes have come."""
        try:
            return self.part(upload.id).stat().st_size
        except FileNotFoundError:
            # Its bytes have become an object in this moment.
            return upload.length

    async def append(self, upload: Upload, parts: AsyncIterator[bytes]) -> int:
        """Add what comes, and give how much there is then. What has come before a break stays.

        Raises:
            StorageError: 413 for more than was announced; what came of it until then stays.
        """
        file = await asyncio.to_thread(self.part(upload.id).open, "ab", buffering=0)
        size = self.measure(upload)
        try:
            async for chunk in gather_chunks(_until_broken(parts)):
                if size + len(chunk) > upload.length:
                    raise StorageError(413, "TusError", "Upload-Offset exceeds Upload-Length", wire_status=413)
                await asyncio.to_thread(write_all, file, chunk)
                size += len(chunk)
            await asyncio.to_thread(os.fsync, file.fileno())
        finally:
            file.close()
        return size

    def forget(self, upload: Upload) -> None:
        """Remove an upload with its bytes."""
        (self._folder / f"{upload.id}.json").unlink(missing_ok=True)
        self.part(upload.id).unlink(missing_ok=True)

    def drop_expired(self, now: float) -> int:
        """Remove the uploads whose time is over; gives their number."""
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
