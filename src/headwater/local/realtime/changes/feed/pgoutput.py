"""Messages of the output plugin `pgoutput`, version 1, with values as text.

Format: https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

Action = Literal["INSERT", "UPDATE", "DELETE"]

_BEGIN = struct.Struct("!QqI")
_COMMIT = struct.Struct("!BQQq")
_NUMBER = struct.Struct("!I")
_SHORT = struct.Struct("!H")
_COLUMN_TYPE = struct.Struct("!Ii")
# Postgres counts microseconds from 2000-01-01.
_EPOCH_MILLISECONDS = 946_684_800_000


class Unchanged:
    """Stands for a large value that an update left alone, and that the log therefore doesn't hold."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNCHANGED"


UNCHANGED = Unchanged()
Value = bytes | None | Unchanged
Row = list[Value]


@dataclass(frozen=True, slots=True)
class RelationColumn:
    """A published column; `is_key` where it belongs to the replica identity."""

    name: str
    type_id: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """A published table as it was when the change was made."""

    id: int
    schema: str
    name: str
    columns: tuple[RelationColumn, ...]


@dataclass(frozen=True, slots=True)
class Begin:
    """A transaction begins that ended at `final_lsn`."""

    final_lsn: int
    committed_at: int
    """Milliseconds since 1970."""
    transaction_id: int


@dataclass(frozen=True, slots=True)
class Commit:
    """A transaction ends; the next one begins after `end_lsn`."""

    end_lsn: int


@dataclass(slots=True, eq=False)
class Change:
    """One row, inserted, updated or deleted."""

    relation: Relation
    action: Action
    new: Row | None
    old: Row | None
    """The replica identity, as far as the log holds it."""
    size: int
    transaction: Begin


def parse_begin(message: memoryview) -> Begin:
    """Read a message `B`."""
    final_lsn, at, transaction_id = _BEGIN.unpack_from(message, 1)
    return Begin(final_lsn, at // 1000 + _EPOCH_MILLISECONDS, transaction_id)


def parse_commit(message: memoryview) -> Commit:
    """Read a message `C`."""
    _, _, end_lsn, _ = _COMMIT.unpack_from(message, 1)
    return Commit(end_lsn)


def parse_relation(message: memoryview) -> Relation:
    """Read a message `R`."""
    data = bytes(message)
    (relation_id,) = _NUMBER.unpack_from(data, 1)
    schema, at = _read_name(data, 5)
    name, at = _read_name(data, at)
    (count,) = _SHORT.unpack_from(data, at + 1)
    at += 3
    columns: list[RelationColumn] = []
    for _ in range(count):
        is_key = bool(data[at] & 1)
        column, at = _read_name(data, at + 1)
        type_id, _ = _COLUMN_TYPE.unpack_from(data, at)
        at += _COLUMN_TYPE.size
        columns.append(RelationColumn(column, type_id, is_key))
    # An empty schema stands for pg_catalog.
    return Relation(relation_id, schema or "pg_catalog", name, tuple(columns))


def read_relation_id(message: memoryview) -> int:
    """Return the table that a message `I`, `U` or `D` is about."""
    found: int = _NUMBER.unpack_from(message, 1)[0]
    return found


def parse_change(message: memoryview, relation: Relation, transaction: Begin) -> Change | None:
    """Read a message `I`, `U` or `D`; None for any other."""
    kind = message[0]
    size = len(message)
    if kind == 0x49:
        new, _ = _read_row(message, 6)
        return Change(relation, "INSERT", new, None, size, transaction)
    if kind == 0x55:
        at, old = 5, None
        if message[at] != 0x4E:
            old, at = _read_row(message, at + 1)
        new, _ = _read_row(message, at + 1)
        return Change(relation, "UPDATE", new, old, size, transaction)
    if kind == 0x44:
        old, _ = _read_row(message, 6)
        return Change(relation, "DELETE", None, old, size, transaction)
    return None


def _read_row(message: memoryview, at: int) -> tuple[Row, int]:
    (count,) = _SHORT.unpack_from(message, at)
    at += 2
    row: Row = []
    for _ in range(count):
        kind = message[at]
        at += 1
        if kind == 0x6E:
            row.append(None)
        elif kind == 0x75:
            row.append(UNCHANGED)
        else:
            (length,) = _NUMBER.unpack_from(message, at)
            at += 4
            row.append(bytes(message[at : at + length]))
            at += length
    return row, at


def _read_name(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(0, at)
    return data[at:end].decode(), end + 1
