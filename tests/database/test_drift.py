"""SQLAlchemy's tables say what the migrated database says: the same columns, types, nulls, defaults and keys."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import MetaData, Table
from sqlalchemy.dialects import postgresql

import headwater

_SOURCE = Path(headwater.__file__).parent
_MODULES = sorted(
    "headwater." + ".".join(path.relative_to(_SOURCE).with_suffix("").parts)
    for layer in ("kit", "products")
    for path in (_SOURCE / layer).rglob("tables.py")
)
_COLUMNS = """
select
    attname as name,
    format_type(atttypid, atttypmod) as type,
    not attnotnull as nullable,
    atthasdef as has_default,
    attgenerated <> '' or attidentity <> '' as generated,
    coalesce(attnum = any (key.conkey), false) as primary_key
from pg_attribute
left join pg_constraint as key on key.conrelid = attrelid and key.contype = 'p'
where attrelid = to_regclass($1)
    and attnum > 0
    and not attisdropped
order by attname
"""
_dialect: Any = postgresql.dialect()  # type: ignore[no-untyped-call]


def read_tables(module: str) -> dict[str, Table]:
    """Return the tables of a module by their full name."""
    metadata: MetaData = importlib.import_module(module).metadata
    return {f"{table.schema}.{table.name}": table for table in metadata.tables.values()}


def name_type(kind: Any) -> str:
    """Return a type as Postgres writes it."""
    written = str(kind.compile(dialect=_dialect)).lower()
    written = written.removesuffix(" without time zone")
    plain = {"time": "time without time zone", "timestamp": "timestamp without time zone", "float": "double precision"}
    return plain.get(written, written).replace("varchar", "character varying")


@pytest.mark.parametrize("module", _MODULES)
async def test_tables_mirror_the_database(owner: asyncpg.Connection, module: str) -> None:
    tables = read_tables(module)
    assert tables
    # Without a search path every type outside pg_catalog is written with its schema.
    await owner.execute("set search_path = ''")
    for name, table in tables.items():
        migrated = {
            row["name"]: (row["type"], row["nullable"], row["has_default"] or row["generated"], row["primary_key"])
            for row in await owner.fetch(_COLUMNS, name)
        }
        mirrored = {
            column.name: (
                name_type(column.type),
                bool(column.nullable),
                column.server_default is not None,
                bool(column.primary_key),
            )
            for column in table.columns
        }
        assert mirrored == migrated, name


async def test_every_table_is_mirrored_once(owner: asyncpg.Connection) -> None:
    mirrored = [name for module in _MODULES for name in read_tables(module)]
    rows = await owner.fetch(
        "select 'public.' || relname as name from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    )
    assert sorted(mirrored) == sorted(row["name"] for row in rows)
