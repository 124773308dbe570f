"""What a subscriber is told of a change: the `data` of a `postgres_changes` message."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson

from headwater.local.realtime.changes.feed import Change
from headwater.local.realtime.changes.feed.pgoutput import Row, Unchanged
from headwater.local.realtime.changes.tables import Column, Table

Texts = dict[str, str | None]

_SMALL_BYTES = 64
_NO_PRIMARY_KEY = "Error 400: Bad Request, no primary key"
_NOT_ALLOWED = "Error 401: Unauthorized"
_TOO_LARGE = "Error 413: Payload Too Large"


class Rows:
    """A change's rows as texts by column: `record` after it, `old` what is known of before."""

    __slots__ = ("change", "converted", "old", "outdated", "record")

    def __init__(self, change: Change, table: Table) -> None:
        self.change = change
        names = [column.name for column in change.relation.columns]
        keys = {column.name for column in change.relation.columns if column.is_key}
        self.old = {name: text for name, text in _read(names, change.old).items() if name in keys}
        self.record = _read(names, change.new)
        if change.new is not None:
            # A large value that the update left alone is in the log only where it belongs to the replica identity.
            for name, text in self.old.items():
                self.record.setdefault(name, text)
        if change.action == "UPDATE" and not self.old:
            self.old = {name: self.record[name] for name in table.primary_key if name in self.record}
        self.outdated = {
            column.name
            for column in change.relation.columns
            if column.name in table.columns and table.columns[column.name].type.id != column.type_id
        }
        """Columns that had another type at the time of the change: their values can't be read as of the present one."""
        self.converted: dict[tuple[str, str], Any] = {}

    @property
    def visible(self) -> Texts:
        """What filters are tried on: the row after the change, of a deleted one what is known of it."""
        return self.old if self.change.action == "DELETE" else self.record

    def find_key(self, table: Table) -> tuple[str, ...] | None:
        """Return the primary key's texts, None where it isn't whole."""
        found = [self.record.get(name) for name in table.primary_key]
        return tuple(text for text in found if text is not None) if None not in found else None

    async def convert_by_database(self, table: Table, connection: asyncpg.Connection) -> None:
        """Have Postgres make the JSON of those values that only it can."""
        for column in table.columns.values():
            if not column.needs_database or column.name in self.outdated:
                continue
            for text in {self.record.get(column.name), self.old.get(column.name)} - {None}:
                statement = f"select to_jsonb(($1::text)::{column.type.full_name})::text"
                made = await connection.fetchval(statement, text)
                self.converted[column.name, str(text)] = orjson.Fragment(made)


def _read(names: list[str], row: Row | None) -> Texts:
    if row is None:
        return {}
    return {
        name: None if value is None else value.decode()
        for name, value in zip(names, row, strict=True)
        if not isinstance(value, Unchanged)
    }


def find_refusal(rows: Rows, table: Table, selectable: frozenset[str]) -> str:
    """Say why a role gets no more of a change than that there was one; empty where it may get it."""
    if rows.change.action == "DELETE":
        return ""
    if not table.primary_key:
        return _NO_PRIMARY_KEY
    return "" if selectable.issuperset(table.primary_key) else _NOT_ALLOWED


def make_refused(rows: Rows, reason: str) -> bytes:
    """Make the `data` for a role that may not get the rows."""
    names = {"columns": [], "record": {}, "errors": [reason]}
    return orjson.dumps({**_name(rows.change), **names})


def make_data(
    rows: Rows, table: Table, *, selectable: frozenset[str], select: frozenset[str] | None, max_bytes: int
) -> bytes:
    """Make the `data` for a role that may read the columns `selectable` and a subscriber who asked for `select`."""
    change = rows.change
    shown = [
        column
        for column in table.columns.values()
        if column.name in selectable and (select is None or column.name in select or column.is_primary)
    ]
    too_large = change.size > max_bytes
    data = {**_name(change), "columns": [column.described for column in shown]}
    if change.action != "DELETE":
        data["record"] = _make_record(rows, rows.record, shown, too_large)
    if change.action != "INSERT":
        # Who may see a row that is gone can't be known any more: only its key is told.
        hidden = change.action == "DELETE" and table.has_rls
        data["old_record"] = _make_record(rows, rows.old, (c for c in shown if c.is_primary or not hidden), too_large)
    data["errors"] = [_TOO_LARGE] if too_large else None
    return orjson.dumps(data)


def _name(change: Change) -> dict[str, Any]:
    moment = datetime.fromtimestamp(change.transaction.committed_at / 1000, UTC)
    return {
        "schema": change.relation.schema,
        "table": change.relation.name,
        "type": change.action,
        "commit_timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _make_record(rows: Rows, texts: Texts, columns: Iterable[Column], too_large: bool) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for column in columns:
        if column.name not in texts:
            continue
        text = texts[column.name]
        if text is None:
            record[column.name] = None
        elif too_large and len(text.encode()) > _SMALL_BYTES:
            continue
        elif column.name in rows.outdated:
            record[column.name] = text
        elif column.needs_database:
            record[column.name] = rows.converted.get((column.name, text), text)
        else:
            record[column.name] = column.convert(text) if column.convert else text
    return record
