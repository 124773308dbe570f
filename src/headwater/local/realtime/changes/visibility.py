"""Row-level security: which of many viewers may see which of many changed rows, asked in one round trip.

A function of the session, one for each table, tries every viewer's claims: it sets role and claims, then looks for
the rows by primary key, exactly as the viewer's own query would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from headwater.core.telemetry import get_logger
from headwater.local.realtime.changes.subscriptions import Viewer
from headwater.local.realtime.changes.tables import Table

logger = get_logger(__name__)

LOST_SERVER = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)
"""What Postgres says when it goes away or isn't there yet."""

# A change is in the log a moment before its transaction counts as ended for others. Without waiting for that, a row
# would be missed now and then.
_WAIT = """
create or replace function pg_temp.headwater_wait_for(ended bigint[])
returns void
language plpgsql
as $$
declare
  seen pg_snapshot;
  newest bigint;
  tries int := 0;
begin
  loop
    seen := pg_current_snapshot();
    newest := pg_snapshot_xmax(seen)::text::bigint;
    exit when not exists (
      select
      from unnest(ended) as short
      cross join lateral (select (newest & ~4294967295::bigint) | short as long) as guessed
      where not pg_visible_in_snapshot(
        (case when long - newest > 2147483648 then long - 4294967296 else long end)::text::xid8, seen
      )
    ) or tries >= 5000;
    tries := tries + 1;
    perform pg_sleep(0.0005);
  end loop;
end
$$
"""
_FUNCTION = """
create or replace function pg_temp.{name}(viewer_role text, claims text[], wanted text[], {parameters})
returns table (viewer int, seen int[])
language plpgsql
as $$
declare
  turn int;
begin
  perform set_config('role', viewer_role, true);
  for turn in 1 .. cardinality(claims) loop
    perform set_config('request.jwt.claims', claims[turn], true);
    select array_agg(place)
    into seen
    from unnest(wanted[turn]::int[]) as place
    where (select true from {table} as candidate where {match} limit 1);
    if seen is not null then
      viewer := turn;
      return next;
    end if;
  end loop;
  perform set_config('role', 'none', true);
end
$$
"""


Seen = tuple[tuple[int, ...], list[Viewer]]
"""Rows, by their places in the batch from 1, and who may see them."""


@dataclass(slots=True)
class Question:
    """One viewer and the rows that concern it, by their place in the batch."""

    viewer: Viewer
    rows: list[int]


class VisibilityCheck:
    """Asks on one connection; `forget` when that connection is another one."""

    def __init__(self) -> None:
        self._prepared: dict[int, Table] = {}
        self._can_wait = False

    def forget(self) -> None:
        """Make the session's functions anew at the next question."""
        self._prepared.clear()
        self._can_wait = False

    async def wait_for(self, transactions: set[int], connection: asyncpg.Connection) -> None:
        """Wait until these transactions count as ended."""
        if not self._can_wait:
            await connection.execute(_WAIT)
            self._can_wait = True
        await connection.execute("select pg_temp.headwater_wait_for($1)", list(transactions))

    async def ask(
        self, table: Table, keys: Sequence[Sequence[str]], questions: list[Question], connection: asyncpg.Connection
    ) -> list[Seen]:
        """Return the rows that viewers may see, and these viewers.

        `keys` holds the primary keys of the rows, as text, in the order of the table's key.
        """
        if self._prepared.get(table.id) is not table:
            await connection.execute(_write_function(table))
            self._prepared[table.id] = table
        by_role: dict[str, list[Question]] = {}
        for question in questions:
            by_role.setdefault(question.viewer.role, []).append(question)
        columns = [list(column) for column in zip(*keys, strict=True)]
        seen: list[Seen] = []
        for role, asked in by_role.items():
            seen += await _ask_role(table, role, columns, asked, connection)
        return seen


async def _ask_role(
    table: Table, role: str, columns: list[list[str]], questions: list[Question], connection: asyncpg.Connection
) -> list[Seen]:
    parameters = ", ".join(f"${number}" for number in range(1, 4 + len(columns)))
    statement = f"select viewer, seen from pg_temp.{_name(table)}({parameters})"  # noqa: S608 - a number
    claims = [question.viewer.claims for question in questions]
    # Most viewers are asked about the same rows, by the very same list.
    literals: dict[int, str] = {}
    wanted: list[str] = []
    for question in questions:
        literal = literals.get(id(question.rows))
        if literal is None:
            literal = literals[id(question.rows)] = "{" + ",".join(map(str, question.rows)) + "}"
        wanted.append(literal)
    try:
        async with connection.transaction():
            found = await connection.fetch(statement, role, claims, wanted, *columns)
    except LOST_SERVER:
        raise
    except asyncpg.PostgresError as error:
        if len(questions) > 1 and not isinstance(error, asyncpg.QueryCanceledError):
            # A policy failed for one of them: the others shall not miss theirs.
            seen: list[Seen] = []
            for question in questions:
                seen += await _ask_role(table, role, columns, [question], connection)
            return seen
        logger.warning("realtime_policy_failed", table=f"{table.schema}.{table.name}", role=role, reason=str(error))
        return []
    by_rows: dict[tuple[int, ...], list[Viewer]] = {}
    for viewer, rows in found:
        by_rows.setdefault(tuple(rows), []).append(questions[viewer - 1].viewer)
    return list(by_rows.items())


def _name(table: Table) -> str:
    return f"headwater_visible_{table.id}"


def _write_function(table: Table) -> str:
    numbers = range(1, len(table.primary_key) + 1)
    match = " and ".join(
        f"candidate.{quote_name(column)} = key_{number}[place]::{table.columns[column].type.full_name}"
        for number, column in zip(numbers, table.primary_key, strict=True)
    )
    return _FUNCTION.format(
        name=_name(table),
        parameters=", ".join(f"key_{number} text[]" for number in numbers),
        table=f"{quote_name(table.schema)}.{quote_name(table.name)}",
        match=match,
    )


def quote_name(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'
