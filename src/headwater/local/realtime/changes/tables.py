"""What the catalog says of a published table: columns, primary key, row-level security, privileges of roles."""

from __future__ import annotations

from dataclasses import dataclass, field

import asyncpg
import orjson

from headwater.core.clock import monotonic
from headwater.local.realtime.changes.values import Convert, TypeInfo, find_converter

# Memberships of roles change what a role may read without any mark in the log.
_STALE_SECONDS = 10.0

_TABLE = """
select n.nspname, c.relname, c.relrowsecurity, coalesce(i.indkey::int2[], '{}') as key
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_index i on i.indrelid = c.oid and i.indisprimary
where c.oid = $1
"""
_COLUMNS = """
select a.attname, a.attnum, t.typname, a.atttypid
from pg_attribute a
join pg_type t on t.oid = a.atttypid
where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""
_TYPES = """
with recursive wanted as (
  select t.*
  from pg_type t
  where t.oid = any($1::oid[])
  union
  select t.*
  from wanted w
  join pg_type t on t.oid = nullif(w.typbasetype, 0) or (w.typcategory = 'A' and t.oid = w.typelem)
)
select
  w.oid, w.typname,
  -- Written as the standard does, these two would mean a length of 1.
  case w.oid
    when 1042 then 'bpchar'
    when 1014 then 'bpchar[]'
    when 1560 then 'pg_catalog.bit'
    when 1561 then 'pg_catalog.bit[]'
    else format_type(w.oid, null)
  end as full_name,
  case when w.typtype = 'd' then w.typbasetype else w.oid end as base_id,
  case when w.typcategory = 'A' and w.typelem <> 0 and w.typlen = -1 then w.typelem else 0 end as element_id,
  w.typdelim,
  w.typtype = 'c' or (w.oid >= 16384 and exists (
    select
    from pg_cast
    where castsource = w.oid and casttarget = 'json'::regtype and castfunc <> 0
  )) as needs_database
from wanted w
"""
_SELECTABLE = """
select attname
from pg_attribute
where attrelid = $1 and attnum > 0 and not attisdropped and has_column_privilege($2::name, $1::oid, attnum, 'select')
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as subscribers hear of it."""

    name: str
    type: TypeInfo
    is_primary: bool
    convert: Convert | None
    needs_database: bool
    described: orjson.Fragment
    """`{"name": …, "type": …}`, ready."""


@dataclass(slots=True, eq=False)
class Table:
    """A table, at the time it was read."""

    id: int
    schema: str
    name: str
    has_rls: bool
    columns: dict[str, Column]
    primary_key: tuple[str, ...]
    read_at: float
    selectable: dict[str, frozenset[str]] = field(default_factory=dict)
    """By role: the columns that it may read."""

    @property
    def is_stale(self) -> bool:
        """Whether it should be read anew."""
        return monotonic() - self.read_at > _STALE_SECONDS


class Tables:
    """The tables that changes came from, read when first needed and after each news of them."""

    def __init__(self) -> None:
        self._tables: dict[int, Table] = {}

    def forget(self, table_ids: set[int]) -> None:
        """Read these anew when they are next asked for."""
        for table_id in table_ids:
            self._tables.pop(table_id, None)
        table_ids.clear()

    async def find(self, table_id: int, connection: asyncpg.Connection) -> Table | None:
        """Return a table, None when it is gone."""
        known = self._tables.get(table_id)
        if known is not None and not known.is_stale:
            return known
        found = await read_table(table_id, connection)
        if found is None:
            # Dropped since: what was known of it still fits the changes before.
            return known
        self._tables[table_id] = found
        return found


async def read_table(table_id: int, connection: asyncpg.Connection) -> Table | None:
    """Read a table from the catalog, None when there is no such table."""
    row = await connection.fetchrow(_TABLE, table_id)
    if row is None:
        return None
    found = await connection.fetch(_COLUMNS, table_id)
    types = await _read_types({column["atttypid"] for column in found}, connection)
    key = list(row["key"])
    columns = {column["attname"]: _make_column(column, types, is_primary=column["attnum"] in key) for column in found}
    numbers = {column["attnum"]: column["attname"] for column in found}
    primary_key = tuple(numbers[number] for number in key if number in numbers)
    return Table(table_id, row["nspname"], row["relname"], row["relrowsecurity"], columns, primary_key, monotonic())


async def read_selectable(table: Table, role: str, connection: asyncpg.Connection) -> frozenset[str]:
    """Return the columns that a role may read; none where there is no such role."""
    known = table.selectable.get(role)
    if known is None:
        try:
            found = await connection.fetch(_SELECTABLE, table.id, role)
        except asyncpg.UndefinedObjectError:
            found = []
        known = table.selectable[role] = frozenset(row["attname"] for row in found)
    return known


async def _read_types(type_ids: set[int], connection: asyncpg.Connection) -> dict[int, TypeInfo]:
    return {
        row["oid"]: TypeInfo(
            row["oid"],
            row["typname"],
            row["full_name"],
            row["base_id"],
            row["element_id"],
            row["typdelim"].decode() if isinstance(row["typdelim"], bytes) else row["typdelim"],
            row["needs_database"],
        )
        for row in await connection.fetch(_TYPES, list(type_ids))
    }


def _make_column(row: asyncpg.Record, types: dict[int, TypeInfo], *, is_primary: bool) -> Column:
    info = types[row["atttypid"]]
    beneath = types.get(info.element_id or info.base_id, info)
    return Column(
        row["attname"],
        info,
        is_primary,
        find_converter(info.id, types),
        info.needs_database or beneath.needs_database,
        orjson.Fragment(orjson.dumps({"name": row["attname"], "type": row["typname"]})),
    )
