"""`supabase db push` and `headwater migrate` are interchangeable: either goes on where the other stopped."""

from __future__ import annotations

import asyncpg

from headwater.core.database.migrations import apply_migrations, find_migrations_folder, list_applied, read_migrations
from tests.database.schema import dump_schema
from tests.supabase_cli.command import SupabaseProject

MIGRATIONS = read_migrations(find_migrations_folder())
VERSIONS = [migration.version for migration in MIGRATIONS]
HALF = VERSIONS[len(VERSIONS) // 2]
LAST = VERSIONS[-1]
_HISTORY = "select version, name, statements from supabase_migrations.schema_migrations order by version"


async def read_history(dsn: str) -> list[tuple[str, str, list[str]]]:
    """Return the record of what was applied."""
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(_HISTORY)]
    finally:
        await connection.close()


async def test_push_makes_the_database_that_migrate_makes(
    dsn: str, unmigrated_dsn: str, supabase: SupabaseProject
) -> None:
    planned = await supabase.run("db", "push", "--dry-run", remote=unmigrated_dsn)
    assert LAST in planned.out + planned.err
    assert await list_applied(unmigrated_dsn) == []
    await supabase.run("db", "push", remote=unmigrated_dsn)
    assert dump_schema(unmigrated_dsn) == dump_schema(dsn)
    # To the letter: what one recorded, `supabase migration fetch` gives as the other's.
    assert await read_history(unmigrated_dsn) == await read_history(dsn)
    assert await apply_migrations(unmigrated_dsn) == []


async def test_push_finds_nothing_to_do_after_migrate_and_sows_the_seed_once(
    dsn: str, supabase: SupabaseProject
) -> None:
    assert await supabase.list_versions(dsn) == [(version, version) for version in VERSIONS]
    for _ in range(2):
        said = await supabase.run("db", "push", "--include-seed", "--output-format=json", remote=dsn)
        assert said.json["migrations"] == []
    connection = await asyncpg.connect(dsn)
    sown = await connection.fetch("select path from supabase_migrations.seed_files")
    await connection.close()
    assert [row["path"] for row in sown] == ["supabase/seed.sql"]


async def test_push_goes_on_where_migrate_stopped(dsn: str, unmigrated_dsn: str, supabase: SupabaseProject) -> None:
    await apply_migrations(unmigrated_dsn, until=HALF)
    said = await supabase.run("db", "push", "--output-format=json", remote=unmigrated_dsn)
    pushed = [name.split("_")[0] for name in said.json["migrations"]]
    assert pushed == [version for version in VERSIONS if version > HALF]
    assert dump_schema(unmigrated_dsn) == dump_schema(dsn)


async def test_migrate_goes_on_where_up_stopped(dsn: str, unmigrated_dsn: str, supabase: SupabaseProject) -> None:
    supabase.lay(until=HALF)
    await supabase.run("migration", "up", remote=unmigrated_dsn)
    assert await list_applied(unmigrated_dsn) == [version for version in VERSIONS if version <= HALF]
    applied = await apply_migrations(unmigrated_dsn)
    assert [migration.version for migration in applied] == [version for version in VERSIONS if version > HALF]
    assert dump_schema(unmigrated_dsn) == dump_schema(dsn)


async def test_repair_is_believed_by_migrate(dsn: str, supabase: SupabaseProject) -> None:
    before = await read_history(dsn)
    await supabase.run("migration", "repair", LAST, "--status=reverted", remote=dsn)
    assert await list_applied(dsn) == VERSIONS[:-1]
    assert await supabase.list_versions(dsn) == [*((version, version) for version in VERSIONS[:-1]), (LAST, "")]
    # Every migration may run twice, so the one that is believed undone does no harm.
    assert [migration.version for migration in await apply_migrations(dsn)] == [LAST]
    await supabase.run("migration", "repair", LAST, "--status=reverted", remote=dsn)
    await supabase.run("migration", "repair", LAST, "--status=applied", remote=dsn)
    assert await apply_migrations(dsn) == []
    assert await read_history(dsn) == before


async def test_push_needs_no_superuser(project: tuple[str, asyncpg.Connection], supabase: SupabaseProject) -> None:
    dsn, _ = project
    await supabase.run("db", "push", remote=dsn)
    assert await list_applied(dsn) == VERSIONS
