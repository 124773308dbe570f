"""The archive of a backup: a tar file with a manifest, the database's dump, the keys and the stored files."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

import headwater
from headwater.cli.client import OWNER_KEY_FILE
from headwater.core.clock import now
from headwater.core.errors import Conflict, HeadwaterError, InvalidInput
from headwater.core.settings import Settings, SettingsError
from headwater.local.keys import FILE_NAME
from headwater.local.postgres import LocalPostgres, find_running_postgres
from headwater.local.postgres.binaries import find_binaries
from headwater.local.schemas import lay_schemas

_FORMAT = 1
_DUMP, _MANIFEST = "database.dump", "manifest.json"
# What the data folder holds beside the servers' own data: keys, the command line's key, stored files.
_KEPT = (FILE_NAME, OWNER_KEY_FILE, "storage")


class ToolFailed(HeadwaterError):
    """pg_dump or pg_restore failed."""

    default_code = "backup_failed"


async def write_archive(settings: Settings, file: Path, *, overwrite: bool) -> dict[str, Any]:
    """Write the archive beside its final name and move it there when it is whole.

    Raises:
        Conflict: the file exists.
        SettingsError: there is no database to back up.
        ToolFailed: pg_dump failed.
    """
    from headwater import services

    if file.exists() and not overwrite:
        raise Conflict(f"{file} exists.", hint="Choose another name, or add --overwrite.")
    database_url = services.complete_settings(settings).resolved_database_url
    if database_url is None:
        raise SettingsError("DATABASE_URL: is unset and no embedded Postgres runs here; start it with `headwater up`")
    with tempfile.TemporaryDirectory(prefix="headwater-backup-") as folder:
        dump = Path(folder) / _DUMP
        await _run("pg_dump", database_url, "--format=custom", "--compress=gzip:6", f"--file={dump}")
        manifest = {"format": _FORMAT, "version": headwater.__version__, "made_at": now().isoformat()}
        (Path(folder) / _MANIFEST).write_text(json.dumps(manifest), "utf-8")
        draft = file.with_name(f".{file.name}.partial")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream, tarfile.open(fileobj=stream, mode="w") as archive:
            archive.add(Path(folder) / _MANIFEST, _MANIFEST)
            archive.add(dump, _DUMP)
            for name in _KEPT:
                if (settings.data_folder / name).exists():
                    archive.add(settings.data_folder / name, name)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    return {**manifest, "file": str(file), "bytes": file.stat().st_size}


async def restore_archive(settings: Settings, file: Path, *, overwrite: bool) -> None:
    """Bring an archive back. What was there is put aside until the restored data stands, and returns if it fails.

    Raises:
        InvalidInput: the file is no archive of ours.
        Conflict: Headwater runs, or there is data and `overwrite` is not given.
        ToolFailed: pg_restore failed.
    """
    if settings.resolved_database_url is not None:
        raise SettingsError(
            "DATABASE_URL: is set, and restore works on the embedded server alone; use pg_restore on"
            f" {_DUMP} inside the archive"
        )
    data = settings.data_folder.absolute()
    if find_running_postgres(data / "postgres") is not None:
        raise Conflict("Headwater is running here.", hint="Stop it first.")
    if (data / "postgres").exists() and not overwrite:
        raise Conflict(f"There is data in {data}.", hint="Add --overwrite to replace it.")
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=data) as folder:
        unpacked = Path(folder)
        _unpack(file, unpacked)
        aside = {name: data / f"{name}.before-restore" for name in ("postgres", *_KEPT)}
        for name, place in aside.items():
            if (data / name).exists():
                shutil.rmtree(place, ignore_errors=True)
                (data / name).replace(place)
        try:
            await _fill_database(data / "postgres", unpacked / _DUMP)
            for name in _KEPT:
                if (unpacked / name).exists():
                    (unpacked / name).replace(data / name)
        except BaseException:
            for name, place in aside.items():
                if place.exists():
                    shutil.rmtree(data / name, ignore_errors=True)
                    place.replace(data / name)
            raise
        for place in aside.values():
            shutil.rmtree(place, ignore_errors=True)
            place.unlink(missing_ok=True)


def _unpack(file: Path, folder: Path) -> None:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        known = manifest["format"] == _FORMAT and (folder / _DUMP).is_file()
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise InvalidInput(f"{file} is no archive that this version of `headwater backup` writes.")


async def _fill_database(folder: Path, dump: Path) -> None:
    async with LocalPostgres(folder) as postgres:
        # Roles belong to the server and not to the dump: laying the foundation once makes them.
        from headwater.core.migrations import apply_migrations

        await lay_schemas(postgres.dsn)
        await apply_migrations(postgres.dsn)
        name = urlsplit(postgres.dsn).path.lstrip("/")
        connection = await asyncpg.connect(urlsplit(postgres.dsn)._replace(path="/template1").geturl())
        try:
            await connection.execute(f'drop database "{name}" with (force)')
            await connection.execute(f'create database "{name}" template template0')
        finally:
            await connection.close()
        await _run("pg_restore", postgres.dsn, "--exit-on-error", "--single-transaction", str(dump))


async def _run(program: str, database_url: str, *arguments: str) -> None:
    """Run a tool of Postgres; the password goes by the environment, where other users can't read it."""
    from headwater.core.settings import inherited_environment

    binary = shutil.which(program) or ""
    try:
        binary = str(find_binaries() / program)
    except HeadwaterError:
        if not binary:
            raise
    parts = urlsplit(database_url)
    address = parts._replace(netloc=f"{parts.username or ''}@{parts.hostname}:{parts.port or 5432}").geturl()
    process = await asyncio.create_subprocess_exec(
        binary,
        f"--dbname={address}",
        *arguments,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**inherited_environment(), "PGPASSWORD": unquote(parts.password or "")},
    )
    _, said = await process.communicate()
    if process.returncode:
        raise ToolFailed(f"{program} failed: {said.decode('utf-8', 'replace').strip()[-500:]}")
