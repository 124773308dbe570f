"""Spread relations: aggregates that move up to where their groups are, and the order of to-many spreads."""

from __future__ import annotations

from dataclasses import replace

from headwater.local.rest import errors
from headwater.local.rest.plan.model import PlannedColumn, PlannedField, PlannedOrder, ReadNode, SpreadColumn

# An aggregate on its way up: the join and column it belongs to, and how it is applied and named there.
Hoisted = dict[tuple[str, str], tuple[str, str | None, str | None]]


def hoist_aggregates(node: ReadNode) -> Hoisted:
    """Move the aggregates of to-one spreads up to the first level that is not spread; returns those still moving."""
    below: Hoisted = {}
    for child in node.children:
        below.update(hoist_aggregates(child))
    spreads_one = node.is_spread and not node.spreads_many
    hoisted: Hoisted = {}
    if spreads_one and node.depth > 0:
        kept: list[PlannedColumn] = []
        for column in node.select:
            if column.aggregate:
                name = column.alias or column.field.name
                hoisted[node.embed_alias, name] = (column.aggregate, column.aggregate_cast, column.alias)
                column = replace(column, aggregate=None, aggregate_cast=None)  # noqa: PLW2901
            kept.append(column)
        node.select = kept
        hoisted.update({(node.embed_alias, name): what for (_, name), what in below.items()})
        return hoisted
    for output in node.outputs:
        if output.spread is not None:
            output.spread = [apply_hoisted(column, output.alias, below) for column in output.spread]
    return hoisted


def apply_hoisted(column: SpreadColumn, alias: str, hoisted: Hoisted) -> SpreadColumn:
    """Apply an aggregate that has arrived."""
    found = hoisted.get((alias, column.name))
    if found is None:
        return column
    return replace(column, aggregate=found[0], aggregate_cast=found[1], alias=found[2])


def collect_spread_orders(node: ReadNode) -> None:
    """Move the order of a to-many spread into its aggregation, with the columns that it needs.

    Raises PGRST127 for aggregates within such a spread.
    """
    if node.spreads_many:
        spread = any(column.aggregate for output in node.outputs for column in output.spread or ())
        if spread or any(column.aggregate for column in node.select):
            raise errors.not_implemented("Aggregates are not implemented for one-to-many or many-to-many spreads.")
        for number, term in enumerate(node.order, 1):
            name = f"{node.embed_alias}_{term.field.name}_{number}"
            node.extra_select.append((term.relation, PlannedColumn(term.field, name)))
            node.spread_order.append(PlannedOrder(PlannedField(name), None, term.direction, term.nulls))
        node.order = []
    for child in node.children:
        collect_spread_orders(child)
