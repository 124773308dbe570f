"""Applies `supabase/migrations` and records them as Supabase's own tools do, so that either can continue.

The table `supabase_migrations.schema_migrations(version, statements, name)` and the file pattern are those of the
Supabase CLI. Each file runs in a transaction of its own: a failing one leaves nothing half done.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from headwater.core.database.dsn import normalise_dsn
from headwater.core.errors import Unavailable

FILE_PATTERN = re.compile(r"^(?P<version>[0-9]+)_(?P<name>.*)\.sql$")
# Any number will do as long as every migrator of this database takes the same one.
_LOCK = 7_205_759_403_792_793
# A file that waits for a table makes everybody who comes after it wait too, so it gives up and is run again.
_LONGEST_WAIT = "set local lock_timeout = '30s'"

_HISTORY = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
"""


@dataclass(frozen=True)
class Migration:
    """One file of the folder."""

    version: str
    name: str
    sql: str

    def statements(self) -> list[str]:
        """Split the file as the history table keeps it: a statement an element, with the comments before it.

        `supabase migration fetch` puts files together from this.
        """
        import pglast

        parts, end = [], 0
        for statement in pglast.split(self.sql, only_slices=True):
            parts.append(self.sql[end : statement.stop].strip())
            end = statement.stop + len(";")
        return parts


class MigrationFailed(Exception):
    """A migration was refused; the message names the file and what Postgres said. Nothing of it was kept."""


def find_migrations_folder() -> Path:
    """Return the folder of migrations: inside the installed package, or in the checkout."""
    packaged = Path(__file__).parents[2] / "_supabase" / "migrations"
    return packaged if packaged.is_dir() else Path(__file__).parents[4] / "supabase" / "migrations"


def read_migrations(folder: Path) -> list[Migration]:
    """Read the migrations of `folder`, oldest first."""
    found = [(match, path) for path in folder.iterdir() if (match := FILE_PATTERN.match(path.name))]
    migrations = [Migration(match["version"], match["name"], path.read_text("utf-8")) for match, path in found]
    return sorted(migrations, key=lambda migration: migration.version)


async def list_applied(dsn: str) -> list[str]:
    """Return the versions that the database has recorded, oldest first. Raises Unavailable."""
    connection = await _connect(dsn)
    try:
        return await _read_history(connection)
    finally:
        await connection.close()


async def apply_migrations(
    dsn: str,
    folder: Path | None = None,
    *,
    until: str | None = None,
    on_applied: Callable[[Migration, int], None] | None = None,
) -> list[Migration]:
    """Apply what the database lacks, up to and with version `until`, and return what was applied.

    Several migrators may start at once: they take turns. `on_applied` hears of each file with how many are left.

    Raises:
        MigrationFailed: Postgres refused a file.
        Unavailable: Postgres can't be reached, or lets us not in.
    """
    connection = await _connect(dsn)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        applied = set(await _read_history(connection))
        if not applied:
            await connection.execute(_HISTORY)
        pending = [
            migration
            for migration in read_migrations(folder or find_migrations_folder())
            if migration.version not in applied and (until is None or migration.version <= until)
        ]
        for index, migration in enumerate(pending, start=1):
            await _apply(connection, migration)
            if on_applied:
                on_applied(migration, len(pending) - index)
        if pending:
            # REST servers keep the catalog in memory; Supabase's and the local one listen to this.
            await connection.execute("notify pgrst, 'reload schema'")
        return pending
    finally:
        await connection.close()


async def _connect(dsn: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(normalise_dsn(dsn), statement_cache_size=0)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise Unavailable(
            f"The database can't be reached: {error}", hint="Check DATABASE_URL; `headwater doctor` looks at each part."
        ) from error


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    # The parser takes long to load, and most starts have nothing to apply.
    import pglast

    try:
        async with connection.transaction():
            await connection.execute(_LONGEST_WAIT)
            await connection.execute(migration.sql)
            # A file may set its own search_path or role; neither may leak into the next one. `all` leaves the role out.
            await connection.execute("reset all; reset role")
            await connection.execute(
                "insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)",
                migration.version,
                migration.name,
                migration.statements(),
            )
    except (asyncpg.PostgresError, pglast.parser.ParseError) as error:
        raise MigrationFailed(f"{migration.version}_{migration.name}.sql: {error}") from error


async def _read_history(connection: asyncpg.Connection) -> list[str]:
    exists = await connection.fetchval("select to_regclass('supabase_migrations.schema_migrations') is not null")
    if not exists:
        return []
    rows = await connection.fetch("select version from supabase_migrations.schema_migrations order by version")
    return [row["version"] for row in rows]
