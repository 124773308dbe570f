"""Every column that a member may write refuses what Postgres keeps and readers can't: found by the catalogue, tried."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg
import pytest

from headwater.core.database.database import Database
from headwater.core.database.migrations import find_migrations_folder
from headwater.core.text import MAX_JSON_DEPTH
from tests.database.cases import CASES
from tests.database.rows import Stage, open_stage
from tests.fixtures.workspaces import Cast

_WRITABLE = """
select class.relname as on_table, attribute.attname as on_column, format_type(type.oid, null) as type,
    attribute.attname ~ '(^|_)url$' and attribute.attname <> 'normalised_url' as is_address
from pg_class as class
join pg_attribute as attribute on attribute.attrelid = class.oid
join pg_type as base on base.oid = attribute.atttypid
join pg_type as type on type.oid = case when base.typtype = 'd' then base.typbasetype else base.oid end
where class.relnamespace::regnamespace::text in ('public', 'headwater')
    and class.relkind in ('r', 'p')
    and attribute.attnum > 0
    and not attribute.attisdropped
    and (
        has_column_privilege('authenticated', class.oid, attribute.attnum, 'insert')
        or has_column_privilege('authenticated', class.oid, attribute.attnum, 'update')
    )
order by 1, 2
"""
_MOMENTS = ("infinity", "-infinity", "0044-03-15 00:00+00 BC", "1969-12-31 00:00+00", "2100-01-02 00:00+00")
_DEEP = MAX_JSON_DEPTH + 1
_JSON = (
    "[" * _DEEP + "1" + "]" * _DEEP,
    '{"a":' * _DEEP + "1" + "}" * _DEEP,
    "[" * 900 + "]" * 900,
    '{"a": "' + "x" * 5_000_000 + '"}',
)
_POISON: dict[str, tuple[str, ...]] = {
    "timestamp with time zone": (*_MOMENTS, "200000-01-01 00:00+00"),
    "timestamp without time zone": _MOMENTS,
    "date": ("infinity", "-infinity", "0044-03-15 BC", "1969-12-31", "2100-01-02"),
    "time without time zone": ("24:00",),
    "time with time zone": ("24:00+00",),
    "interval": ("178000000 years", "-1 day"),
    "json": _JSON,
    "jsonb": _JSON,
    "numeric": ("NaN", "Infinity", "-Infinity", "1e400"),
    "real": ("NaN", "Infinity", "-Infinity"),
    "double precision": ("NaN", "Infinity", "-Infinity"),
    "smallint": ("32767", "-1"),
    "integer": ("2147483647", "-1"),
    "bigint": ("9223372036854775807", "-1"),
    "text": ("x" * 1_000_000,),
    "character varying": ("x" * 1_000_000,),
    "text[]": ("{{email},{webhook}}", "{{read}}", "{null}", "{" + ",".join(["email"] * 5_000) + "}", "x" * 1_000_000),
}
_ADDRESSES = (
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "/relative",
    "http://a b/",
)
#: Nothing can be wrong with these.
_HARMLESS = {"uuid", "boolean"}
_REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)


@dataclass(frozen=True)
class Column:
    """A column that a member may write."""

    table: str
    name: str
    type: str
    is_address: bool

    @property
    def poison(self) -> tuple[str, ...]:
        """Return what it must refuse."""
        return (*_POISON[self.type], *(_ADDRESSES if self.is_address else ()))


async def list_writable(owner: asyncpg.Connection) -> list[Column]:
    """Return every column that `authenticated` may write, as the catalogue has them."""
    return [Column(*row) for row in await owner.fetch(_WRITABLE)]


@pytest.fixture
async def stage(owner: asyncpg.Connection, cast: Cast, database: Database) -> Stage:
    """Everybody, and a row of everything."""
    return await open_stage(owner, cast, database)


async def test_every_member_writable_column_refuses_what_readers_choke_on(stage: Stage) -> None:
    columns = [column for column in await list_writable(stage.owner) if column.type not in _HARMLESS]
    assert {column.type for column in columns} <= set(_POISON), "a type of which nobody said what to refuse"
    assert len(columns) > 50
    taken = [
        f"{column.table}.{column.name} ({column.type}) takes {poison[:60]!r}"
        for column in columns
        for poison in column.poison
        if not await _refuses(stage, column, poison)
    ]
    assert taken == []


async def _refuses(stage: Stage, column: Column, poison: str) -> bool:
    """Try a value in the seeded row as the owner, whom no policy and no trigger for members holds; and undo it."""
    transaction = stage.owner.transaction()
    await transaction.start()
    # What refuses is to be a rule on the value: not a reference, and not a trigger, which binds some and not others.
    await stage.owner.execute("set local session_replication_role = replica")
    seeded = stage.fill(CASES[column.table].seeded, caller="admin")
    statement = f'update public.{column.table} set "{column.name}" = $1::text::{column.type} where {seeded}'
    try:
        done = await stage.owner.execute(statement, poison)
    except _REFUSED:
        return True
    finally:
        await transaction.rollback()
    assert done == "UPDATE 1", f"no seeded row of {column.table}"
    return False


async def test_rows_of_before_are_put_right_and_the_file_runs_twice(stage: Stage) -> None:
    """What was poisoned under an earlier release is readable after the migration, which loses no row."""
    owner = stage.owner
    constraints = await owner.fetch(
        "select conrelid::regclass::text as on_table, conname from pg_constraint where conname like '%_readable'"
    )
    assert len(constraints) > 40
    for row in constraints:
        await owner.execute(f"alter table {row['on_table']} drop constraint {row['conname']}")
    columns = {
        (row["on_table"], row["conname"].removeprefix(f"{row['on_table']}_").removesuffix("_readable"))
        for row in constraints
    }
    # One end of the quiet hours stands with the other.
    await owner.execute("update public.notification_preferences set quiet_start = '22:00', quiet_end = '06:00'")
    poisoned = 0
    for column in await list_writable(owner):
        if (column.table, column.name) in columns:
            seeded = stage.fill(CASES[column.table].seeded, caller="admin")
            statement = f'update public.{column.table} set "{column.name}" = $1::text::{column.type} where {seeded}'
            async with owner.transaction():
                await owner.execute("set local session_replication_role = replica")
                await owner.execute(statement, _choose_old_poison(column))
            poisoned += 1
    assert poisoned > 40
    counts = {table: await owner.fetchval(f"select count(*) from public.{table}") for table in CASES}
    migration = (find_migrations_folder() / "20261130004100_platform_readable_values.sql").read_text("utf-8")
    await owner.execute(migration)
    await owner.execute(migration)
    assert counts == {table: await owner.fetchval(f"select count(*) from public.{table}") for table in CASES}
    found = await owner.fetchval("select count(*) from pg_constraint where conname like '%_readable' and convalidated")
    assert found == len(constraints)
    forced = await owner.fetchval(
        "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        " and not relforcerowsecurity"
    )
    disabled = await owner.fetchval("select count(*) from pg_trigger where tgenabled = 'D'")
    assert (forced, disabled) == (0, 0)


def _choose_old_poison(column: Column) -> str:
    """Return a value that earlier releases took."""
    if column.is_address:
        return _ADDRESSES[0]
    if column.type == "text":
        return "x" * 20_000
    by_name = {"scopes": "{{read},{write}}", "suggestions": _JSON[0]}
    return by_name.get(column.name, _JSON[1] if column.type == "jsonb" else column.poison[0])
