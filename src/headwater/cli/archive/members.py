"""Reads the members of a tar file from foreign hands: plain files and folders alone, the same on every Python.

`tarfile` as a whole takes links, devices, sparse files and headers of any size, and which of them it refuses depends on
the patch release (`extractall(filter=…)` came with 3.11.4); so only its reading of one header is used here. What an
archive may hold is a part of POSIX pax and GNU tar: https://www.gnu.org/software/tar/manual/html_node/Standard.html
"""

from __future__ import annotations

import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from headwater.cli.archive.contents import MAX_NAME_BYTES, BadArchive

CHUNK = 1 << 20
BLOCK = tarfile.BLOCKSIZE
_FILES, _FOLDER = {tarfile.REGTYPE, tarfile.AREGTYPE}, tarfile.DIRTYPE
_MAX_PAX_BYTES = 64 * 1024
# Ends are filled up to a record; a few of them are nothing to worry about.
_MAX_END_BYTES = 64 * tarfile.RECORDSIZE


@dataclass(frozen=True)
class Member:
    """A file or folder of an archive; `offset` and `size` are those of its contents, in bytes."""

    name: str
    is_folder: bool
    offset: int
    size: int


class ArchiveFile:
    """An archive that is open for reading."""

    def __init__(self, path: Path) -> None:
        """Raises BadArchive when it can't be opened, or is no ordinary file."""
        try:
            # Looked at before it is opened: opening a pipe would wait for somebody to write to it.
            if not stat.S_ISREG(path.stat().st_mode):
                raise BadArchive("it is no ordinary file")
            self._stream = path.open("rb")
            self.length = path.stat().st_size
        except OSError as error:
            raise BadArchive(f"it can't be read: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def read(self, offset: int, size: int) -> bytes:
        """Return exactly these bytes. Raises BadArchive where they aren't there."""
        try:
            self._stream.seek(offset)
            found = self._stream.read(size)
        except OSError as error:
            raise BadArchive(f"it can't be read: {error.strerror}") from error
        if len(found) < size:
            raise BadArchive("it ends too early")
        return found

    def read_chunks(self, member: Member) -> Iterator[bytes]:
        """Return a member's contents, a mebibyte at a time."""
        for done in range(0, member.size, CHUNK):
            yield self.read(member.offset + done, min(CHUNK, member.size - done))

    def list_members(self) -> Iterator[Member]:
        """Return the members in their order, up to the mark that ends them.

        Raises:
            BadArchive: it is cut off or damaged, or holds anything but files and folders.
        """
        position, name, size = 0, None, None
        while (block := self.read(position, BLOCK)).count(0) < BLOCK:
            header = _parse_header(block)
            found = Member(name or header.name, header.type == _FOLDER, position + BLOCK, header.size)
            if header.type in {tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE}:
                name, size = self._read_extension(found, kind=header.type, name=name, size=size)
            elif header.type in _FILES or (header.type == _FOLDER and header.size == 0):
                found = Member(found.name, found.is_folder, found.offset, header.size if size is None else size)
                self._check_size(found)
                yield found
                name, size = None, None
            else:
                raise BadArchive(f"it holds {found.name[:80]!r}, which is neither file nor folder")
            position = found.offset + -(-found.size // BLOCK) * BLOCK
        if name is not None or size is not None:
            raise BadArchive("it is damaged")
        self._check_end(position + BLOCK)

    def _check_size(self, member: Member) -> None:
        if member.size < 0:
            raise BadArchive("it is damaged")
        if member.offset + member.size > self.length:
            raise BadArchive("it ends too early")

    def _check_end(self, position: int) -> None:
        """The mark is two empty blocks; after it nothing may stand."""
        left = self.length - position
        if left < BLOCK:
            raise BadArchive("it ends too early")
        if left > _MAX_END_BYTES or self.read(position, left).count(0) < left:
            raise BadArchive("something stands after its end")

    def _read_extension(
        self, member: Member, *, kind: bytes, name: str | None, size: int | None
    ) -> tuple[str | None, int | None]:
        """Return what a header before a header says of the member that follows: its name and size, as far as given."""
        if not 0 <= member.size <= _MAX_PAX_BYTES:
            raise BadArchive("it holds a header that is too large")
        contents = self.read(member.offset, member.size)
        try:
            if kind == tarfile.GNUTYPE_LONGNAME:
                # GNU tar ends the name with a NUL, and folders with a slash.
                return contents.removesuffix(b"\0").decode().removesuffix("/"), size
            records = _parse_pax(contents)
            if any(key.startswith("GNU.sparse") for key in records):
                raise BadArchive("it holds a sparse file")
            given = records.get("size")
            if given is not None and not (given.isascii() and given.isdigit() and len(given) < 20):
                raise BadArchive("it is damaged")
            path = records.get("path")
            return path.removesuffix("/") if path is not None else name, size if given is None else int(given)
        except UnicodeDecodeError as error:
            raise BadArchive("it holds a name that is no UTF-8") from error


def _parse_header(block: bytes) -> tarfile.TarInfo:
    """Read a header of 512 bytes, whose checksum must be right."""
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, ValueError) as error:
        raise BadArchive("it is no tar file, or damaged") from error


def _parse_pax(contents: bytes) -> dict[str, str]:
    """Read records of the form `length key=value\\n`. Raises BadArchive, and UnicodeDecodeError."""
    records: dict[str, str] = {}
    while contents:
        length, _, rest = contents.partition(b" ")
        if not (length.isdigit() and len(length) < 6):
            raise BadArchive("it is damaged")
        record = rest[: int(length) - len(length) - 1]
        key, separator, value = record.partition(b"=")
        if not (separator and record.endswith(b"\n") and len(length) + 1 + len(record) == int(length)):
            raise BadArchive("it is damaged")
        if len(value) <= MAX_NAME_BYTES + 1:
            records[key.decode()] = value[:-1].decode()
        elif key in {b"path", b"size"}:
            raise BadArchive("it holds a name that is too long")
        contents = contents[int(length) :]
    return records
