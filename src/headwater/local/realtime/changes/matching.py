"""Conditions of a filter, made ready for the types of a table and tried on its rows.

What Python compares exactly as Postgres would (equality of types that are written in one way only, order of whole
numbers) is tried here; everything else is asked of Postgres, with bound values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import asyncpg

from headwater.local.realtime.changes.filters import IS_VALUES, OPERATORS, Condition
from headwater.local.realtime.changes.tables import Table

_MAX_IN_LIST = 100
_WHOLE_NUMBERS = frozenset({20, 21, 23})
# Equal if and only if written equal: bool, int2, int4, int8, text, varchar, uuid, date, timestamp, timestamptz, oid.
_ONE_SPELLING = frozenset({16, 20, 21, 23, 25, 26, 1043, 1082, 1114, 1184, 2950})
# How the log spells a value is its output function's way, which a cast to text doesn't always take (boolean, char).
_SPELL = "select format('%s', ($1::text)::{type})"
_LIST = """
select array(
  select case when one is not null then format('%s', one) end
  from unnest(($1::text)::{type}[]) as one
)
"""
_ORDERS: dict[str, Callable[[int, int], bool]] = {
    "lt": lambda one, other: one < other,
    "lte": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "gte": lambda one, other: one >= other,
}


class InvalidSubscription(Exception):
    """A subscription doesn't fit the table; the text is for the subscriber."""


@dataclass(frozen=True, slots=True)
class Test:
    """A condition: `check` tries it on the text of a value, or `sql` asks Postgres with that text as `$1`."""

    column: str
    check: Callable[[str | None], bool] | None
    sql: str = ""
    operand: str | None = None
    """The statement's `$2`; None where it takes none."""
    equals: str | None = None
    """The text that the value must have, for a test that is nothing but that."""


async def make_test(condition: Condition, table: Table, connection: asyncpg.Connection) -> Test:
    """Make a condition ready.

    Raises:
        InvalidSubscription: the value can't be one of the column's type, or the type knows no such comparison.
    """
    info = table.columns[condition.column].type
    if condition.operator == "is":
        return _make_is(condition, info.full_name)
    value = condition.value
    try:
        if condition.operator == "in":
            listed = await connection.fetchval(_LIST.format(type=info.full_name), value)
            if len(listed) > _MAX_IN_LIST:
                raise InvalidSubscription("too many values for `in` filter. Maximum 100")
        elif condition.operator not in {"like", "ilike", "match", "imatch"}:
            value = await connection.fetchval(_SPELL.format(type=info.full_name), value)
        test = _make_check(condition, value, info.base_id, listed if condition.operator == "in" else ())
        if test is None:
            test = Test(condition.column, None, _write_sql(condition, info.full_name), condition.value)
            # Postgres itself says whether the type knows the operator and takes the value.
            await connection.fetchval(test.sql, None, test.operand)
    except asyncpg.PostgresConnectionError:
        raise
    except asyncpg.PostgresError as error:
        raise InvalidSubscription(str(error)) from error
    return test


def _make_is(condition: Condition, type_name: str) -> Test:
    value = condition.value.lower()
    if value not in IS_VALUES:
        raise InvalidSubscription("invalid value for is filter: must be null, true, false, or unknown")
    wanted = not condition.negated
    if value == "null":
        return Test(condition.column, lambda text: (text is None) is wanted)
    if type_name != "boolean":
        raise InvalidSubscription(f"argument of IS {value.upper()} must be type boolean, not type {type_name}")
    spelled = {"true": "t", "false": "f", "unknown": None}[value]
    return Test(condition.column, lambda text: (text == spelled) is wanted)


def _make_check(condition: Condition, value: str, base_id: int, listed: list[str] | tuple[str, ...]) -> Test | None:
    """Make a test for Python, None where only Postgres knows."""
    operator, wanted = condition.operator, not condition.negated
    if base_id in _ONE_SPELLING:
        is_same = (operator, wanted) in {("eq", True), ("neq", False), ("isdistinct", False)}
        if is_same:
            return Test(condition.column, lambda text: text == value, equals=value)
        if operator in {"eq", "neq"}:
            return Test(condition.column, lambda text: text is not None and text != value)
        if operator == "isdistinct":
            return Test(condition.column, lambda text: text != value)
        if operator == "in" and None not in listed:
            members = frozenset(listed)
            return Test(condition.column, lambda text: text is not None and (text in members) is wanted)
    if base_id in _WHOLE_NUMBERS and operator in _ORDERS:
        order, number = _ORDERS[operator], int(value)
        return Test(condition.column, lambda text: text is not None and order(int(text), number) is wanted)
    return None


def _write_sql(condition: Condition, type_name: str) -> str:
    left = f"($1::text)::{type_name}"
    sign = OPERATORS[condition.operator]
    if condition.operator == "in":
        right = f"(($2::text)::{type_name}[])"
    elif condition.operator in {"like", "ilike", "match", "imatch"}:
        right = "($2::text)"
    else:
        right = f"(($2::text)::{type_name})"
    return f"select {'not ' if condition.negated else ''}({left} {sign} {right})"
