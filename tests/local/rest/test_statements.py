"""Nothing of a request reaches SQL as text: names come quoted, values as parameters, and nothing else comes at all.

Requests are made with a mark in every place that a caller can write to, planned against the real catalog, and their
statements taken apart: outside of quoted identifiers no mark may be left, what is within quotes must be one identifier,
and Postgres's own parser must see exactly one statement of the expected kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

import pglast
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.local.rest import RestError
from headwater.local.rest.database.transaction import write_settings
from headwater.local.rest.plan.planner import Compiled, Planner
from headwater.local.rest.requests.request import parse_request
from tests.local.rest.clients import RestClient
from tests.local.rest.conftest import CONFIG, open_app

MARK = "zqx"
IDENTIFIER = re.compile(r'"(?:[^"]|"")*"')
LITERAL = re.compile(r"E?'(?:[^'\\]|''|\\.)*'")
# What may stand in a statement outside of quotes: words, numbers, parameter signs and the signs of SQL.
PLAIN = re.compile(r"[\sa-zA-Z0-9_$.,:*=<>~@&|()\[\]\-+/!;]*")
HOSTILE = [
    f"{MARK}'; drop table shop.books; --",
    f'{MARK}"; drop table shop.books; --',
    f"{MARK}\\' or 1=1",
    f"{MARK}) or (1=1",
    f"{MARK}$1",
    f"{MARK}/*",
    f"{MARK}%s{{}}",
    f"{MARK}\nunion select 1",
    MARK,
]
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8).map(
        lambda text: MARK + text
    ),
)
COLUMNS = ["id", "title", "pages", "facts", "author_id"]


def wrap(text: str) -> str:
    """Write a name or value within the quotes of the grammar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def query_strings(draw: st.DrawFn) -> str:
    """Draw parameters with a mark in as many places as possible."""

    def text() -> str:
        return wrap(draw(TEXTS))

    def column() -> str:
        return draw(st.sampled_from([*COLUMNS * 3, text()]))

    def cast() -> str:
        word = re.sub(r"[^\w $]", "", draw(TEXTS)) or MARK
        return draw(st.sampled_from(["", "", "", "::text", "::int", f"::{word}"]))

    def value() -> str:
        return draw(TEXTS)

    items = [f"{text()}:{column()}->{text()}->>{text()}{cast()}", f"{column()}{cast()}", "id", "*"]
    items.append(f"{text()}:authors({text()}:name,{column()}->0,...passports({column()}))")
    parts = [("select", ",".join(draw(st.lists(st.sampled_from(items), min_size=1, max_size=3))))]
    operators = ["eq", "neq", "like", "ilike(any)", "fts(english)", "isdistinct", "cs", "not.lt", "match", "gte(all)"]
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.integers(0, 4))
        if kind == 0:
            parts.append((column(), f"{draw(st.sampled_from(operators))}.{value()}"))
        elif kind == 1:
            parts.append((f"{column()}->>{text()}", f"in.({text()},{text()})"))
        elif kind == 2:
            parts.append(
                ("or", f"({column()}.eq.{text()},not.and({column()}->{text()}.lt.{text()},{column()}.in.({text()})))")
            )
        elif kind == 3:
            parts.append(("order", f"{column()}.desc,{column()}->{text()}.nullslast,authors({column()})"))
        else:
            parts.append(
                (draw(st.sampled_from(["limit", "offset", "authors.limit"])), draw(st.sampled_from(["3", value()])))
            )
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parts)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a whole request."""
    method, path = draw(
        st.sampled_from(
            [
                ("GET", "/books"),
                ("POST", "/books"),
                ("PATCH", "/books"),
                ("DELETE", "/books"),
                ("PUT", "/books"),
                ("GET", "/rpc/pick"),
                ("POST", "/rpc/pick"),
                ("GET", "/rpc/join_words"),
                ("GET", f"/{quote(draw(TEXTS), safe='')}"),
            ]
        )
    )
    query = draw(query_strings())
    body = b""
    if method in ("POST", "PATCH", "PUT"):
        keys = ["wanted"] if "rpc" in path else [*draw(st.sets(st.sampled_from(["title", "pages", "id"]), min_size=1))]
        body = ("{" + ",".join(f'"{key}":"{MARK}\\"\'"' for key in sorted(keys)) + "}").encode()
    if method == "GET" and "rpc" in path:
        name = "words" if "words" in path else "wanted"
        query += f"&{name}={quote(draw(TEXTS), safe='')}"
    if method == "PUT":
        query = f"id=eq.{quote(draw(TEXTS), safe='')}"
    accept = draw(
        st.sampled_from(
            ["*/*", "text/csv", "application/vnd.pgrst.object+json", "application/vnd.pgrst.plan;options=analyze"]
        )
    )
    prefers = [
        "return=representation, count=exact, missing=default, resolution=merge-duplicates",
        "return=headers-only, count=planned",
        f"timezone={MARK}, return=minimal",
    ]
    return {
        "method": method,
        "path": path,
        "query_string": query,
        "headers": {"accept": accept, "range": f"0-{MARK}"},
        "prefer": draw(st.sampled_from([[], *([text] for text in prefers)])),
        "body": body,
    }


@pytest.fixture
async def planner(shop_dsn: str) -> AsyncIterator[Planner]:
    """A planner over the shop's catalog with everything switched on."""
    async with open_app(shop_dsn, replace(CONFIG, plan_enabled=True, aggregates_enabled=True, max_rows=50)) as app:
        await app.engine.reload()
        assert app.engine.planner is not None
        yield app.engine.planner


def check_text(text: str) -> None:
    """Fail unless a statement is made of quoted identifiers, our own literals and plain SQL without a mark."""
    bare = LITERAL.sub(" ", IDENTIFIER.sub(" ", text))
    assert MARK not in bare, text
    assert PLAIN.fullmatch(bare), text
    for literal in LITERAL.findall(IDENTIFIER.sub(" ", text)):
        assert MARK not in literal, text


def check(compiled: Compiled) -> None:
    """Take a statement apart."""
    for raw in filter(None, (compiled.text, compiled.explain_text)):
        text = raw.decode()
        check_text(text)
        statements = pglast.parse_sql(text)
        assert len(statements) == 1
        assert type(statements[0].stmt).__name__ in ("SelectStmt", "ExplainStmt")
    numbers = {int(number) for number in re.findall(r"\$(\d+)", IDENTIFIER.sub(" ", compiled.text.decode()))}
    assert numbers == set(range(1, len(compiled.recipes) + 1))


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(given_request=requests())
def test_no_text_of_a_request_is_in_its_statement(planner: Planner, given_request: dict[str, Any]) -> None:
    with suppress(RestError):
        request = parse_request(planner.config, **given_request)
        check(planner.compile(request))


async def test_no_request_breaks_the_engine_or_the_database(rest: RestClient, planner: Planner) -> None:
    drawn: list[dict[str, Any]] = []

    @settings(max_examples=400, database=None, deadline=None)
    @given(requests())
    def collect(example: dict[str, Any]) -> None:
        drawn.append(example)

    collect()
    written = 0
    statuses: Counter[int] = Counter()
    for example in drawn:
        with suppress(RestError):
            planner.compile(parse_request(planner.config, **example))
            written += 1
        reply = await rest.ask(
            example["method"],
            f"{unquote(example['path'])}?{example['query_string']}",
            body=example["body"],
            headers=[*example["headers"].items(), *(("prefer", value) for value in example["prefer"])],
        )
        statuses[reply.status] += 1
        assert reply.status < 500, (example, reply.body)
    # The examples are worth something only if many come as far as a statement, and some to rows: how many is chance.
    assert written > len(drawn) / 4
    assert statuses[200] + statuses[206] > 0


def test_settings_are_parameters_too() -> None:
    for before, after in ((0, 0), (2, 3)):
        check_text(write_settings(before, after).decode())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(one=TEXTS, other=TEXTS)
def test_values_change_nothing_of_the_statement(planner: Planner, one: str, other: str) -> None:
    def compile_with(value: str) -> bytes:
        encoded = quote(value, safe="")
        quoted = quote(wrap(value), safe="")
        query = f"title=eq.{encoded}&facts->>a=like.{encoded}&or=(id.eq.{quoted})&id=in.({quoted})"
        request = parse_request(
            planner.config, method="GET", path="/books", query_string=query, headers={}, prefer=[], body=b""
        )
        return planner.compile(request).text

    assert compile_with(one) == compile_with(other)


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_texts_are_values_and_names_to_postgres(rest: RestClient, text: str) -> None:
    value = quote(text, safe="")
    name = quote(wrap(text), safe="")
    found = await rest.get(f"/books?select=id&title=eq.{value}")
    assert (found.status, found.json) == (200, [])
    aliased = await rest.get(f"/books?select={name}:id&id=eq.1")
    assert (aliased.status, aliased.json) == (200, [{text: 1}])
    keyed = await rest.get(f"/books?select=x:facts->{name}&id=eq.1")
    assert (keyed.status, keyed.json) == (200, [{"x": None}])
    unknown = await rest.get(f"/books?select=id&{name}=eq.1")
    assert (unknown.status, unknown.code) == (400, "42703")
    assert (await rest.get("/books?select=id", prefer="count=exact")).headers["content-range"] == "0-4/5"
