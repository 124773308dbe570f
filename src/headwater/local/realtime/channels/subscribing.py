"""From a binding that a client asks for to subscriptions that the dispatcher serves."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
import orjson

from headwater.local.realtime.changes.filters import Condition, InvalidFilter, parse_filter
from headwater.local.realtime.changes.matching import InvalidSubscription, Test, make_test
from headwater.local.realtime.changes.subscriptions import Subscription, Viewer
from headwater.local.realtime.changes.tables import Table, read_selectable, read_table

if TYPE_CHECKING:
    from headwater.local.realtime.channels.channel import Channel

# The client takes 0 for "none".
_LARGEST_ID = 134_217_727
_ACTIONS = frozenset({"INSERT", "UPDATE", "DELETE"})
_PUBLISHED = """
select c.oid
from pg_publication_tables p
join pg_namespace n on n.nspname = p.schemaname
join pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
where p.pubname = $1 and ($2 = '*' or p.schemaname = $2) and ($3 = '*' or p.tablename = $3)
limit 1000
"""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a client asks to hear of."""

    id: int
    action: str
    schema: str
    table: str
    conditions: tuple[Condition, ...]
    select: tuple[str, ...] | None


def number_bindings(asked: Iterable[dict[str, Any]]) -> list[int]:
    """Return the number of each binding: the same for the same request, different for different ones."""
    taken: dict[int, bytes] = {}
    numbers: list[int] = []
    for binding in asked:
        text = orjson.dumps(binding, option=orjson.OPT_SORT_KEYS)
        number = zlib.crc32(text) % _LARGEST_ID + 1
        while taken.setdefault(number, text) != text:
            number = number % _LARGEST_ID + 1
        numbers.append(number)
    return numbers


def read_binding(asked: dict[str, Any], number: int, *, max_conditions: int) -> Binding:
    """Read a binding.

    Raises:
        InvalidSubscription: it can't be understood.
    """
    schema, table, text = asked.get("schema"), asked.get("table"), asked.get("filter")
    names_table = isinstance(table, str)
    fits = text is None or (isinstance(schema, str) and names_table and isinstance(text, str))
    has_schema = isinstance(schema, str) and (names_table or "table" not in asked)
    if not (has_schema or (names_table and "schema" not in asked)) or not fits:
        told = orjson.dumps({name: value for name, value in asked.items() if not name.endswith("_token")}).decode()
        raise InvalidSubscription(
            "No subscription params provided. Please provide at least a `schema` or `table` to subscribe to: " + told
        )
    try:
        conditions = parse_filter(text or "", max_conditions=max_conditions)
    except InvalidFilter as error:
        raise InvalidSubscription(f"Error parsing `filter` params: {error}") from error
    select = _read_select(asked.get("select"))
    schema = schema if isinstance(schema, str) else "public"
    table = table if names_table else "*"
    if select is not None and "*" in (schema, table):
        raise InvalidSubscription(
            "Column selection is not supported for wildcard subscriptions. Provide an explicit schema and table name."
        )
    event = asked.get("event")
    action = event.upper() if isinstance(event, str) else "*"
    return Binding(number, action if action in _ACTIONS else "*", schema, str(table), conditions, select)


def _read_select(asked: Any) -> tuple[str, ...] | None:
    if isinstance(asked, str):
        raise InvalidSubscription(
            'Error parsing `select` params: expected a list of column name strings, e.g. select: ["col1", "col2"]'
        )
    names = tuple(name for name in asked if isinstance(name, str)) if isinstance(asked, list) else ()
    return names or None


async def make_subscriptions(
    binding: Binding, *, channel: Channel, viewer: Viewer, publication: str, connection: asyncpg.Connection
) -> list[Subscription]:
    """Make the subscriptions of a binding: one, or with a filter one for each table that it may concern.

    Raises:
        InvalidSubscription: no such table is published, or the filter doesn't fit it.
    """
    found = await connection.fetch(_PUBLISHED, publication, binding.schema, binding.table)
    if not found:
        raise InvalidSubscription(
            "Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given "
            f"connect parameters: [{describe(binding)}]"
        )
    if not binding.conditions and binding.select is None:
        return [Subscription(binding.id, channel, viewer, binding.action, binding.schema, binding.table, (), None)]
    made: list[Subscription] = []
    for row in found:
        table = await read_table(row["oid"], connection)
        if table is None:
            continue
        try:
            made.append(await _make_subscription(binding, table, channel, viewer, connection))
        except InvalidSubscription as error:
            raise InvalidSubscription(
                "Unable to subscribe to changes with given parameters. An exception happened so please check your "
                f"connect parameters: [{describe(binding)}]. Exception: {error}"
            ) from error
    return made


async def _make_subscription(
    binding: Binding, table: Table, channel: Channel, viewer: Viewer, connection: asyncpg.Connection
) -> Subscription:
    selectable = await read_selectable(table, viewer.role, connection)
    for condition in binding.conditions:
        if condition.column not in selectable:
            raise InvalidSubscription(f"invalid column for filter {condition.column}")
    for name in binding.select or ():
        if name not in selectable:
            raise InvalidSubscription(f"invalid column for select {name}")
    tests = [await make_test(condition, table, connection) for condition in binding.conditions]
    indexed = next((test for test in tests if test.equals is not None), None)
    remaining: tuple[Test, ...] = tuple(test for test in tests if test is not indexed)
    return Subscription(
        binding.id,
        channel,
        viewer,
        binding.action,
        table.schema,
        table.name,
        binding.conditions,
        frozenset(binding.select) if binding.select else None,
        remaining,
        equal=(indexed.column, indexed.equals) if indexed is not None and indexed.equals is not None else None,
    )


def describe(binding: Binding) -> str:
    """Write a binding as messages about it do."""
    filters = ", ".join(
        f'{{"{c.column}", "{c.operator}", "{c.value}", {str(c.negated).lower()}}}' for c in binding.conditions
    )
    select = "nil" if binding.select is None else "[" + ", ".join(f'"{name}"' for name in binding.select) + "]"
    named = f"event: {binding.action}, schema: {binding.schema}, table: {binding.table}"
    return f"{named}, filters: [{filters}], select: {select}"
