"""The statement of a read: one select with a lateral join for each embedded relation."""
# ruff: noqa: S608 - the texts are put together from quoted names and parameter signs alone

from __future__ import annotations

from headwater.local.rest.identifiers import QualifiedName, quote_identifier, quote_name
from headwater.local.rest.plan.model import (
    Condition,
    NullEmbed,
    Output,
    PlannedColumn,
    PlannedField,
    PlannedGroup,
    PlannedOrder,
    ReadNode,
    SpreadColumn,
)
from headwater.local.rest.sql.fragments import (
    Writer,
    write_aggregate,
    write_alias,
    write_column,
    write_condition,
    write_field,
    write_joins,
    write_order,
    write_range,
    write_reference,
)

EVERYTHING = PlannedColumn(PlannedField("*"))


def row_source(node: ReadNode) -> QualifiedName:
    """Return the name that a node's columns are referred to by."""
    relationship = node.relationship
    if relationship and relationship.function:
        return QualifiedName("", node.source_alias or relationship.function.name)
    return QualifiedName("", node.source_alias) if node.source_alias else node.source


def write_from(node: ReadNode) -> str:
    """Write the from clause: the table, or the function of a computed relationship, and a junction."""
    relationship = node.relationship
    if relationship and relationship.function and node.relation_argument:
        argument = f"{quote_identifier(node.relation_argument.name)}::{quote_name(relationship.table)}"
        text = f" from {quote_name(relationship.function)}({argument})"
    else:
        text = " from " + quote_name(node.source)
    text += write_alias(node.source_alias)
    if relationship and relationship.junction:
        text += ", " + quote_name(relationship.junction.table)
    return text


def write_read(writer: Writer, node: ReadNode) -> str:
    """Write the select of a node with all that is embedded in it."""
    source = row_source(node)
    chosen = [EVERYTHING] if not node.select and not node.children else node.select
    columns = [write_column(writer, source, column) for column in chosen]
    for relation, column in node.extra_select:
        place = QualifiedName("", relation) if relation else source
        columns.append(write_column(writer, place, column))
    for output in node.outputs:
        columns += write_output(output)
    text = "select " + ", ".join(columns) + write_from(node)
    for output, child in zip(node.outputs, node.children, strict=True):
        text += write_join(writer, output, child)
    conditions = [write_condition(writer, source, condition) for condition in node.where] + write_joins(node)
    if conditions:
        text += " where " + " and ".join(conditions)
    text += write_group(writer, source, node)
    text += write_order(writer, source, node.order)
    return text + write_range(writer, node)


def write_output(output: Output) -> list[str]:
    """Write what an embedded relation adds to the select list."""
    alias = quote_identifier(output.alias)
    if output.spread is not None:
        return [
            write_aggregate(write_spread_name(alias, column), column.aggregate, column.aggregate_cast)
            + write_alias(column.alias)
            for column in output.spread
        ]
    if output.is_empty:
        return []
    if output.is_object:
        return [f"row_to_json({alias}.*)::jsonb as {quote_identifier(output.name)}"]
    return [f"coalesce({alias}.{alias}, '[]') as {quote_identifier(output.name)}"]


def write_spread_name(alias: str, column: SpreadColumn) -> str:
    """Write a column of a spread join."""
    return f"{alias}.*" if column.name == "*" else f"{alias}.{quote_identifier(column.name)}"


def write_join(writer: Writer, output: Output, child: ReadNode) -> str:
    """Write the lateral join of an embedded relation."""
    alias = quote_identifier(output.alias)
    inner = child.join == "inner"
    start = (" inner" if inner else " left") + " join lateral ( "
    below = write_read(writer, child)
    gathers = not (output.is_object if output.spread is None else not child.spreads_many)
    if not gathers:
        return f"{start}{below} ) as {alias} on true"
    columns = [f"json_agg({alias})::jsonb as {alias}"]
    for column in output.spread or ():
        columns.append(write_gathered(writer, output.alias, column, child.spread_order))
    condition = f"{alias} is not null" if inner else "true"
    return f"{start}select {', '.join(columns)} from ( {below} ) as {alias} ) as {alias} on {condition}"


def write_gathered(writer: Writer, alias: str, column: SpreadColumn, order: list[PlannedOrder]) -> str:
    """Write a column of a to-many spread: the list of its values in the order asked."""
    name = write_spread_name(quote_identifier(alias), column)
    ordered = write_order(writer, QualifiedName("", alias), order)
    return f"coalesce(json_agg({name}{ordered}), '[]')::jsonb as {quote_identifier(column.alias or column.name)}"


def write_group(writer: Writer, source: QualifiedName, node: ReadNode) -> str:
    """Write the group clause that aggregates need, or nothing."""
    spread = [(output.alias, column) for output in node.outputs for column in output.spread or ()]
    if not any(column.aggregate for column in node.select) and not any(column.aggregate for _, column in spread):
        return ""
    terms = [
        quote_identifier(column.alias) if column.alias else write_field(writer, source, column.field)
        for column in node.select
        if not column.aggregate
    ]
    terms += [quote_identifier(output.name) for output in node.outputs if output.spread is None]
    terms += [
        f"{quote_identifier(alias)}.{quote_identifier(column.alias or column.name)}"
        for alias, column in spread
        if not column.aggregate
    ]
    return " group by " + ", ".join(terms) if terms else ""


def write_count(writer: Writer, node: ReadNode) -> str:
    """Write the select that gives one row for each row of the top level, without its range.

    Inner joins become `exists`, so that nothing is joined only to be counted.
    """
    source = row_source(node)
    children = {child.embed_alias: child for child in node.children}
    conditions = [write_counted(writer, source, condition, children) for condition in node.where]
    conditions += write_joins(node)
    conditions += [f"exists ( {write_count(writer, child)} )" for child in node.children if child.join == "inner"]
    text = "select 1" + write_from(node)
    return text + (" where " + " and ".join(conditions) if conditions else "")


def write_counted(writer: Writer, source: QualifiedName, condition: Condition, children: dict[str, ReadNode]) -> str:
    """Write a condition of a count, where the joins that an embed's null test needs are not there."""
    if isinstance(condition, PlannedGroup):
        joined = f" {condition.operator} ".join(
            write_counted(writer, source, member, children) for member in condition.members
        )
        return ("not " if condition.negated else "") + "(" + joined + ")"
    if isinstance(condition, NullEmbed):
        below = write_count(writer, children[condition.alias])
        return ("" if condition.negated else "not ") + f"exists ( {below} )"
    return write_condition(writer, source, condition)


def write_columns_of(source: QualifiedName, names: list[str]) -> str:
    """Write a list of a table's columns."""
    return ", ".join(write_reference(source, name) for name in names)
