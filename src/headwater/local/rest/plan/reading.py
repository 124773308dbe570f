"""Building the tree of a read: the select, then filters, orders and ranges on their levels, then the joins."""

from __future__ import annotations

from dataclasses import replace

from headwater.local.rest import errors
from headwater.local.rest.catalog.model import SchemaCache
from headwater.local.rest.config import RestConfig
from headwater.local.rest.grammar.queries import Query
from headwater.local.rest.grammar.tree import OrderTerm, Path, SelectField, SelectItem
from headwater.local.rest.identifiers import QualifiedName
from headwater.local.rest.plan.embedding import add_outputs, join_relations
from headwater.local.rest.plan.fields import (
    plan_column,
    plan_condition,
    plan_field,
    plan_filter,
    plan_output,
    with_transform,
)
from headwater.local.rest.plan.model import (
    SOURCE,
    Condition,
    NullEmbed,
    PlannedColumn,
    PlannedField,
    PlannedFilter,
    PlannedGroup,
    PlannedOrder,
    ReadNode,
    Recipe,
)
from headwater.local.rest.plan.spreading import collect_spread_orders, hoist_aggregates

Ranges = dict[Path, tuple[Recipe, Recipe]]


def plan_read(
    cache: SchemaCache,
    config: RestConfig,
    table: QualifiedName,
    query: Query,
    *,
    kind: str,
    ranges: Ranges,
) -> ReadNode:
    """Build the tree of a request on a table; `kind` is read, mutate or call.

    In a mutation the top level's filters belong to the change, not to what is read back from it.
    """
    root = ReadNode(table.name, table)
    add_items(cache, root, query.select)
    for path, condition in query.filters:
        if kind != "mutate" or path:
            node = find_node(root, path, legacy=config.legacy_target_names)
            node.where.append(plan_filter(cache, node.source, condition))
    for path, terms in query.orders:
        node = find_node(root, path, legacy=config.legacy_target_names)
        node.order = [plan_order(cache, node.source, term) for term in terms]
    if kind != "mutate":
        for path, (limit, offset) in ranges.items():
            node = find_node(root, path, legacy=config.legacy_target_names)
            node.limit, node.offset, node.has_range = limit, offset, True
    for path, tree in query.logic:
        if kind != "mutate" or path:
            node = find_node(root, path, legacy=config.legacy_target_names)
            node.where.append(plan_condition(cache, node.source, tree))
    if kind != "read":
        root.source_alias = table.name
        root.source = QualifiedName("", SOURCE)
    join_relations(cache, table.schema, root)
    expand_stars(cache, root, table, has_aggregate=False)
    add_aliases(root)
    resolve_related_orders(root)
    resolve_null_embeds(root)
    add_outputs(root)
    if not config.aggregates_enabled:
        refuse_aggregates(root)
    hoist_aggregates(root)
    collect_spread_orders(root)
    if kind != "mutate" and config.max_rows is not None:
        limit_rows(root, config.max_rows)
    return root


def add_items(cache: SchemaCache, node: ReadNode, items: tuple[SelectItem, ...]) -> None:
    """Add the select list of a level and of those below it."""
    for item in items:
        if isinstance(item, SelectField):
            field = plan_output(cache, node.source, item.field)
            node.select.append(PlannedColumn(field, item.alias, item.cast, item.aggregate, item.aggregate_cast))
            continue
        child = ReadNode(
            item.name,
            QualifiedName(node.source.schema, item.name),
            node.depth + 1,
            item.alias,
            item.hint,
            item.join,
            item.spread,
        )
        add_items(cache, child, item.children)
        node.children.append(child)


def find_node(root: ReadNode, path: Path, *, legacy: bool) -> ReadNode:
    """Find the level that a path names; raises PGRST108 where it is not embedded."""
    node = root
    for name in path:
        found = next((child for child in node.children if child.label == name or (legacy and child.name == name)), None)
        if found is None:
            aliased = next((child for child in node.children if child.name == name), None)
            if aliased is not None and aliased.alias:
                raise errors.alias_needed(name, aliased.alias)
            raise errors.not_embedded(name)
        if found.alias and found.alias != name:
            found.legacy_match = True
        node = found
    return node


def plan_order(cache: SchemaCache, table: QualifiedName, term: OrderTerm) -> PlannedOrder:
    """Make one key of an order."""
    if term.relation is not None:
        field = PlannedField(term.field.name, term.field.path)
    else:
        field = plan_field(cache, table, term.field)
    return PlannedOrder(field, term.relation, term.direction, term.nulls)


def expand_stars(cache: SchemaCache, node: ReadNode, table: QualifiedName, *, has_aggregate: bool) -> None:
    """Replace `*` by the columns where a star would not do: with representations, aggregates or to-many spreads."""
    source = node.source
    if source == QualifiedName("", SOURCE) and node.source_alias:
        source = QualifiedName(table.schema, node.source_alias)
    known = cache.tables.get(source)
    columns = [plan_column(column) for column in known.columns.values()] if known else []
    here = has_aggregate or node.spreads_many or any(column.aggregate for column in node.select)
    represented = any((column.type, "json") in cache.representations for column in columns)
    if here or represented:
        expanded: list[PlannedColumn] = []
        for column in node.select:
            if column.field.name != "*" or column.field.path:
                expanded.append(column)
            elif column.aggregate is None:
                expanded += [
                    replace(column, field=with_transform(cache, field.type, "json", field)) for field in columns
                ]
            elif node.is_spread and column.aggregate == "count":
                expanded.append(replace(column, field=replace(column.field, as_row=True)))
            else:
                expanded.append(column)
        node.select = expanded
    for child in node.children:
        expand_stars(cache, child, table, has_aggregate=here)


def add_aliases(node: ReadNode) -> None:
    """Name the columns that would have no name, or a wrong one, by themselves."""
    node.select = [add_alias(column, is_spread=node.is_spread) for column in node.select]
    for child in node.children:
        add_aliases(child)


def add_alias(column: PlannedColumn, *, is_spread: bool) -> PlannedColumn:
    """Name a column after its aggregate, its last JSON key or its own name."""
    if column.alias is not None:
        return column
    if column.aggregate is not None:
        return replace(column, alias=column.aggregate) if is_spread else column
    if column.field.path:
        keys = [step.key for step in column.field.path if not step.is_index]
        return replace(column, alias=keys[-1] if keys else column.field.name)
    if column.field.transform:
        return replace(column, alias=column.field.name)
    return column


def resolve_related_orders(node: ReadNode) -> None:
    """Point orders by a relation's column at its join; raises PGRST118 for a to-many one and PGRST108 for none."""
    resolved: list[PlannedOrder] = []
    for term in node.order:
        if term.relation is None:
            resolved.append(term)
            continue
        child = next((child for child in node.children if child.label == term.relation), None)
        if child is None:
            raise errors.not_embedded(term.relation)
        if not (child.relationship and child.relationship.is_to_one):
            raise errors.related_order_impossible(node.source.name, child.label)
        resolved.append(replace(term, relation=child.embed_alias))
    node.order = resolved
    for child in node.children:
        resolve_related_orders(child)


def resolve_null_embeds(node: ReadNode) -> None:
    """Turn `relation=is.null` into a condition on the join, where the relation is embedded."""
    aliases = {child.label: child.embed_alias for child in reversed(node.children)}
    if aliases:
        node.where = [resolve_null_embed(condition, aliases) for condition in node.where]
    for child in node.children:
        resolve_null_embeds(child)


def resolve_null_embed(condition: Condition, aliases: dict[str, str]) -> Condition:
    """Turn one condition."""
    if isinstance(condition, PlannedGroup):
        return replace(condition, members=tuple(resolve_null_embed(member, aliases) for member in condition.members))
    if isinstance(condition, PlannedFilter) and not condition.field.path:
        operation = condition.operation
        alias = aliases.get(condition.field.name)
        if alias is not None and operation.kind == "is" and operation.operator == "null":
            return NullEmbed(operation.negated, alias)
    return condition


def refuse_aggregates(node: ReadNode) -> None:
    """Raise PGRST123 where a select holds an aggregate."""
    if any(column.aggregate for column in node.select):
        raise errors.aggregates_disabled()
    for child in node.children:
        refuse_aggregates(child)


def limit_rows(node: ReadNode, maximum: int) -> None:
    """Bound every level; levels with a range of their own are bounded when their values are known."""
    if not node.has_range:
        node.limit, node.offset, node.has_range = str(maximum).encode(), b"0", True
    for child in node.children:
        limit_rows(child, maximum)
