"""The migrations and what applies them: to nothing, twice, over a release, several at once, and one that fails."""

from __future__ import annotations

import asyncio
import shutil
import tomllib
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from headwater.core.database.database import Database
from headwater.core.database.migrations import (
    FILE_PATTERN,
    MigrationFailed,
    apply_migrations,
    find_migrations_folder,
    list_applied,
    read_migrations,
)
from tests.database.cases import SEED
from tests.database.rows import open_stage
from tests.database.schema import dump_schema
from tests.fixtures.workspaces import make_cast

FOLDER = find_migrations_folder()
RELEASES = tomllib.loads((FOLDER.parent / "releases.toml").read_text("utf-8"))["releases"]
VERSIONS = [migration.version for migration in read_migrations(FOLDER)]
# Columns by today's names, under which the seed fills a release that has the former ones: table, former, today's.
RENAMED = [("notification_events", "source_id", "subject_id")]
_HAS_COLUMN = "select true from information_schema.columns where table_name = $1 and column_name = $2"
_HISTORY = "select version, name, statements from supabase_migrations.schema_migrations order by version"


@pytest.fixture
async def connection(unmigrated_dsn: str) -> Any:
    """The owner's connection to a database that has no migration yet."""
    opened = await asyncpg.connect(unmigrated_dsn)
    yield opened
    await opened.close()


def lay(folder: Path, **files: str) -> Path:
    """Lay a folder of migrations."""
    folder.mkdir(exist_ok=True)
    for name, sql in files.items():
        (folder / f"{name.removeprefix('v')}.sql").write_text(sql, "utf-8")
    return folder


def test_files_are_named_as_the_command_line_of_supabase_reads_them() -> None:
    names = sorted(path.name for path in FOLDER.iterdir())
    matches = [FILE_PATTERN.match(name) for name in names]
    assert all(match and len(match["version"]) == 14 for match in matches), names
    assert len(set(VERSIONS)) == len(VERSIONS)


async def test_empty_database_gets_all_of_them(unmigrated_dsn: str) -> None:
    heard: list[tuple[str, int]] = []
    applied = await apply_migrations(
        unmigrated_dsn, FOLDER, on_applied=lambda migration, left: heard.append((migration.version, left))
    )
    assert [migration.version for migration in applied] == VERSIONS
    assert heard == [(version, len(VERSIONS) - index) for index, version in enumerate(VERSIONS, start=1)]
    assert await list_applied(unmigrated_dsn) == VERSIONS
    assert await apply_migrations(unmigrated_dsn, FOLDER) == []


async def test_running_every_file_a_second_time_changes_nothing(dsn: str, owner: asyncpg.Connection) -> None:
    before = dump_schema(dsn)
    assert "create table public.monitored_sources".upper() in before.upper()
    for migration in read_migrations(FOLDER):
        async with owner.transaction():
            await owner.execute(migration.sql)
            await owner.execute("reset all")
    assert dump_schema(dsn) == before


async def test_record_is_that_of_supabase(unmigrated_dsn: str, connection: asyncpg.Connection) -> None:
    await apply_migrations(unmigrated_dsn, FOLDER)
    rows = await connection.fetch(_HISTORY)
    files = [path.name for path in sorted(FOLDER.iterdir())]
    assert [f"{row['version']}_{row['name']}.sql" for row in rows] == files
    assert all(row["statements"] and all(statement.strip() for statement in row["statements"]) for row in rows)
    columns = await connection.fetch(
        "select column_name, data_type, is_nullable from information_schema.columns"
        " where table_schema = 'supabase_migrations' and table_name = 'schema_migrations' order by 1"
    )
    assert [tuple(row) for row in columns] == [
        ("name", "text", "YES"),
        ("statements", "ARRAY", "YES"),
        ("version", "text", "NO"),
    ]


async def test_statements_of_the_record_make_the_same_database(
    dsn: str, unmigrated_dsn: str, owner: asyncpg.Connection, connection: asyncpg.Connection
) -> None:
    """`supabase db push` and `migration repair` work statement by statement."""
    for row in await owner.fetch(_HISTORY):
        async with connection.transaction():
            for statement in row["statements"]:
                await connection.execute(statement)
            await connection.execute("reset all")
    by_statements = dump_schema(unmigrated_dsn)
    await owner.execute("drop schema supabase_migrations cascade")
    assert dump_schema(dsn) == by_statements


async def test_goes_on_where_the_command_line_of_supabase_stopped(
    unmigrated_dsn: str, connection: asyncpg.Connection
) -> None:
    """Older versions of it made the table without the columns `name` and `statements`."""
    first, rest = VERSIONS[0], VERSIONS[1:]
    await connection.execute(read_migrations(FOLDER)[0].sql)
    await connection.execute(
        "create schema supabase_migrations;"
        "create table supabase_migrations.schema_migrations"
        " (version text not null primary key, statements text[], name text)"
    )
    await connection.execute("insert into supabase_migrations.schema_migrations (version) values ($1)", first)
    applied = await apply_migrations(unmigrated_dsn, FOLDER)
    assert [migration.version for migration in applied] == rest


async def test_failing_one_leaves_nothing_half_done(
    tmp_path: Path, unmigrated_dsn: str, connection: asyncpg.Connection
) -> None:
    folder = lay(
        tmp_path / "migrations",
        v20300101000000_good="create table public.good (id integer);",
        v20300102000000_bad="create table public.half (id integer);\nselect 1 / 0;",
        v20300103000000_later="create table public.later (id integer);",
    )
    with pytest.raises(MigrationFailed) as refused:
        await apply_migrations(unmigrated_dsn, folder)
    assert "20300102000000_bad.sql" in str(refused.value)
    assert "division by zero" in str(refused.value)
    assert await list_applied(unmigrated_dsn) == ["20300101000000"]
    tables = await connection.fetch("select relname from pg_class where relname in ('good', 'half', 'later')")
    assert [row["relname"] for row in tables] == ["good"]
    lay(folder, v20300102000000_bad="create table public.half (id integer);")
    applied = await apply_migrations(unmigrated_dsn, folder)
    assert [migration.version for migration in applied] == ["20300102000000", "20300103000000"]


async def test_file_that_is_no_sql_is_named(tmp_path: Path, unmigrated_dsn: str) -> None:
    folder = lay(tmp_path / "migrations", v20300101000000_odd="this is no sql")
    with pytest.raises(MigrationFailed, match=r"20300101000000_odd\.sql"):
        await apply_migrations(unmigrated_dsn, folder)


async def test_what_a_file_sets_ends_with_it(tmp_path: Path, unmigrated_dsn: str) -> None:
    folder = lay(
        tmp_path / "migrations",
        v20300101000000_path="set search_path = extensions; set role anon;",
        v20300102000000_next="create table lands_in_public (id integer);",
    )
    await apply_migrations(unmigrated_dsn, folder)
    found = await asyncpg.connect(unmigrated_dsn)
    try:
        assert await found.fetchval("select to_regclass('public.lands_in_public')") is not None
    finally:
        await found.close()


async def test_several_migrators_at_once_take_turns(unmigrated_dsn: str) -> None:
    applied = await asyncio.gather(*(apply_migrations(unmigrated_dsn, FOLDER) for _ in range(4)))
    assert sorted(len(done) for done in applied) == [0, 0, 0, len(VERSIONS)]
    assert await list_applied(unmigrated_dsn) == VERSIONS


async def test_older_installation_leaves_newer_records_alone(
    tmp_path: Path, unmigrated_dsn: str, connection: asyncpg.Connection
) -> None:
    await apply_migrations(unmigrated_dsn, FOLDER)
    await connection.execute(
        "insert into supabase_migrations.schema_migrations (version, name) values ('99990101000000', 'from_later')"
    )
    assert await apply_migrations(unmigrated_dsn, FOLDER) == []
    assert (await list_applied(unmigrated_dsn))[-1] == "99990101000000"


async def test_file_between_others_is_still_applied(tmp_path: Path, unmigrated_dsn: str) -> None:
    """Two branches that are merged bring files whose versions interleave."""
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder)
    await apply_migrations(unmigrated_dsn, folder)
    lay(folder, v20261121000150_between="create schema between_others;")
    assert [migration.name for migration in await apply_migrations(unmigrated_dsn, folder)] == ["between"]


def test_releases_name_versions_that_exist_in_order() -> None:
    last = [release["last"] for release in RELEASES]
    assert last
    assert set(last) <= set(VERSIONS)
    assert last == sorted(last)
    assert len({release["name"] for release in RELEASES}) == len(RELEASES)


@pytest.mark.parametrize("release", RELEASES, ids=[release["name"] for release in RELEASES])
async def test_applies_over_each_release_with_its_data(
    unmigrated_dsn: str, connection: asyncpg.Connection, tmp_path: Path, release: dict[str, str]
) -> None:
    """Over the last one comes a file of tomorrow, so that this proves something before there is a second release."""
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder)
    lay(
        folder,
        v99990101000000_tomorrow="alter table public.profiles add column if not exists colour text;\n"
        "update public.profiles set colour = 'blue' where colour is null;",
    )
    done = await apply_migrations(unmigrated_dsn, folder, until=release["last"])
    assert done[-1].version == release["last"]
    former = [one for one in RENAMED if await connection.fetchval(_HAS_COLUMN, *one[:2])]
    for table, was, now in former:
        await connection.execute(f"alter table {table} rename {was} to {now}")
    database = Database(unmigrated_dsn)
    try:
        stage = await open_stage(connection, await make_cast(connection), database)
    finally:
        await database.close()
    tables = [line.split()[2].removeprefix("public.") for line in SEED.splitlines() if line.startswith("insert into")]
    before = {table: await connection.fetchval(f"select count(*) from public.{table}") for table in tables}
    for table, was, now in former:
        await connection.execute(f"alter table {table} rename {now} to {was}")
    rest = await apply_migrations(unmigrated_dsn, folder)
    assert rest[-1].name == "tomorrow"
    for table, was, now in RENAMED:
        assert not await connection.fetchval(_HAS_COLUMN, table, was)
        assert await connection.fetchval(_HAS_COLUMN, table, now)
    after = {table: await connection.fetchval(f"select count(*) from public.{table}") for table in tables}
    assert after == before
    assert await connection.fetchval("select colour from profiles where id = $1", stage.cast["admin"].user_id) == "blue"
