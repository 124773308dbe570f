"""Archives made by hand, right ones and such as no backup writes."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path

MANIFEST = json.dumps({"format": 2, "version": "0.1.0", "made_at": "2026-11-30T12:00:00+00:00"}).encode()
DUMP = b"PGDMP" + bytes(range(256)) * 8
BLOB = f"storage/blobs/ab/cd/{'ab' * 32}"
CONTENTS = {"manifest.json": MANIFEST, "keys.json": b"{}", "database.dump": DUMP, BLOB: b"stored"}

Entry = tuple[tarfile.TarInfo, bytes]


def make_entry(name: str, contents: bytes = b"", *, kind: bytes = tarfile.REGTYPE, size: int | None = None) -> Entry:
    """Make a member; `size` may lie about its contents."""
    header = tarfile.TarInfo(name)
    header.type, header.size = kind, len(contents) if size is None else size
    return header, contents


def make_entries(contents: dict[str, bytes] | None = None, *, checksums: bytes | None = None) -> list[Entry]:
    """Make the members of an archive, its checksums last."""
    files = CONTENTS if contents is None else contents
    lines = [f"{hashlib.sha256(text).hexdigest()}  {name}\n" for name, text in files.items()]
    listed = checksums if checksums is not None else "".join(lines).encode()
    return [*(make_entry(name, text) for name, text in files.items()), make_entry("checksums.sha256", listed)]


def write_entries(file: Path, entries: Iterable[Entry], *, tail: bytes = bytes(2 * tarfile.BLOCKSIZE)) -> Path:
    """Write members one after another, each as it is, however wrong."""
    stream = io.BytesIO()
    for header, contents in entries:
        stream.write(header.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape"))
        stream.write(contents + bytes(-len(contents) % tarfile.BLOCKSIZE))
    file.write_bytes(stream.getvalue() + tail)
    return file


def write_archive_file(file: Path, contents: dict[str, bytes] | None = None) -> Path:
    """Write a right archive."""
    return write_entries(file, make_entries(contents))


def make_pax(records: dict[str, bytes]) -> Entry:
    """Make a pax header for the member that follows."""
    text = b""
    for key, value in records.items():
        body = b" " + key.encode() + b"=" + value + b"\n"
        length = len(body)
        while len(str(length)) + len(body) != length:
            length = len(str(length)) + len(body)
        text += str(length).encode() + body
    return make_entry("PaxHeaders/x", text, kind=tarfile.XHDTYPE)


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Return everything below a folder, with its contents; the lock of a server's folder names its last process."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if path.name != "supervisor.lock"
    }
