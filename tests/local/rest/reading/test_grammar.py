"""The grammar alone: what is written reads back, nonsense is refused and never breaks, bounds hold."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.local.rest import RestError
from headwater.local.rest.grammar.filters import Values, parse_filter, parse_logic
from headwater.local.rest.grammar.orders import parse_order
from headwater.local.rest.grammar.queries import parse_query, split_query
from headwater.local.rest.grammar.selects import parse_select
from headwater.local.rest.grammar.tree import (
    Field,
    Filter,
    JsonStep,
    LogicGroup,
    LogicNode,
    Operation,
    OrderTerm,
    SelectField,
    SelectItem,
    SelectRelation,
)
from headwater.local.rest.requests.media_types import parse_accept, parse_media_type
from headwater.local.rest.requests.preferences import parse_preferences

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
TYPES = st.sampled_from(["int", "text", "timestamp with time zone", "numeric"])


def quote(text: str) -> str:
    """Write a name or a value within quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_field(field: Field) -> str:
    """Write a field."""
    steps = ("->>" if step.as_text else "->" for step in field.path)
    keys = (step.key if step.is_index else quote(step.key) for step in field.path)
    return quote(field.name) + "".join(arrow + key for arrow, key in zip(steps, keys, strict=True))


STEPS = st.one_of(
    st.builds(JsonStep, NAMES, st.booleans(), st.just(False)),
    st.builds(JsonStep, st.integers(-9, 99).map(str), st.booleans(), st.just(True)),
)
FIELDS = st.builds(Field, NAMES, st.lists(STEPS, max_size=3).map(tuple))
COLUMNS = st.builds(
    SelectField, FIELDS, st.none() | NAMES, st.none() | TYPES, st.none() | st.sampled_from(["sum", "avg", "count"])
)
RELATION = st.tuples(
    NAMES, st.none() | NAMES, st.none() | NAMES, st.sampled_from([None, "inner", "left"]), st.booleans()
)


def make_relation(
    parts: tuple[str, str | None, str | None, str | None, bool], items: list[SelectItem]
) -> SelectRelation:
    """Make a relation; a spread one has no alias."""
    name, alias, hint, join, spread = parts
    hint = None if hint in ("inner", "left") else hint
    return SelectRelation(name, tuple(items), None if spread else alias, hint, join, spread)


ITEMS: st.SearchStrategy[list[SelectItem]] = st.recursive(
    st.lists(COLUMNS, max_size=3),
    lambda below: st.lists(COLUMNS | st.builds(make_relation, RELATION, below), max_size=3),
    max_leaves=6,
)


def write_items(items: tuple[SelectItem, ...] | list[SelectItem]) -> str:
    """Write a select list."""
    return ",".join(write_item(item) for item in items)


def write_item(item: SelectItem) -> str:
    """Write a field or a relation."""
    alias = f"{quote(item.alias)}:" if item.alias else ""
    if isinstance(item, SelectField):
        cast = f"::{item.cast}" if item.cast else ""
        return alias + write_field(item.field) + cast + (f".{item.aggregate}()" if item.aggregate else "")
    hint = f"!{quote(item.hint)}" if item.hint else ""
    join = f"!{item.join}" if item.join else ""
    return f"{'...' if item.spread else alias}{quote(item.name)}{hint}{join}({write_items(item.children)})"


@given(ITEMS)
def test_a_written_select_reads_back(items: list[SelectItem]) -> None:
    assert parse_select(write_items(items)) == tuple(items)


ORDERS = st.lists(
    st.builds(
        OrderTerm,
        FIELDS,
        st.none() | NAMES,
        st.sampled_from([None, "asc", "desc"]),
        st.sampled_from([None, "nullsfirst", "nullslast"]),
    ),
    min_size=1,
    max_size=4,
)


@given(ORDERS)
def test_a_written_order_reads_back(terms: list[OrderTerm]) -> None:
    texts = []
    for term in terms:
        field = f"{quote(term.relation)}({write_field(term.field)})" if term.relation else write_field(term.field)
        texts.append(".".join(part for part in (field, term.direction, term.nulls) if part))
    assert parse_order(",".join(texts)) == tuple(terms)


def write_logic(node: LogicNode, values: list[bytes | None]) -> str:
    """Write a tree of conditions with its values."""
    if isinstance(node, LogicGroup):
        members = ",".join(write_logic(member, values) for member in node.members)
        return f"{'not.' if node.negated else ''}{node.operator}({members})"
    operation = node.operation
    start = f"{write_field(node.field)}.{'not.' if operation.negated else ''}"
    if operation.kind == "is":
        return f"{start}is.{operation.operator}"
    quantifier = f"({operation.quantifier})" if operation.quantifier else ""
    value = values[node.slot]
    assert value is not None
    return f"{start}{operation.operator}{quantifier}.{quote(value.decode())}"


CONDITIONS = st.tuples(
    FIELDS,
    st.one_of(
        st.builds(Operation, st.just("is"), st.sampled_from(["null", "true", "not_null"]), st.booleans()),
        st.builds(
            Operation,
            st.just("compare"),
            st.sampled_from(["eq", "gte", "lt", "match"]),
            st.booleans(),
            st.sampled_from([None, "any", "all"]),
        ),
        st.builds(Operation, st.just("compare"), st.sampled_from(["neq", "cs", "adj"]), st.booleans()),
        st.builds(Operation, st.just("isdistinct"), st.just("isdistinct"), st.booleans()),
    ),
    NAMES,
)


@st.composite
def trees(draw: st.DrawFn) -> tuple[LogicNode, list[bytes | None]]:
    """Draw a tree of conditions with its values in their slots."""
    values: list[bytes | None] = []

    def build(depth: int) -> LogicNode:
        if depth and draw(st.booleans()):
            members = tuple(build(depth - 1) for _ in range(draw(st.integers(1, 3))))
            return LogicGroup(draw(st.sampled_from(["and", "or"])), members, draw(st.booleans()))
        field, operation, value = draw(CONDITIONS)
        if operation.kind == "is":
            return Filter(field, operation)
        values.append(value.encode())
        return Filter(field, operation, len(values) - 1)

    members = tuple(build(2) for _ in range(draw(st.integers(1, 3))))
    return LogicGroup("or", members), values


@given(trees())
def test_a_written_tree_reads_back_with_its_values_apart(drawn: tuple[LogicNode, list[bytes | None]]) -> None:
    tree, expected = drawn
    found: list[bytes | None] = []
    text = write_logic(tree, expected)
    assert parse_logic("", text, Values(found)) == tree
    assert found == expected


@given(st.text(max_size=40), st.text(max_size=40))
def test_two_values_make_one_shape(one: str, other: str) -> None:
    def shape(value: str) -> list[str]:
        query = parse_query(
            [("id", f"eq.{value}"), ("or", f"(a.lt.{quote(value)},b.in.({quote(value)}))")], for_call=False
        )
        return query.shape

    assert shape(one) == shape(other)


ALLOWED = (None, "PGRST100")


def refusal(parse: Callable[[], object]) -> str | None:
    """Return the code that a text is refused with, if it is."""
    try:
        parse()
    except RestError as error:
        return error.code
    return None


def read_pair(name: str, text: str) -> object:
    """Read a parameter in both kinds of request, and as raw text."""
    parse_query([(name, text)], for_call=True)
    return parse_query(split_query(f"{name}={text}"), for_call=False)


@settings(max_examples=400)
@given(st.text('abz019 ._-!*:>()"\\,{}%&=$ü\n', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert refusal(lambda: parse_select(text)) in ALLOWED
    assert refusal(lambda: parse_order(text)) in ALLOWED
    for name in ("select", "id", "or", "order", "a.b.limit", "columns", text):
        assert refusal(partial(read_pair, name, text)) in ALLOWED
    parse_accept(text)
    parse_media_type(text)
    parse_preferences([text], transaction_override=True)


@pytest.mark.parametrize("text", ["in.(1,2", "in.1", "is.x", "eq", "fts(a.b", "not.", "not.not.eq.1", "eq(some).1"])
def test_values_without_an_operator_are_refused(text: str) -> None:
    with pytest.raises(RestError) as caught:
        parse_query([("id", text)], for_call=False)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("in.(1,2)", b'{"1","2"}'),
        ("in.()", b"{}"),
        ('in.("a,b","c\\"d")', b'{"a,b","c\\"d"}'),
        ('in.("a"b,c)', b'{"\\"a\\"b","c"}'),
        ("like.a*b", b"a%b"),
        ("eq.a.b.c", b"a.b.c"),
    ],
)
def test_values_are_kept_as_postgres_reads_them(text: str, value: bytes) -> None:
    found: list[bytes | None] = []
    assert parse_filter(text, Values(found)) is not None
    assert found == [value]


def test_nesting_is_bounded() -> None:
    for text in ("a(" * 5000 + ")" * 5000, "a(" * 51):
        with pytest.raises(RestError) as caught:
            parse_select(text)
        assert caught.value.code == "PGRST100"
    with pytest.raises(RestError) as deep:
        parse_logic("and", "(or" * 5000 + "(a.eq.1)" + ")" * 5000, Values([]))
    assert deep.value.code == "PGRST100"


def test_long_texts_are_not_remembered() -> None:
    parse_select.cache_clear()
    parse_query([("select", "x" * 5000), ("order", "y" * 5000), ("z" * 5000, "eq.1")], for_call=False)
    assert parse_select.cache_info().currsize == 0
    parse_query([("select", "x")], for_call=False)
    assert parse_select.cache_info().currsize == 1
