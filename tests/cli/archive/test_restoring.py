"""Restores: everything comes back, or everything stays as it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from headwater.cli.archive.reading import read_archive
from headwater.cli.archive.restoring import restore_archive
from headwater.cli.archive.writing import write_archive
from headwater.core.errors import HeadwaterError, Unavailable
from headwater.core.settings import Settings
from headwater.local.keys import load_or_make_keys
from headwater.local.postgres import LocalPostgres
from tests.cli.archive.archives import CONTENTS, make_entries, make_entry, snapshot, write_archive_file, write_entries
from tests.cli.installation import Installation
from tests.fixtures.disks import mounted
from tests.fixtures.waiting import wait_until

ROWS = 50_000
STORED = {"storage/blobs/aa/bb/one": b"one" * 50_000, "storage/blobs/cc/dd/two": b"two", "owner.key": b"hw_key"}


@pytest.fixture
async def archive(settings: Settings, dsn: str, tmp_path: Path) -> Path:
    """A backup of a database with some rows, keys and files."""
    load_or_make_keys(settings.data_folder)
    for name, text in STORED.items():
        (settings.data_folder / name).parent.mkdir(parents=True, exist_ok=True)
        (settings.data_folder / name).write_bytes(text)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "create table public.kept as"
            f" select number, md5(number::text) as text from generate_series(1, {ROWS}) as number"
        )
    finally:
        await connection.close()
    return (await write_archive(settings, tmp_path / "all.tar", overwrite=False)).file


def place(data: Path) -> Settings:
    """Return the settings of an embedded installation in `data`."""
    given: dict[str, Any] = {"_env_file": None, "environment": "test", "data_folder": data}
    return Settings(**given)


async def see_restored(data: Path, source: Path) -> None:
    """See that everything of `source` is in `data`, and nothing of the restore."""
    for name in ("keys.json", "secrets.json", *STORED):
        assert (data / name).read_bytes() == (source / name).read_bytes()
        assert (data / name).stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in data.iterdir()) == [
        "keys.json",
        "owner.key",
        "postgres",
        "secrets.json",
        "storage",
    ]
    async with LocalPostgres(data / "postgres", port=0, durable=False) as postgres:
        connection = await asyncpg.connect(postgres.dsn)
        try:
            assert await connection.fetchval("select count(*) from public.kept where text = md5(number::text)") == ROWS
            assert await connection.fetchval("select count(*) from supabase_migrations.schema_migrations") > 0
        finally:
            await connection.close()


async def test_everything_comes_back(archive: Path, settings: Settings, tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    manifest = await restore_archive(place(data), archive, overwrite=False)
    assert manifest.format == 2
    await see_restored(data, settings.data_folder)


def cut_dump(archive: Path, damaged: Path) -> None:
    """Make an archive of the first format, which has no checksums, with a dump that ends in the middle."""
    import tarfile

    with tarfile.open(archive) as whole:
        stream = whole.extractfile("database.dump")
        assert stream is not None
        dump = stream.read()
    manifest = CONTENTS["manifest.json"].replace(b"2,", b"1,", 1)
    contents = {"manifest.json": manifest, "keys.json": b"{}", "database.dump": dump[: len(dump) // 2]}
    write_entries(damaged, make_entries(contents)[:-1])


BAD: dict[str, Callable[[Path, Path], object]] = {
    "garbage": lambda _, damaged: damaged.write_bytes(b"no archive" * 100),
    "cut off": lambda whole, damaged: damaged.write_bytes(whole.read_bytes()[:-20_000]),
    "a link": lambda _, damaged: write_entries(damaged, [*make_entries()[:-1], make_entry("storage/x", kind=b"2")]),
    "a manifest of many lists": lambda _, damaged: write_archive_file(damaged, {"manifest.json": b"[" * 60_000}),
    "a dump that is cut off": cut_dump,
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
async def test_after_a_failed_restore_all_is_as_before(
    make: Callable[[Path, Path], object], archive: Path, settings: Settings, tmp_path: Path
) -> None:
    make(archive, tmp_path / "bad.tar")
    missing, there = tmp_path / "missing" / "data", tmp_path / "there" / "data"
    for name in ("postgres/cluster/PG_VERSION", "keys.json", "storage/blobs/x", "logs/up.log"):
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        (there / name).write_bytes(b"old")
    before = snapshot(there)
    with pytest.raises(HeadwaterError) as failed:
        await restore_archive(place(there), tmp_path / "bad.tar", overwrite=True)
    assert "\n" not in failed.value.message
    assert snapshot(there) == before
    with pytest.raises(HeadwaterError):
        await restore_archive(place(missing), tmp_path / "bad.tar", overwrite=False)
    assert not missing.parent.exists()


@pytest.mark.parametrize("size", ["60m", "130m"], ids=["at once", "in the middle"])
async def test_a_full_disk_is_named_and_leaves_nothing(size: str, settings: Settings, dsn: str, tmp_path: Path) -> None:
    """What is packed a hundredfold in the dump needs its room in the server: nobody can know that beforehand."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "create table public.wide as select repeat('x', 1000) as text from generate_series(1, 60000)"
        )
    finally:
        await connection.close()
    archive = (await write_archive(settings, tmp_path / "all.tar", overwrite=False)).file
    assert archive.stat().st_size < 5_000_000
    with mounted(tmp_path / "disk", size=size) as disk:
        with pytest.raises(Unavailable, match="is full") as failed:
            await restore_archive(place(disk / "data"), archive, overwrite=False)
        assert failed.value.code == "disk_full"
        assert list(disk.iterdir()) == []


@pytest.mark.parametrize("moment", ["database.dump", "postgres/cluster/postmaster.pid"])
async def test_a_killed_restore_is_tried_again_without_more_ado(
    moment: str, archive: Path, settings: Settings, tmp_path: Path
) -> None:
    installation = Installation(tmp_path / "home" / "data")
    process = await installation.spawn("restore", str(archive))
    await wait_until((installation.folder / "restore" / "new" / moment).exists, what=moment)
    os.kill(process.pid, signal.SIGKILL)
    await process.communicate()
    assert sorted(os.listdir(installation.folder)) == ["restore"]
    await installation.run("restore", str(archive))
    await installation.wait_until_gone()
    await see_restored(installation.folder, settings.data_folder)


async def test_only_whole_archives_pass_the_check(archive: Path, tmp_path: Path) -> None:
    installation = Installation(tmp_path / "home" / "data")
    assert "is whole" in (await installation.run("restore", "--check", str(archive))).out
    with archive.open("r+b") as stream:
        stream.seek(archive.stat().st_size // 2)
        stream.write(b"damage")
    assert "damaged" in (await installation.run("restore", "--check", str(archive), expect=1)).err
    assert not installation.folder.exists()
    with pytest.raises(HeadwaterError):
        await read_archive(archive)
