"""Reads an archive from its first byte to its last: to see that it is whole, and to unpack it."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from headwater.cli.archive.contents import (
    CHECKSUMS,
    DUMP,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    MAX_NAME_BYTES,
    BadArchive,
    Manifest,
    check_name,
    parse_checksum,
    parse_manifest,
)
from headwater.cli.archive.members import ArchiveFile, Member
from headwater.core.errors import InvalidInput

_MAX_LINE_BYTES = MAX_NAME_BYTES + 128


@dataclass
class _Seen:
    """What has been read: the SHA-256 of each file by its name, and every folder named or implied."""

    digests: dict[str, str] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)

    def add(self, member: Member) -> None:
        """Note a member. Raises BadArchive when its name is taken, or a file stands where its folder should be."""
        parents = [str(parent) for parent in Path(member.name).parents][:-1]
        taken = member.name in self.digests or (member.name in self.folders and not member.is_folder)
        if taken or any(parent in self.digests for parent in parents):
            raise BadArchive(f"it holds {member.name[:80]!r} twice")
        self.folders.update(parents)
        if member.is_folder:
            self.folders.add(member.name)


async def read_archive(file: Path, *, unpack_into: Path | None = None) -> Manifest:
    """Read a whole archive and compare every checksum; with `unpack_into`, write its members there (0600).

    That folder must be empty and ours alone. Memory is bounded by a mebibyte and the names.

    Raises:
        InvalidInput: it is no archive of ours, or damaged; the message is one line that says why.
        OSError: something can't be written.
    """
    try:
        with ArchiveFile(file) as archive:
            return await _read(archive, unpack_into)
    except BadArchive as error:
        raise InvalidInput(f"{file} is no archive that can be restored: {error}.") from error


async def _read(archive: ArchiveFile, unpack_into: Path | None) -> Manifest:
    manifest: Manifest | None = None
    seen = _Seen()
    was_compared = False
    for member in archive.list_members():
        check_name(member.name, is_folder=member.is_folder)
        if was_compared:
            raise BadArchive("something stands after its checksums")
        seen.add(member)
        if manifest is None:
            manifest = _read_manifest(archive, member)
        if member.is_folder:
            if unpack_into is not None:
                _make_folder(unpack_into / member.name)
        elif member.name == CHECKSUMS:
            if manifest.format == 1:
                raise BadArchive("its manifest can't be right")
            await _compare(archive, member, seen.digests)
            was_compared = True
        else:
            seen.digests[member.name] = await _read_file(archive, member, unpack_into)
    if manifest is None or DUMP not in seen.digests or not (was_compared or manifest.format == 1):
        raise BadArchive("it is incomplete")
    return manifest


def _read_manifest(archive: ArchiveFile, member: Member) -> Manifest:
    if member.name != MANIFEST:
        raise BadArchive("no manifest stands at its beginning")
    if member.size > MAX_MANIFEST_BYTES:
        raise BadArchive("its manifest is too large")
    return parse_manifest(archive.read(member.offset, member.size))


async def _read_file(archive: ArchiveFile, member: Member, unpack_into: Path | None) -> str:
    """Read a file to its end, write it where that is asked for, and return its SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    target = None
    if unpack_into is not None:
        path = unpack_into / member.name
        _make_folder(path.parent)
        target = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        for chunk in archive.read_chunks(member):
            digest.update(chunk)
            if target is not None:
                target.write(chunk)
            # Ctrl-C is heard between two chunks.
            await asyncio.sleep(0)
    finally:
        if target is not None:
            target.close()
    return digest.hexdigest()


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, for us alone each (`mkdir` gives the mode to the last alone)."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700)


async def _compare(archive: ArchiveFile, member: Member, digests: dict[str, str]) -> None:
    """Compare what was read with the list. Raises BadArchive where they differ."""
    left = dict(digests)
    async for line in _read_lines(archive, member):
        name, digest = parse_checksum(line)
        if left.pop(name, None) != digest:
            raise BadArchive(f"{name[:80]!r} is damaged, or missing")
    if left:
        raise BadArchive(f"{next(iter(left))[:80]!r} has no checksum")


async def _read_lines(archive: ArchiveFile, member: Member) -> AsyncIterator[bytes]:
    rest = b""
    for chunk in archive.read_chunks(member):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line + b"\n"
        if len(rest) > _MAX_LINE_BYTES:
            break
        await asyncio.sleep(0)
    if rest:
        raise BadArchive("its checksums can't be read")
