"""Backups: an archive is there whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr

from headwater.cli.archive.reading import read_archive
from headwater.cli.archive.writing import write_archive
from headwater.core.errors import Conflict, HeadwaterError, InvalidInput, Unavailable
from headwater.core.settings import Settings, SettingsError
from headwater.local.keys import load_or_make_keys
from tests.cli.installation import Installation
from tests.fixtures.disks import mounted
from tests.fixtures.waiting import wait_until

STORED = b"stored" * 100_000
BLOB = hashlib.sha256(STORED).hexdigest()


@pytest.fixture
def data(settings: Settings) -> Path:
    """A data folder with keys and a stored file, and an upload that is under way."""
    load_or_make_keys(settings.data_folder)
    blob = settings.data_folder / "storage" / "blobs" / BLOB[:2] / BLOB[2:4] / BLOB
    blob.parent.mkdir(parents=True)
    blob.write_bytes(STORED)
    (settings.data_folder / "storage" / "temporary").mkdir()
    (settings.data_folder / "storage" / "temporary" / "half").write_bytes(b"half")
    return settings.data_folder


def change(settings: Settings, **given: Any) -> Settings:
    """Return other settings, which are checked as those of the environment are."""
    return Settings.model_validate({**settings.model_dump(exclude_unset=True), **given})


@asynccontextmanager
async def dumping_held_up(dsn: str) -> AsyncIterator[None]:
    """Lock a table, so that pg_dump waits in the middle of a backup."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("create table public.held (id int)")
        async with connection.transaction():
            await connection.execute("lock table public.held in access exclusive mode")
            yield
    finally:
        await connection.close()


async def test_an_archive_is_read_by_other_tools(settings: Settings, data: Path, tmp_path: Path) -> None:
    written = await write_archive(settings, tmp_path / "all.tar", overwrite=False)
    assert written.size == (tmp_path / "all.tar").stat().st_size
    assert (tmp_path / "all.tar").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.tar", "headwater"]
    with tarfile.open(tmp_path / "all.tar", "r:") as archive:
        assert archive.getnames() == [
            "manifest.json",
            "keys.json",
            "secrets.json",
            "database.dump",
            f"storage/blobs/{BLOB[:2]}/{BLOB[2:4]}/{BLOB}",
            "checksums.sha256",
        ]
    for command in ("tar --extract --file all.tar", "sha256sum --check --strict --quiet checksums.sha256"):
        process = await asyncio.create_subprocess_exec(*command.split(), cwd=tmp_path)
        assert await process.wait() == 0
    for name in ("keys.json", "secrets.json"):
        assert (tmp_path / name).read_bytes() == (data / name).read_bytes()


async def test_what_is_there_is_replaced_only_when_told_to(settings: Settings, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.tar"
    file.write_bytes(b"older")
    with pytest.raises(Conflict, match="exists"):
        await write_archive(settings, file, overwrite=False)
    with pytest.raises(InvalidInput, match="is a folder"):
        await write_archive(settings, data, overwrite=True)
    assert file.read_bytes() == b"older"
    await write_archive(settings, file, overwrite=True)
    assert (await read_archive(file)).holds_files


async def test_no_trace_is_left_of_a_backup_that_failed(settings: Settings, data: Path, tmp_path: Path) -> None:
    away = change(settings, database_url=SecretStr("postgresql://postgres:secret@127.0.0.1:1/postgres"))
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(HeadwaterError, match="pg_dump failed") as failed:
        await write_archive(away, tmp_path / "all.tar", overwrite=False)
    assert "\n" not in failed.value.message
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        await write_archive(change(settings, database_url=None), tmp_path / "all.tar", overwrite=False)
    with pytest.raises(Unavailable, match="No such file or directory"):
        await write_archive(settings, tmp_path / "missing" / "all.tar", overwrite=False)
    (data / "storage" / "blobs" / "elsewhere").symlink_to(tmp_path)
    with pytest.raises(InvalidInput, match="is a link"):
        await write_archive(settings, tmp_path / "all.tar", overwrite=False)
    (data / "storage" / "blobs" / "elsewhere").unlink()
    (data / "storage" / "blobs" / "a\nb").write_bytes(b"")
    with pytest.raises(InvalidInput, match="has a name"):
        await write_archive(settings, tmp_path / "all.tar", overwrite=False)
    assert sorted(os.listdir(tmp_path)) == before


async def test_a_full_disk_is_named_and_the_older_archive_stays(settings: Settings, data: Path, tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", size="512k") as disk:
        (disk / "all.tar").write_bytes(b"older")
        with pytest.raises(Unavailable, match="is full") as failed:
            await write_archive(settings, disk / "all.tar", overwrite=True)
        assert failed.value.code == "disk_full"
        assert [path.read_bytes() for path in disk.iterdir()] == [b"older"]


async def test_files_in_a_bucket_are_not_part_of_it(
    settings: Settings, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = {"STORAGE_BACKEND": "s3", "STORAGE_S3_BUCKET": "files"}
    for name, value in {**bucket, "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key"}.items():
        monkeypatch.setenv(name, value)
    written = await write_archive(settings, tmp_path / "all.tar", overwrite=False)
    assert not (await read_archive(tmp_path / "all.tar")).holds_files
    assert not written.manifest.holds_files
    with tarfile.open(tmp_path / "all.tar") as archive:
        assert not [name for name in archive.getnames() if name.startswith("storage")]


async def test_a_killed_backup_leaves_nothing_that_looks_whole(
    settings: Settings, data: Path, dsn: str, tmp_path: Path
) -> None:
    installation = Installation(data, {"DATABASE_URL": dsn})
    file, draft = tmp_path / "all.tar", tmp_path / ".all.tar.partial"
    async with dumping_held_up(dsn):
        process = await installation.spawn("backup", str(file))
        await wait_until(draft.exists, what="the backup to begin")
        await wait_until(lambda: installation.list_processes(doing="pg_dump"), what="pg_dump to begin")
        # A second one doesn't write into the first one's draft.
        second = await installation.run("backup", str(file), expect=1)
        assert "Another backup writes" in second.err
        os.kill(process.pid, signal.SIGKILL)
        await process.communicate()
    assert not file.exists()
    with pytest.raises(InvalidInput):
        await read_archive(draft)
    await write_archive(settings, file, overwrite=False)
    await read_archive(file)
    assert not draft.exists()
