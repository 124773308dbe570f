"""Joining embedded relations: which relationship is meant, and what each adds to its parent's row."""

from __future__ import annotations

from headwater.local.rest.catalog.hints import ambiguous_relationship, relationship_not_found
from headwater.local.rest.catalog.model import Relationship, SchemaCache
from headwater.local.rest.identifiers import QualifiedName
from headwater.local.rest.plan.model import Output, ReadNode, SpreadColumn

Joins = list[tuple[tuple[QualifiedName, str], tuple[QualifiedName, str]]]


def join_relations(cache: SchemaCache, schema: str, node: ReadNode) -> None:
    """Find the relationship of every embedded relation and the conditions that join it."""
    for child in node.children:
        origin = node.source.name
        if child.depth == 1 and node.source_alias:
            origin = node.source_alias
        found = find_relationship(cache, schema, origin, child.name, child.hint)
        child.relationship = found
        child.source = found.foreign_table
        child.embed_alias = f"{found.table.name}_{child.label}_{child.depth}"
        if child.is_spread and not found.is_to_one:
            child.spreads_many = True
        alias = f"{found.foreign_table.name}_{child.depth}"
        if found.cardinality == "computed":
            child.source_alias = alias
            child.relation_argument = QualifiedName("", node.source_alias) if node.source_alias else found.table
        elif found.cardinality == "m2m":
            child.joins = join_conditions(found, None, node.source_alias)
        else:
            child.source_alias = alias
            child.joins = join_conditions(found, alias, node.source_alias)
        join_relations(cache, schema, child)


def join_conditions(found: Relationship, alias: str | None, parent_alias: str | None) -> Joins:
    """Return the pairs of columns that must be equal."""
    schema = found.table.schema
    parent = QualifiedName("", parent_alias) if parent_alias else found.table
    if found.junction:
        middle = found.junction.table
        return [
            *(
                ((QualifiedName(middle.schema, middle.name), there), (found.foreign_table, here))
                for here, there in found.junction.target_columns
            ),
            *(((middle, there), (parent, here)) for here, there in found.junction.source_columns),
        ]
    target = QualifiedName("", alias) if alias else QualifiedName(schema, found.foreign_table.name)
    return [((target, there), (parent, here)) for here, there in found.columns]


def find_relationship(cache: SchemaCache, schema: str, origin: str, target: str, hint: str | None) -> Relationship:
    """Find the one relationship that is meant; raises PGRST200 for none and PGRST201 for several."""
    known = cache.relationships.get((QualifiedName(schema, origin), schema), [])
    matching = [relationship for relationship in known if matches(relationship, target, hint)]
    if not matching:
        raise relationship_not_found(cache, schema, origin, target, hint)
    if len(matching) > 1:
        raise ambiguous_relationship(origin, target, matching)
    return matching[0]


def matches(relationship: Relationship, target: str, hint: str | None) -> bool:
    """Say whether a relationship fits a target's name and a hint.

    The target is the other table's name, or without a hint the foreign key's name or its single column. The hint is
    a foreign key, a single column of either side or a junction. A table related to itself has two directions: its
    name means the many, the column's name the one.
    """
    if relationship.function is not None:
        return target == relationship.function.name
    single = len(relationship.columns) == 1
    here = relationship.columns[0][0] if single else None
    there = relationship.columns[0][1] if single else None
    by_table = target == relationship.foreign_table.name
    if relationship.is_self:
        to_many = by_table and relationship.cardinality == "o2m"
        if hint is None:
            return to_many or (relationship.cardinality == "m2o" and target == here)
        return to_many and hint == there
    if hint is None:
        by_key = relationship.junction is None and target in (relationship.constraint, here)
        return by_table or (by_key and not relationship.foreign_table_is_view)
    if not by_table:
        return False
    if relationship.junction:
        return hint == relationship.junction.table.name
    return hint in (relationship.constraint, here, there)


def add_outputs(node: ReadNode) -> None:
    """Say what each embedded relation adds to its parent's row, from the leaves up."""
    for child in node.children:
        add_outputs(child)
        if child.is_spread:
            node.outputs.append(Output(child.embed_alias, spread=spread_columns(child)))
        else:
            node.outputs.append(
                Output(
                    child.embed_alias,
                    child.label,
                    bool(child.relationship and child.relationship.is_to_one),
                    is_empty(child),
                )
            )


def is_empty(node: ReadNode) -> bool:
    """Say whether nothing at all is selected, here and below: such an embed only filters."""
    return not node.select and all(is_empty(child) for child in node.children)


def spread_columns(node: ReadNode) -> list[SpreadColumn]:
    """Return the columns that a spread relation hands up."""
    columns = [SpreadColumn(column.alias or column.field.name) for column in node.select]
    for output in node.outputs:
        if output.spread is None:
            columns.append(SpreadColumn(output.name))
        else:
            columns += output.spread
    return columns
