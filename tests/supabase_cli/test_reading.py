"""The commands that read a database: types for programs, the linter, the advisors."""

from __future__ import annotations

import asyncio
import json
import re

import asyncpg
import pytest

from headwater.core.database.migrations import apply_migrations
from headwater.local.postgres import install_foundation
from tests.database.test_oldest_postgres import lay_migrations
from tests.supabase_cli.command import SupabaseProject

_COLUMNS = """
select table_name, array_agg(column_name::text) as columns
from information_schema.columns
where table_schema = 'public'
group by table_name
"""


async def test_types_name_every_table_and_column(
    dsn: str, owner: asyncpg.Connection, supabase: SupabaseProject
) -> None:
    script, python = await asyncio.gather(
        *(supabase.run("gen", "types", f"--lang={language}", remote=dsn) for language in ("typescript", "python"))
    )
    written = {
        name: set(re.findall(r'"(\w+)":', row))
        for name, row in re.findall(r'"(\w+)": \{\s+Row: \{(.*?)\}\s+ComputedFields', script.out, re.DOTALL)
    }
    tables = {row["table_name"]: set(row["columns"]) for row in await owner.fetch(_COLUMNS)}
    assert written == tables
    compile(python.out, "types.py", "exec")
    assert "class PublicMonitoredSources(BaseModel):" in python.out


async def test_advisors_find_no_error(dsn: str, supabase: SupabaseProject) -> None:
    said = await supabase.run("db", "advisors", "--level=info", remote=dsn)
    found = json.loads(said.out[said.out.index("[") :])
    # What they always find here shows that they looked: the engine's functions, written by others.
    assert ("WARN", "procrastinate") in {(one["level"], one["metadata"]["schema"]) for one in found}
    assert [one["detail"] for one in found if one["level"] == "ERROR"] == []


async def test_lint_says_what_the_embedded_postgres_lacks(dsn: str, supabase: SupabaseProject) -> None:
    said = await supabase.run("db", "lint", remote=dsn, expect=1)
    assert 'extension "plpgsql_check" is not available' in said.err


async def test_lint_finds_no_error_where_the_extension_is(oldest: str, supabase: SupabaseProject) -> None:
    connection = await asyncpg.connect(oldest)
    there = await connection.fetchval(
        "select exists (select from pg_available_extensions where name = 'plpgsql_check')"
    )
    await connection.close()
    if not there:
        pytest.skip("this Postgres has no plpgsql_check")
    await install_foundation(oldest)
    await apply_migrations(oldest, lay_migrations(supabase.folder / "for-15"))
    await supabase.run("db", "lint", "--level=error", "--fail-on=error", "--schema=public,headwater", remote=oldest)
