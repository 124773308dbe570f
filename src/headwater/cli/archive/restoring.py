"""Brings an archive back into the embedded installation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from headwater.cli.archive.contents import DUMP, Manifest
from headwater.cli.archive.programs import ToolFailed, load_database
from headwater.cli.archive.reading import read_archive
from headwater.cli.archive.staging import POSTGRES, WHAT, Staging, open_staging
from headwater.cli.archive.troubles import explain_full_disk
from headwater.core.database.migrations import MigrationFailed, apply_migrations
from headwater.core.errors import Conflict, HeadwaterError
from headwater.core.settings import Settings, SettingsError
from headwater.local.postgres import LocalPostgres, find_running_postgres
from headwater.local.postgres.cluster import FULL_DISK, NEEDED_BYTES
from headwater.local.schemas import install_schemas
from headwater.process.folders import claim_folder


async def restore_archive(settings: Settings, file: Path, *, overwrite: bool) -> Manifest:
    """Bring an archive back: the new data is made beside the old, and takes its place once it stands.

    When it fails everything is as it was; when it is killed, the next start of Headwater or of a restore completes or
    removes it.

    Raises:
        InvalidInput: the file is no archive of ours, or damaged.
        Conflict: Headwater runs, or there is data and `overwrite` is not given.
        ToolFailed: pg_restore failed.
        Unavailable: the disk is full, or the folder can't be written.
    """
    if settings.resolved_database_url is not None:
        raise SettingsError(
            "DATABASE_URL: is set, and restore works on the embedded server alone; use pg_restore on"
            f" {DUMP} inside the archive"
        )
    data = settings.data_folder.absolute()
    _refuse_use(data, overwrite=overwrite)
    async with open_staging(data) as staging:
        # Again: what a killed restore had sealed may have come back just now.
        _refuse_use(data, overwrite=overwrite)
        with _hold(data / POSTGRES):
            manifest = await _prepare(staging, file)
            staging.seal()
            try:
                staging.exchange()
            except OSError:
                staging.undo_exchange()
                raise
    return manifest


def _refuse_use(data: Path, *, overwrite: bool) -> None:
    if find_running_postgres(data / POSTGRES) is not None:
        raise Conflict("Headwater is running here.", hint="Stop it first.")
    if (data / POSTGRES).exists() and not overwrite:
        raise Conflict(f"There is data in {data}.", hint="Add --overwrite to replace it.")


@contextmanager
def _hold(folder: Path) -> Iterator[None]:
    """Keep everybody else from starting the server whose data is replaced, if there is one."""
    claim = claim_folder(folder, what="Postgres") if folder.exists() else None
    try:
        yield
    finally:
        if claim is not None:
            claim.release()


async def _prepare(staging: Staging, file: Path) -> Manifest:
    """Make the new data: what the archive holds, and a server's data filled from its dump. Raises as restoring does."""
    needed = NEEDED_BYTES + (file.stat().st_size if file.is_file() else 0)
    if shutil.disk_usage(staging.new).free < needed:
        raise explain_full_disk(staging.data, what=WHAT, needed=needed)
    manifest = await read_archive(file, unpack_into=staging.new)
    server = staging.new / POSTGRES
    try:
        await _fill_database(server, staging.new / DUMP)
    except (HeadwaterError, MigrationFailed, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        # A server without room ends in many ways: connections break, tools fail, it doesn't start again.
        log = server / "postgres.log"
        if log.exists() and FULL_DISK in log.read_text("utf-8", "replace"):
            raise explain_full_disk(staging.data, what=WHAT) from error
        if isinstance(error, (asyncpg.PostgresError, asyncpg.InterfaceError)):
            raise ToolFailed(f"The database could not be made: {error}") from error
        raise
    (staging.new / DUMP).unlink()
    return manifest


async def _fill_database(folder: Path, dump: Path) -> None:
    """Make a server's data in `folder` and fill it."""
    async with LocalPostgres(folder) as postgres:
        # Roles belong to the server and not to the dump: installing the foundation once makes them.
        await install_schemas(postgres.dsn)
        await apply_migrations(postgres.dsn)
        name = urlsplit(postgres.dsn).path.lstrip("/")
        connection = await asyncpg.connect(urlsplit(postgres.dsn)._replace(path="/template1").geturl())
        try:
            await connection.execute(f'drop database "{name}" with (force)')
            await connection.execute(f'create database "{name}" template template0')
        finally:
            await connection.close()
        await load_database(postgres.dsn, dump)
