"""Filters against Postgres itself: random conditions give the rows that hand-bound SQL gives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

import asyncpg
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.local.rest.clients import RestClient

SCHEMA = """
create table shop.samples (
  id integer primary key, number integer, word text, flag boolean, day date, data jsonb, list integer[]
);
insert into shop.samples
select
  n,
  case when n % 7 = 0 then null else n % 5 - 2 end,
  case when n % 6 = 0 then null
    else (array['a', 'B', 'ab', 'a,b', 'x"y', '%', '', 'null', 'ü (1)', 'a.b'])[1 + n % 10] end,
  case when n % 5 = 0 then null else n % 2 = 0 end,
  case when n % 4 = 0 then null else date '2026-01-01' + n end,
  case when n % 3 = 0 then null
    else jsonb_build_object('k', n % 4, 'w', case when n % 8 = 1 then null else 'v' || n % 3 end) end,
  case when n % 9 = 0 then null else array[n % 3, n % 4] end
from generate_series(1, 120) n;
grant select on shop.samples to anon;
"""
WORDS = ["a", "B", "ab", "a,b", 'x"y', "%", "", "null", "ü (1)", "a.b", "other", "*a*", "a*", "true"]
NUMBERS = [str(number) for number in range(-3, 4)]
SIGNS = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@dataclass(frozen=True)
class Condition:
    """A condition in the address's words, and the same in SQL with its bound values."""

    word: str
    sql: str
    values: tuple[object, ...]


def in_tree(text: str) -> str:
    """Quote a value for a tree or a list."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def conditions(draw: DrawFn, *, nested: bool) -> tuple[str, Condition]:
    """Draw a condition on one column; its word is `operator.value`."""
    column, cast, choices, reference = draw(
        st.sampled_from(
            [
                ("number", "integer", NUMBERS, "number"),
                ("word", "text", WORDS, "word"),
                ("day", "date", ["2026-01-05", "2026-02-10", "2026-04-01"], "day"),
                ("data->>w", "text", ["v0", "v1", "v2", "x"], "(data ->> 'w')"),
                ("list", "integer[]", ["{0,1}", "{2,3}", "{}"], "list"),
            ]
        )
    )
    kind = draw(st.sampled_from(["compare", "in", "is", "distinct", "any"] + (["like"] if cast == "text" else [])))
    value = draw(st.sampled_from(choices))
    written = in_tree(value) if nested else value
    negated = draw(st.booleans())
    values: tuple[object, ...] = ()
    if kind == "is":
        operator, found = draw(st.sampled_from([("is.null", "is null"), ("is.not_null", "is not null")]))
        word, sql = operator, f"{reference} {found}"
    elif kind == "in" and cast != "integer[]":
        several = draw(st.lists(st.sampled_from(choices), min_size=1, max_size=3))
        several = [item for item in several if item] or [choices[0]]
        word, sql = f"in.({','.join(in_tree(item) for item in several)})", f"{reference} = any ((?::text[])::{cast}[])"
        values = (several,)
    elif kind == "distinct":
        word, sql, values = f"isdistinct.{written}", f"{reference} is distinct from (?::text)::{cast}", (value,)
    elif kind == "like":
        operator = draw(st.sampled_from(["like", "ilike"]))
        word, sql, values = f"{operator}.{written}", f"{reference} {operator} ?::text", (value.replace("*", "%"),)
    elif kind == "any" and cast != "integer[]":
        several = [item for item in draw(st.lists(st.sampled_from(choices), min_size=1, max_size=3)) if item] or [
            choices[0]
        ]
        operator, quantifier = (
            draw(st.sampled_from(sorted(set(SIGNS) - {"neq"}))),
            draw(st.sampled_from(["any", "all"])),
        )
        literal = "{" + ",".join(in_tree(item) for item in several) + "}"
        word = f"{operator}({quantifier}).{in_tree(literal) if nested else literal}"
        sql, values = f"{reference} {SIGNS[operator]} {quantifier} ((?::text[])::{cast}[])", (several,)
    else:
        operator = draw(st.sampled_from(sorted(SIGNS)))
        word, sql, values = f"{operator}.{written}", f"{reference} {SIGNS[operator]} (?::text)::{cast}", (value,)
    if negated:
        word, sql = f"not.{word}", f"not ({sql})"
    return column, Condition(word, sql, values)


@st.composite
def trees(draw: DrawFn, depth: int) -> Condition:
    """Draw a tree of conditions; its word is how it stands within another."""
    if depth == 0 or draw(st.booleans()):
        column, condition = draw(conditions(nested=True))
        return Condition(f"{column}.{condition.word}", condition.sql, condition.values)
    members = [draw(trees(depth - 1)) for _ in range(draw(st.integers(1, 3)))]
    operator, negated = draw(st.sampled_from(["and", "or"])), draw(st.booleans())
    return Condition(
        f"{'not.' if negated else ''}{operator}({','.join(member.word for member in members)})",
        f"{'not ' if negated else ''}({f' {operator} '.join(f'({member.sql})' for member in members)})",
        tuple(value for member in members for value in member.values),
    )


@st.composite
def filters(draw: DrawFn) -> tuple[str, str, list[object]]:
    """Draw a whole query string, the same in SQL, and the values of the SQL."""
    parts: list[str] = []
    sql: list[str] = ["true"]
    values: list[object] = []
    for _ in range(draw(st.integers(0, 2))):
        column, condition = draw(conditions(nested=False))
        parts.append(f"{quote(column, safe='')}={quote(condition.word, safe='')}")
        sql.append(f"({condition.sql})")
        values += condition.values
    if draw(st.booleans()):
        members = [draw(trees(2)) for _ in range(draw(st.integers(1, 3)))]
        operator, negated = draw(st.sampled_from(["and", "or"])), draw(st.booleans())
        word = f"({','.join(member.word for member in members)})"
        parts.append(f"{'not.' if negated else ''}{operator}={quote(word, safe='')}")
        sql.append(f"{'not ' if negated else ''}({f' {operator} '.join(f'({member.sql})' for member in members)})")
        values += [value for member in members for value in member.values]
    return "&".join(parts), " and ".join(sql), values


def number_signs(sql: str) -> str:
    """Number the parameter signs."""
    parts = sql.split("?")
    return "".join(part + (f"${number}" if number < len(parts) else "") for number, part in enumerate(parts, 1))


async def test_filters_choose_the_rows_that_postgres_chooses(rest: RestClient, owner: asyncpg.Connection) -> None:
    await owner.execute(SCHEMA)
    await rest.app.engine.reload()
    await check_examples(
        300,
        lambda query, sql, values: compare(rest, owner, query, sql, values),
    )


async def compare(rest: RestClient, owner: asyncpg.Connection, query: str, sql: str, values: list[object]) -> None:
    """Ask both."""
    rows = await owner.fetch(f"select id from shop.samples where {number_signs(sql)} order by id", *values)
    reply = await rest.get(f"/samples?select=id&order=id&{query}", prefer="count=exact")
    assert reply.status == 200, (query, reply.body)
    expected = [row["id"] for row in rows]
    assert [row["id"] for row in reply.json] == expected, (query, sql, values)
    assert reply.headers["content-range"].endswith(f"/{len(expected)}")


async def check_examples(number: int, check: Callable[[str, str, list[object]], Awaitable[None]]) -> None:
    """Draw examples outside of the asynchronous test, which Hypothesis can't run, and check each within it."""
    drawn: list[tuple[str, str, list[object]]] = []

    from hypothesis import given, settings

    @settings(max_examples=number, database=None, deadline=None)
    @given(filters())
    def collect(example: tuple[str, str, list[object]]) -> None:
        drawn.append(example)

    collect()
    for query, sql, values in drawn:
        await check(query, sql, values)
