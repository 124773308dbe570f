"""The small parts of statements: fields, conditions, orders and ranges."""

from __future__ import annotations

from headwater.local.rest.grammar.tree import JsonStep
from headwater.local.rest.identifiers import QualifiedName, quote_cast, quote_identifier, quote_name
from headwater.local.rest.plan.model import (
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

OPERATORS = {
    "eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "like": "like", "ilike": "ilike",
    "match": "~", "imatch": "~*", "cs": "@>", "cd": "<@", "ov": "&&", "sl": "<<", "sr": ">>", "nxr": "&<",
    "nxl": "&>", "adj": "-|-",
}  # fmt: skip
SEARCHES = {
    "fts": "to_tsquery",
    "plfts": "plainto_tsquery",
    "phfts": "phraseto_tsquery",
    "wfts": "websearch_to_tsquery",
}
CONSTANTS = {
    "null": "null",
    "not_null": "not null",
    "true": "true",
    "false": "false",
    "unknown": "unknown",
}
DIRECTIONS = {None: "", "asc": " asc", "desc": " desc"}
NULLS = {None: "", "nullsfirst": " nulls first", "nullslast": " nulls last"}
AGGREGATES = {"sum": "sum", "avg": "avg", "max": "max", "min": "min", "count": "count"}


class Writer:
    """Collects what the parameters of a statement are filled with."""

    __slots__ = ("octets", "recipes")

    def __init__(self) -> None:
        self.recipes: list[Recipe] = []
        self.octets: list[int] = []

    def bind(self, recipe: Recipe) -> str:
        """Add a parameter; returns its sign in the text."""
        self.recipes.append(recipe)
        return f"${len(self.recipes)}"

    def bind_text(self, text: str) -> str:
        """Add a parameter with a fixed value."""
        return self.bind(text.split("\0", 1)[0].encode())

    def bind_octets(self, recipe: Recipe) -> str:
        """Add a parameter that is sent as raw bytes."""
        self.octets.append(len(self.recipes))
        return self.bind(recipe)


def write_reference(source: QualifiedName, column: str) -> str:
    """Write a column of a table or alias."""
    return quote_name(source) + (".*" if column == "*" else "." + quote_identifier(column))


def write_path(writer: Writer, path: tuple[JsonStep, ...]) -> str:
    """Write the arrows into JSON; keys are parameters as any other text of a request."""
    parts: list[str] = []
    for step in path:
        key = writer.bind_text(step.key) + ("::int" if step.is_index else "")
        parts.append(("->>" if step.as_text else "->") + key)
    return "".join(parts)


def write_field(writer: Writer, source: QualifiedName, field: PlannedField) -> str:
    """Write a field, within JSON and as a search vector where asked."""
    if field.as_row:
        return quote_identifier(source.name)
    text = write_reference(source, field.name)
    if field.path:
        text = (f"to_jsonb({text})" if field.to_json else text) + write_path(writer, field.path)
    if field.search:
        language = writer.bind_text(field.language) + ", " if field.language else ""
        return f"to_tsvector({language}{text})"
    return text


def write_cast(text: str, cast: str | None) -> str:
    """Write a cast."""
    return f"cast({text} as {quote_cast(cast)})" if cast else text


def write_aggregate(text: str, aggregate: str | None, cast: str | None) -> str:
    """Write an aggregate around a field, and the cast of its result."""
    return write_cast(f"{AGGREGATES[aggregate]}({text})", cast) if aggregate else text


def write_alias(alias: str | None) -> str:
    """Write the name of an output column."""
    return " as " + quote_identifier(alias) if alias else ""


def write_column(writer: Writer, source: QualifiedName, column: PlannedColumn) -> str:
    """Write a column of the select list."""
    text = write_field(writer, source, column.field)
    if column.field.transform:
        text = f"{column.field.transform}({text})"
    text = write_aggregate(write_cast(text, column.cast), column.aggregate, column.aggregate_cast)
    return text + write_alias(column.alias)


def write_condition(writer: Writer, source: QualifiedName, condition: Condition) -> str:
    """Write a condition or a tree of them."""
    if isinstance(condition, PlannedGroup):
        joined = f" {condition.operator} ".join(write_condition(writer, source, member) for member in condition.members)
        return ("not " if condition.negated else "") + "(" + joined + ")"
    if isinstance(condition, NullEmbed):
        return f"{quote_identifier(condition.alias)} is {'' if condition.negated else 'not '}distinct from null"
    return write_filter(writer, source, condition)


def write_filter(writer: Writer, source: QualifiedName, condition: PlannedFilter) -> str:
    """Write one condition on a field."""
    operation = condition.operation
    field = condition.field
    left = ("not " if operation.negated else "") + write_field(writer, source, field)
    if operation.kind == "is":
        return f"{left} is {CONSTANTS[operation.operator]}"
    value = writer.bind(condition.slot)
    if operation.kind == "isdistinct":
        return f"{left} is distinct from {value}"
    if operation.kind == "search":
        language = writer.bind_text(operation.language) + ", " if operation.language else ""
        return f"{left} @@ {SEARCHES[operation.operator]}({language}{value})"
    if operation.kind == "in":
        # An array in one parameter: the text of the statement stays the same whatever the number of items.
        if field.transform:
            return f"{left} = any ((select {field.transform}(unnest({value}::text[]))))"
        return f"{left} = any ({value})"
    if field.transform and operation.operator not in ("like", "ilike"):
        value = f"{field.transform}({value})"
    if operation.quantifier:
        value = f"{operation.quantifier}({value})"
    return f"{left} {OPERATORS[operation.operator]} {value}"


def write_order(writer: Writer, source: QualifiedName, order: list[PlannedOrder]) -> str:
    """Write an order clause, or nothing."""
    if not order:
        return ""
    terms: list[str] = []
    for term in order:
        place = QualifiedName("", term.relation) if term.relation is not None else source
        terms.append(write_field(writer, place, term.field) + DIRECTIONS[term.direction] + NULLS[term.nulls])
    return " order by " + ", ".join(terms)


def write_range(writer: Writer, node: ReadNode) -> str:
    """Write limit and offset, or nothing; a null limit means all rows."""
    if not node.has_range:
        return ""
    return f" limit {writer.bind(node.limit)} offset {writer.bind(node.offset)}"


def write_joins(node: ReadNode) -> list[str]:
    """Write the conditions that join a node to its parent."""
    return [write_reference(*one) + " = " + write_reference(*other) for one, other in node.joins]
