"""Finding the type of each field, and with it the functions that represent it."""

from __future__ import annotations

from dataclasses import replace

from headwater.local.rest import errors
from headwater.local.rest.catalog.model import Column, SchemaCache, Table
from headwater.local.rest.grammar.tree import Field, Filter, LogicNode
from headwater.local.rest.identifiers import QualifiedName
from headwater.local.rest.plan.model import Condition, PlannedField, PlannedFilter, PlannedGroup


def plan_column(column: Column) -> PlannedField:
    """Make the field of a known column."""
    return PlannedField(column.name, type=column.nominal_type, base_type=column.data_type, default=column.default)


def plan_field(
    cache: SchemaCache,
    table: QualifiedName,
    field: Field,
    *,
    search: bool = False,
    language: str | None = None,
) -> PlannedField:
    """Make a field of a table; one that the catalog does not know, a computed column say, has no type."""
    known = cache.tables.get(table)
    column = known.columns.get(field.name) if known else None
    if column is None:
        return PlannedField(field.name, field.path, to_json=True)
    found = replace(plan_column(column), path=field.path, search=search, language=language)
    if found.type in ("json", "jsonb"):
        return found
    if found.base_type == "tsvector":
        return replace(found, to_json=True, search=False, language=None)
    return replace(found, to_json=True)


def with_transform(cache: SchemaCache, source: str, target: str, field: PlannedField) -> PlannedField:
    """Add the function that turns one representation into the other, where the database has one."""
    function = cache.representations.get((source, target))
    return replace(field, type=source, transform=function) if function else field


def plan_output(cache: SchemaCache, table: QualifiedName, field: Field) -> PlannedField:
    """Make a field of the answer."""
    found = plan_field(cache, table, field)
    return with_transform(cache, found.type, "json", found)


def plan_filter(cache: SchemaCache, table: QualifiedName, condition: Filter) -> PlannedFilter:
    """Make a condition, its value read by the type's own function where there is one."""
    operation = condition.operation
    found = plan_field(
        cache,
        table,
        condition.field,
        search=operation.kind == "search",
        language=operation.language,
    )
    return PlannedFilter(with_transform(cache, "text", found.type, found), operation, condition.slot)


def plan_condition(cache: SchemaCache, table: QualifiedName, node: LogicNode) -> Condition:
    """Make a condition or a tree of them."""
    if isinstance(node, Filter):
        return plan_filter(cache, table, node)
    return PlannedGroup(
        node.operator, tuple(plan_condition(cache, table, member) for member in node.members), node.negated
    )


def plan_written_column(cache: SchemaCache, table: Table, name: str) -> PlannedField:
    """Make a column that is written; raises PGRST204 for one that does not exist."""
    column = table.columns.get(name)
    if column is None:
        raise errors.RestError(
            400,
            "PGRST204",
            f"Could not find the '{name}' column of '{table.name.name}' in the schema cache",
        )
    found = plan_column(column)
    return with_transform(cache, "json", found.type, found)
