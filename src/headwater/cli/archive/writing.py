"""Writes an archive: under another name until it is whole, on the disk, and read back."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import tarfile
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import headwater
from headwater.cli.archive.contents import (
    CHECKSUMS,
    DUMP,
    FORMAT,
    KEPT,
    LEFT_OUT,
    MANIFEST,
    STORAGE,
    BadArchive,
    Manifest,
    check_name,
    format_checksum,
)
from headwater.cli.archive.members import BLOCK, CHUNK
from headwater.cli.archive.programs import dump_database
from headwater.cli.archive.reading import read_archive
from headwater.cli.archive.troubles import explain_os_error
from headwater.core.clock import now
from headwater.core.errors import Conflict, InvalidInput
from headwater.core.settings import Settings, SettingsError
from headwater.local.settings import load_plane_settings
from headwater.local.storage.contents.files import sync_folder
from headwater.process.folders import lock_now


@dataclass(frozen=True)
class WrittenArchive:
    """An archive that was written."""

    manifest: Manifest
    file: Path
    size: int
    """In bytes."""


def _keeps_files_here(settings: Settings) -> bool:
    """Return whether stored files are in the data folder, as far as that is the stand-in's to say."""
    return settings.supabase_url is not None or load_plane_settings(settings).storage_backend == "file"


async def write_archive(settings: Settings, file: Path, *, overwrite: bool) -> WrittenArchive:
    """Write the archive beside its final name, read it back, and move it there.

    Raises:
        Conflict: the file exists, or another backup writes it.
        InvalidInput: the file can't be an archive, or something in the data folder can't be part of one.
        SettingsError: there is no database to back up.
        ToolFailed: pg_dump failed.
        Unavailable: the disk is full, or the folder can't be written.
    """
    from headwater import services

    _refuse_existing(file, overwrite=overwrite)
    database_url = services.complete_settings(settings).resolved_database_url
    if database_url is None:
        raise SettingsError("DATABASE_URL: is unset and no embedded Postgres runs here; start it with `headwater up`")
    manifest = Manifest(FORMAT, headwater.__version__, now().isoformat(), _keeps_files_here(settings))
    try:
        with _open_draft(file) as (draft, stream):
            await _write(stream, settings, manifest, database_url)
            await asyncio.to_thread(os.fsync, stream.fileno())
            await read_archive(draft)
            _refuse_existing(file, overwrite=overwrite)
            draft.replace(file)
            sync_folder(file.absolute().parent)
            return WrittenArchive(manifest, file, file.stat().st_size)
    except OSError as error:
        raise explain_os_error(error, file.absolute().parent, what="The backup") from error


def _refuse_existing(file: Path, *, overwrite: bool) -> None:
    if file.is_dir():
        raise InvalidInput(f"{file} is a folder.", hint="Name a file in it.")
    if file.exists() and not overwrite:
        raise Conflict(f"{file} exists.", hint="Choose another name, or add --overwrite.")


@contextmanager
def _open_draft(file: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Open the file that becomes the archive. A draft that a killed backup left is written over; none is left."""
    draft = file.with_name(f".{file.name}.partial")
    with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as stream:
        try:
            lock_now(stream)
            if not os.path.samestat(os.fstat(stream.fileno()), draft.stat()):
                raise BlockingIOError
        except (BlockingIOError, FileNotFoundError, PermissionError) as error:
            raise Conflict(f"Another backup writes {file} at the moment.") from error
        stream.truncate()
        try:
            yield draft, stream
        finally:
            draft.unlink(missing_ok=True)


async def _write(stream: BinaryIO, settings: Settings, manifest: Manifest, database_url: str) -> None:
    writer = _MemberWriter(stream)
    await writer.add(MANIFEST, _repeat(manifest.encode()))
    for name in KEPT:
        if name != STORAGE:
            await _add_file(writer, settings.data_folder / name, name)
    # The database first: what is uploaded later is in the archive without being known, which harms nobody. What is
    # deleted while we write can't be read any more, and its row is in the dump: as if it were deleted after a restore.
    async with aclosing(dump_database(database_url)) as chunks:
        await writer.add(DUMP, chunks)
    if manifest.holds_files:
        for path in _list_stored(settings.data_folder / STORAGE):
            await _add_file(writer, path, path.relative_to(settings.data_folder).as_posix())
    await writer.add(CHECKSUMS, _repeat(b"".join(writer.checksums)))
    writer.finish()


def _list_stored(folder: Path) -> Iterator[Path]:
    """Return every stored file. Raises InvalidInput for what an archive can't hold."""
    for parent, folders, files in os.walk(folder):
        if Path(parent) == folder and LEFT_OUT in folders:
            folders.remove(LEFT_OUT)
        folders.sort()
        for name in folders:
            if (Path(parent) / name).is_symlink():
                raise InvalidInput(f"{Path(parent) / name} is a link, which an archive can't hold.")
        yield from (Path(parent) / name for name in sorted(files))


async def _add_file(writer: _MemberWriter, path: Path, name: str) -> None:
    """Add a file, if it is there: stored files may be deleted while the backup runs."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise InvalidInput(f"{path} is no ordinary file, and an archive can't hold it.")
        check_name(name, is_folder=False)
        stream = path.open("rb")
    except FileNotFoundError:
        return
    except (BadArchive, UnicodeEncodeError) as error:
        raise InvalidInput(f"{str(path)!r} has a name that an archive can't hold.") from error
    with stream:
        await writer.add(name, _read(stream, size=status.st_size))


class _MemberWriter:
    """Appends members to a tar file (GNU format: a header is one block, however large the member)."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._moment = int(now().timestamp())
        self.checksums: list[bytes] = []

    async def add(self, name: str, chunks: AsyncIterator[bytes]) -> None:
        """Append a file. How long it is, is known at its end, so its header is written again then."""
        start = self._stream.tell()
        self._stream.write(self._make_header(name, 0))
        begin, digest = self._stream.tell(), hashlib.sha256()
        async for chunk in chunks:
            digest.update(chunk)
            self._stream.write(chunk)
        end = self._stream.tell()
        self._stream.write(bytes(-end % BLOCK))
        self._stream.seek(start)
        self._stream.write(self._make_header(name, end - begin))
        self._stream.seek(0, os.SEEK_END)
        self.checksums.append(format_checksum(name, digest.hexdigest()))

    def finish(self) -> None:
        """Write the mark of the end: two empty blocks, filled up to a record."""
        self._stream.write(bytes(2 * BLOCK))
        self._stream.write(bytes(-self._stream.tell() % tarfile.RECORDSIZE))
        self._stream.flush()

    def _make_header(self, name: str, size: int) -> bytes:
        header = tarfile.TarInfo(name)
        header.size, header.mode, header.mtime = size, 0o600, self._moment
        return header.tobuf(tarfile.GNU_FORMAT, "utf-8", "strict")


async def _repeat(contents: bytes) -> AsyncIterator[bytes]:
    yield contents


async def _read(stream: BinaryIO, *, size: int) -> AsyncIterator[bytes]:
    """Return the first `size` bytes, or what there is of them."""
    while size > 0 and (chunk := stream.read(min(CHUNK, size))):
        yield chunk
        size -= len(chunk)
        # Ctrl-C is heard between two chunks.
        await asyncio.sleep(0)
