"""Reading tables: what is selected, filtered, ordered, counted and cut."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.rest.clients import RestClient


def ids(rows: list[dict[str, Any]]) -> list[int]:
    """Return the ids of rows in their order."""
    return [row["id"] for row in rows]


async def test_columns_are_named_cast_and_taken_out_of_json(rest: RestClient) -> None:
    reply = await rest.get(
        "/books?select=key:id,pages::text,facts->place->>name,year:facts->year,facts->list->1&id=eq.1"
    )
    assert reply.status == 200
    assert reply.json == [{"key": 1, "pages": "341", "name": "Anarres", "year": 1974, "list": 2}]


async def test_a_computed_column_is_a_column(rest: RestClient) -> None:
    reply = await rest.get("/books?select=heading&heading=like.INVIS*")
    assert reply.json == [{"heading": "INVISIBLE CITIES"}]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("id=eq.1", [1]),
        ("id=neq.1", [2, 3, 4, 5]),
        ("pages=gte.300", [1, 2, 5]),
        ("pages=lt.165", [4]),
        ("title=like.The*", [1, 4]),
        ("title=ilike.*CITIES", [3]),
        ("title=match.^A", [2, 5]),
        ("title=imatch.^a", [2, 5]),
        ("id=in.(1,3,9)", [1, 3]),
        ("id=in.()", []),
        ('title=in.("Anonymous, \\"Tales\\" (1)",x)', [5]),
        ("sold=is.true", [1, 4]),
        ("sold=is.null", [3]),
        ("sold=not.is.null", [1, 2, 4, 5]),
        ("sold=is.not_null", [1, 2, 4, 5]),
        ("price=isdistinct.9.99", [1, 2, 4, 5]),
        ("words=cs.{moon}", [1]),
        ("words=cd.{moon,wall,x}", [1, 5]),
        ("words=ov.{khan,valley}", [2, 3]),
        ("facts=cs.{\"year\":1985}", [2]),
        ("printed=sl.[10,20)", [1, 4, 5]),
        ("printed=sr.[1,5)", [2, 4]),
        ("printed=adj.[10,12)", [1]),
        ("printed=nxr.[1,6)", [4, 5]),
        ("printed=nxl.[5,6)", [2, 4]),
        ("title=fts.hour", [4]),
        ("title=plfts(english).the%20stars", [4]),
        ("title=phfts(english).hour%20of%20the%20star", [4]),
        ("title=wfts(english).city%20or%20home", [2, 3]),
        ("title=like(any).{The*,Inv*}", [1, 3, 4]),
        ("title=ilike(all).{*e*,*star}", [4]),
        ("id=eq(any).{1,2}", [1, 2]),
        ("id=not.in.(1,2)", [3, 4, 5]),
        ("or=(id.eq.1,and(pages.gt.200,sold.is.false))", [1, 2, 5]),
        ("and=(id.gt.1,id.lt.4)", [2, 3]),
        ("not.or=(id.eq.1,id.eq.2)", [3, 4, 5]),
        ("or=(title.eq.\"Anonymous, \\\"Tales\\\" (1)\",id.in.(1))", [1, 5]),
        ("or=(words.cs.{moon,wall},id.eq.3)", [1, 3]),
        ("facts->>year=eq.1974", [1]),
        ("facts->year=gt.1974", [2]),
        ("facts->place->>name=eq.Anarres", [1]),
        ("facts->list->>0=eq.1", [1]),
        ("mood=eq.wild", [1, 5]),
    ],
)  # fmt: skip
async def test_every_operator_filters(rest: RestClient, filters: str, expected: list[int]) -> None:
    reply = await rest.get(f"/books?select=id&order=id&{filters}")
    assert reply.status == 200, reply.body
    assert ids(reply.json) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("pages", [4, 3, 5, 1, 2]),
        ("pages.desc", [2, 1, 5, 3, 4]),
        ("price.desc.nullslast,id", [2, 1, 3, 5, 4]),
        ("price.nullsfirst", [4, 5, 3, 1, 2]),
        ("sold.nullsfirst,id.desc", [3, 5, 2, 4, 1]),
        ("facts->>year.desc.nullslast,id.desc", [2, 1, 3, 5, 4]),
    ],
)
async def test_rows_come_in_the_order_asked(rest: RestClient, order: str, expected: list[int]) -> None:
    assert ids((await rest.get(f"/books?select=id&order={order}")).json) == expected


async def test_ranges_by_parameters_and_by_header(rest: RestClient) -> None:
    cut = await rest.get("/books?select=id&order=id&limit=2&offset=1")
    assert (cut.status, cut.headers["content-range"], ids(cut.json)) == (200, "1-2/*", [2, 3])
    same = await rest.get("/books?select=id&order=id", range="1-2", range_unit="items")
    assert (same.headers["content-range"], ids(same.json)) == ("1-2/*", [2, 3])
    none = await rest.get("/books?limit=0")
    assert (none.status, none.headers["content-range"], none.json) == (200, "*/*", [])


async def test_counts(rest: RestClient) -> None:
    exact = await rest.get("/books?select=id&limit=2", prefer="count=exact")
    assert (exact.status, exact.headers["content-range"]) == (206, "0-1/5")
    assert exact.headers["preference-applied"] == "count=exact"
    whole = await rest.get("/books?pages=gt.10000", prefer="count=exact")
    assert (whole.status, whole.headers["content-range"]) == (200, "*/0")
    planned = await rest.get("/books", prefer="count=planned")
    guess = int(planned.headers["content-range"].removeprefix("0-4/"))
    estimated = await rest.get("/books", prefer="count=estimated")
    # No bound of rows is set here.
    assert estimated.headers["content-range"] == f"0-4/{max(5, guess)}"
    inner = await rest.get("/authors?select=id,books!inner(id)&books.pages=gt.300", prefer="count=exact")
    assert inner.headers["content-range"] == "0-0/1"


async def test_a_range_beyond_the_rows_is_416(rest: RestClient) -> None:
    reply = await rest.get("/books?offset=9", prefer="count=exact")
    assert (reply.status, reply.code, reply.headers["content-range"]) == (416, "PGRST103", "*/5")
    backwards = await rest.get("/books", range="5-2")
    assert (backwards.status, backwards.code) == (416, "PGRST103")


async def test_head_answers_without_a_body(rest: RestClient) -> None:
    reply = await rest.ask("HEAD", "/books?select=id", headers={"prefer": "count=exact"})
    assert (reply.status, reply.body, reply.headers["content-range"]) == (200, b"", "0-4/5")
    assert "content-length" not in reply.headers


async def test_most_rows_are_bounded_by_the_setting(shop_dsn: str) -> None:
    from dataclasses import replace

    from tests.local.rest.conftest import CONFIG, open_app

    async with open_app(shop_dsn, replace(CONFIG, max_rows=2)) as app:
        rest = RestClient(app)
        reply = await rest.get("/authors?select=id,books(id)&order=id", prefer="count=exact")
        assert (reply.status, reply.headers["content-range"], len(reply.json)) == (206, "0-1/3", 2)
        assert len((await rest.get("/books?limit=1")).json) == 1
        assert len((await rest.get("/books?limit=100")).json) == 2
        assert len((await rest.get("/rpc/pick?wanted=1")).json) == 2


async def test_aggregates_group_by_the_other_columns(shop_dsn: str) -> None:
    from dataclasses import replace

    from tests.local.rest.conftest import CONFIG, open_app

    async with open_app(shop_dsn, replace(CONFIG, aggregates_enabled=True)) as app:
        rest = RestClient(app)
        grouped = await rest.get("/books?select=mood,count(),total:pages.sum(),pages.avg()::int&order=mood")
        assert grouped.json == [
            {"mood": "calm", "count": 3, "total": 784, "avg": 261},
            {"mood": "wild", "count": 2, "total": 641, "avg": 321},
        ]
        spread = await rest.get("/books?select=...authors(name),pages.max()&order=authors(name)&author_id=not.is.null")
        assert spread.json[0] == {"name": "Clarice", "max": 96}
        nested = await rest.get("/authors?select=name,books(count())&id=eq.1")
        assert nested.json == [{"name": "Ursula", "books": [{"count": 2}]}]


async def test_aggregates_are_off_by_default(rest: RestClient) -> None:
    reply = await rest.get("/books?select=pages.sum()")
    assert (reply.status, reply.code) == (400, "PGRST123")


async def test_repeated_requests_take_the_prepared_path_and_give_the_same(rest: RestClient) -> None:
    for number in (1, 2, 3, 4, 1):
        reply = await rest.get(f"/books?select=id,authors(name)&id=eq.{number}&limit={number}")
        assert ids(reply.json) == [number]
