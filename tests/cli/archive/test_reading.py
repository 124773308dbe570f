"""Archives from foreign hands: whole ones are unpacked, all others are refused in one line, on every Python alike."""

from __future__ import annotations

import os
import shutil
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from headwater.cli.archive.members import ArchiveFile
from headwater.cli.archive.reading import read_archive
from headwater.core.errors import InvalidInput
from tests.cli.archive.archives import (
    BLOB,
    CONTENTS,
    DUMP,
    MANIFEST,
    Entry,
    make_entries,
    make_entry,
    make_pax,
    snapshot,
    write_archive_file,
    write_entries,
)

BLOCK = tarfile.BLOCKSIZE


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """An empty folder, with one beside it that nothing may be written to."""
    (tmp_path / "in" / "target").mkdir(parents=True)
    return tmp_path / "in" / "target"


async def refuse(file: Path, target: Path) -> str:
    """See that an archive is refused in one line, with nothing written outside of the folder; return the line."""
    for unpack_into in (None, target):
        shutil.rmtree(target)
        target.mkdir()
        with pytest.raises(InvalidInput) as refused:
            await read_archive(file, unpack_into=unpack_into)
    assert os.listdir(target.parent) == ["target"]
    assert not any(path.is_symlink() for path in target.rglob("*"))
    message = refused.value.message
    assert message.startswith(f"{file} is no archive that can be restored: ")
    assert "\n" not in message
    return message.removeprefix(f"{file} is no archive that can be restored: ")


async def test_a_whole_archive_is_unpacked_for_us_alone(tmp_path: Path, target: Path) -> None:
    manifest = await read_archive(write_archive_file(tmp_path / "a.tar"), unpack_into=target)
    assert (manifest.format, manifest.version, manifest.holds_files) == (2, "0.1.0", True)
    assert {name: text for name, text in snapshot(target).items() if text is not None} == CONTENTS
    for path in target.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


async def test_an_archive_of_the_first_format_is_unpacked(tmp_path: Path, target: Path) -> None:
    """As `tarfile` wrote it: folders of their own, a pax header with the time before each member, long names in it."""
    source, long = tmp_path / "source", f"storage/{'long ' * 40}/é.bin"
    contents = {**CONTENTS, "manifest.json": MANIFEST.replace(b'"format": 2', b'"format": 1'), long: b"x" * 3000}
    for name, text in contents.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(text)
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name in ("manifest.json", "database.dump", "keys.json", "storage"):
            archive.add(source / name, name)
    assert (await read_archive(tmp_path / "a.tar", unpack_into=target)).format == 1
    assert {name: text for name, text in snapshot(target).items() if text is not None} == contents


async def test_what_is_cut_off_anywhere_is_refused(tmp_path: Path, target: Path) -> None:
    whole = write_archive_file(tmp_path / "a.tar").read_bytes()
    cut = tmp_path / "cut.tar"
    for length in [*range(0, len(whole), BLOCK), *(at + 100 for at in range(0, len(whole), BLOCK)), len(whole) - 1]:
        cut.write_bytes(whole[:length])
        said = await refuse_reading(cut)
        assert "ends too early" in said, (length, said)


async def refuse_reading(file: Path) -> str:
    """See that an archive is refused when it is only read; return why."""
    with pytest.raises(InvalidInput) as refused:
        await read_archive(file)
    return refused.value.message


async def test_no_flipped_byte_goes_unseen(tmp_path: Path) -> None:
    """Every byte but those that fill up blocks, which nobody reads."""
    file, damaged = write_archive_file(tmp_path / "a.tar"), tmp_path / "damaged.tar"
    whole = bytearray(file.read_bytes())
    with ArchiveFile(file) as archive:
        members = list(archive.list_members())
    spots = [*(spot for member in members for spot in range(member.offset, member.offset + member.size, 7))]
    spots += [spot for member in members for spot in range(member.offset - BLOCK, member.offset - 1, 13)]
    for spot in spots:
        whole[spot] ^= 0x10
        damaged.write_bytes(whole)
        whole[spot] ^= 0x10
        await refuse_reading(damaged)


HOSTILE_NAMES = {
    "absolute": "/etc/cron.d/x",
    "absolute below the storage": "/storage/x",
    "up": "../outside",
    "up and down": "storage/../../outside",
    "up within": "storage/blobs/../x",
    "itself": "storage/./x",
    "an empty part": "storage//x",
    "a line break": "storage/a\nb",
    "an escape": "storage/\x1b[2J",
    "a name of nothing": "",
    "a stranger": "postgres/cluster/PG_VERSION",
    "another stranger": "notes.txt",
    "a drive": "C:/x",
    "a part that is too long": f"storage/{'x' * 256}",
    "a name that is too long": "storage/" + "x/" * 2100 + "x",
}


@pytest.mark.parametrize("name", HOSTILE_NAMES.values(), ids=HOSTILE_NAMES)
async def test_a_name_that_no_backup_writes_is_refused(name: str, tmp_path: Path, target: Path) -> None:
    entries = [*make_entries()[:-1], make_entry(name, b"evil"), make_entries({**CONTENTS, name: b"evil"})[-1]]
    assert "which no backup has" in (said := await refuse(write_entries(tmp_path / "a.tar", entries), target)) or (
        "too long" in said
    )


KINDS = {
    "a hard link": tarfile.LNKTYPE,
    "a symbolic link": tarfile.SYMTYPE,
    "a character device": tarfile.CHRTYPE,
    "a block device": tarfile.BLKTYPE,
    "a pipe": tarfile.FIFOTYPE,
    "a contiguous file": tarfile.CONTTYPE,
    "a sparse file of GNU": tarfile.GNUTYPE_SPARSE,
    "a long link of GNU": tarfile.GNUTYPE_LONGLINK,
    "a global pax header": tarfile.XGLTYPE,
    "a volume": b"V",
    "an unknown kind": b"Z",
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_only_files_and_folders_are_taken(kind: bytes, tmp_path: Path, target: Path) -> None:
    entry = make_entry(BLOB, kind=kind)
    entry[0].linkname = "/etc/passwd"
    entries = [*make_entries()[:3], entry, make_entry(f"{BLOB}/x", b"evil")]
    assert "neither file nor folder" in await refuse(write_entries(tmp_path / "a.tar", entries), target)


def with_manifest(contents: bytes) -> list[Entry]:
    """Return the members of an archive with another manifest."""
    return make_entries({**CONTENTS, "manifest.json": contents})


WRONG: dict[str, tuple[Callable[[], list[Entry]], str]] = {
    "no member": (list, "incomplete"),
    "no manifest": (lambda: make_entries()[1:], "no manifest"),
    "a manifest that comes late": (lambda: [make_entries()[1], make_entries()[0], *make_entries()[2:]], "no manifest"),
    "a manifest that is a folder": (lambda: [make_entry("manifest.json", kind=tarfile.DIRTYPE)], "no backup has"),
    "a manifest of 200,000 lists": (lambda: with_manifest(b"[" * 200_000), "too large"),
    "a manifest of 60,000 lists": (lambda: with_manifest(b"[" * 30_000 + b"]" * 30_000), "can't be read"),
    "a manifest of 100 MB": (lambda: [make_entry("manifest.json", size=100_000_000)], "ends too early"),
    "a manifest that is no JSON": (lambda: with_manifest(b"{"), "can't be read"),
    "a manifest that is no UTF-8": (lambda: with_manifest(b'{"format": "\xff"}'), "can't be read"),
    "a manifest with a number of 5,000 digits": (lambda: with_manifest(b"9" * 5000), "can't be read"),
    "a manifest that is a list": (lambda: with_manifest(b"[]"), "names no format"),
    "a format that is true": (lambda: with_manifest(b'{"format": true}'), "names no format"),
    "a later format": (lambda: with_manifest(MANIFEST.replace(b"2,", b"3,", 1)), "format 3 is not known"),
    "a manifest without a version": (lambda: with_manifest(b'{"format": 2, "made_at": ""}'), "incomplete"),
    "no dump": (lambda: make_entries({"manifest.json": MANIFEST}), "incomplete"),
    "no checksums": (lambda: make_entries()[:-1], "incomplete"),
    "checksums in the first format": (lambda: with_manifest(MANIFEST.replace(b"2,", b"1,", 1)), "can't be right"),
    "a wrong checksum": (lambda: make_entries(checksums=b"0" * 64 + b"  manifest.json\n"), "is damaged"),
    "a checksum of what isn't there": (
        lambda: make_entries(checksums=make_entries()[-1][1] + b"0" * 64 + b"  storage/x\n"),
        "is damaged, or missing",
    ),
    "a file without a checksum": (lambda: make_entries(checksums=make_entries({})[-1][1]), "has no checksum"),
    "checksums that are none": (lambda: make_entries(checksums=b"\xff\n"), "checksums can't be read"),
    "a checksum without its line's end": (
        lambda: make_entries(checksums=make_entries()[-1][1][:-1]),
        "checksums can't be read",
    ),
    "a checksum of 3 MB": (lambda: make_entries(checksums=b"0" * 3_000_000), "checksums can't be read"),
    "a member after the checksums": (lambda: [*make_entries(), make_entry("storage/x")], "after its checksums"),
    "a file twice": (lambda: [*make_entries()[:4], make_entry(BLOB, b"other"), make_entries()[4]], "twice"),
    "a file below a file": (lambda: [*make_entries()[:4], make_entry(f"{BLOB}/x", b"x")], "twice"),
    "a file for a folder": (lambda: [*make_entries()[:4], make_entry("storage/blobs", b"x")], "twice"),
    "a member of 8 exabytes": (lambda: [make_entries()[0], make_entry("database.dump", size=8 << 60)], "too early"),
    "a member of a negative size": (lambda: [make_entries()[0], make_entry("database.dump", size=-1)], "damaged"),
    "a folder with contents": (lambda: [make_entry("storage", b"x" * 9, kind=tarfile.DIRTYPE)], "neither file nor"),
    "a pax header of 1 MB": (lambda: [make_pax({"comment": b"x" * 1_000_000})], "header that is too large"),
    "a pax name that leads out": (
        lambda: [*make_entries()[:3], make_pax({"path": b"../../outside"}), make_entry(BLOB, b"evil")],
        "no backup has",
    ),
    "a pax name with a NUL": (
        lambda: [*make_entries()[:3], make_pax({"path": b"storage/x\0y"}), make_entry(BLOB, b"evil")],
        "no backup has",
    ),
    "a pax name that is no UTF-8": (
        lambda: [*make_entries()[:3], make_pax({"path": b"storage/\xff"}), make_entry(BLOB, b"evil")],
        "no UTF-8",
    ),
    "a pax size that is none": (
        lambda: [*make_entries()[:3], make_pax({"size": b"-5"}), make_entry(BLOB, b"evil")],
        "damaged",
    ),
    "a pax size that is too large": (
        lambda: [*make_entries()[:3], make_pax({"size": b"9" * 18}), make_entry(BLOB, b"evil")],
        "too early",
    ),
    "a sparse file of pax": (
        lambda: [*make_entries()[:3], make_pax({"GNU.sparse.major": b"1"}), make_entry(BLOB, b"evil")],
        "sparse",
    ),
    "pax records that are none": (
        lambda: [make_entry("x", b"99999 path=storage\n", kind=tarfile.XHDTYPE), *make_entries()],
        "damaged",
    ),
    "a pax header before nothing": (lambda: [*make_entries(), make_pax({"path": b"storage/x"})], "damaged"),
    "a long name of GNU that leads out": (
        lambda: [
            *make_entries()[:3],
            make_entry("x", b"../../outside\0", kind=tarfile.GNUTYPE_LONGNAME),
            *make_entries()[3:],
        ],
        "no backup has",
    ),
    "a thousand long names in a row": (
        lambda: [make_entry("x", b"x\0", kind=tarfile.GNUTYPE_LONGNAME)] * 5_000,
        "damaged",
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
async def test_what_is_wrong_is_named(
    case: tuple[Callable[[], list[Entry]], str], tmp_path: Path, target: Path
) -> None:
    make, reason = case
    assert reason in await refuse(write_entries(tmp_path / "a.tar", make()), target)


async def test_what_is_no_tar_file_is_refused(tmp_path: Path, target: Path) -> None:
    file = tmp_path / "a.tar"
    for contents in (b"", b"no archive", b"x" * 5000, os.urandom(4096)):
        file.write_bytes(contents)
        await refuse(file, target)
    # Compressed, it could be a bomb; no backup is.
    write_archive_file(tmp_path / "whole.tar")
    with tarfile.open(file, "w:gz") as packed:
        packed.add(tmp_path / "whole.tar", "manifest.json")
    await refuse(file, target)
    write_entries(file, make_entries(), tail=bytes(2 * BLOCK) + b"x" * BLOCK)
    assert "after its end" in await refuse(file, target)
    os.truncate(write_archive_file(file), 10_000_000)
    assert "after its end" in await refuse(file, target)


async def test_a_pipe_is_not_waited_for(tmp_path: Path, target: Path) -> None:
    os.mkfifo(tmp_path / "a.tar")
    assert "no ordinary file" in await refuse(tmp_path / "a.tar", target)
    assert "No such file" in await refuse(tmp_path / "missing.tar", target)


async def test_a_large_member_needs_little_memory(tmp_path: Path, target: Path) -> None:
    """64 MB through a few: what is held is a chunk, not the member."""
    contents = {**CONTENTS, "database.dump": DUMP + bytes(64_000_000)}
    file = write_archive_file(tmp_path / "a.tar", contents)
    del contents
    tracemalloc.start()
    try:
        await read_archive(file, unpack_into=target)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000
    assert (target / "database.dump").stat().st_size == 64_000_000 + len(DUMP)


def test_a_member_of_more_than_eight_gigabytes_is_known(tmp_path: Path) -> None:
    """Its size has more octal digits than a header's field; the file is a hole, so nothing of it is on the disk."""
    size = 9 << 30
    file = write_entries(tmp_path / "a.tar", [make_entry("database.dump", size=size)], tail=b"")
    os.truncate(file, BLOCK + size + 2 * BLOCK)
    with ArchiveFile(file) as archive:
        (member,) = archive.list_members()
    assert (member.offset, member.size) == (BLOCK, size)
