"""Related tables in one answer: every kind of relationship, spread, filtered, ordered; errors of none or several."""

from __future__ import annotations

import pytest

from tests.local.rest.clients import RestClient


async def test_to_one_to_many_and_many_to_many(rest: RestClient) -> None:
    reply = await rest.get("/books?select=id,author:authors(name),tags(label)&id=lte.3&order=id&tags.order=label")
    assert reply.json == [
        {"id": 1, "author": {"name": "Ursula"}, "tags": [{"label": "city"}, {"label": "utopia"}]},
        {"id": 2, "author": {"name": "Ursula"}, "tags": [{"label": "utopia"}]},
        {"id": 3, "author": {"name": "Italo"}, "tags": [{"label": "city"}]},
    ]
    many = await rest.get("/authors?select=name,books(title)&id=eq.2")
    assert many.json == [{"name": "Italo", "books": [{"title": "Invisible Cities"}]}]


async def test_one_to_one_gives_an_object_both_ways(rest: RestClient) -> None:
    reply = await rest.get("/authors?select=id,passports(number)&order=id")
    assert [row["passports"] for row in reply.json] == [{"number": "U-1"}, {"number": "I-2"}, None]
    back = await rest.get("/passports?select=number,authors(name)&number=eq.U-1")
    assert back.json == [{"number": "U-1", "authors": {"name": "Ursula"}}]


async def test_a_table_related_to_itself(rest: RestClient) -> None:
    up = await rest.get("/authors?select=id,mentor:mentor_id(name)&id=eq.2")
    assert up.json == [{"id": 2, "mentor": {"name": "Ursula"}}]
    down = await rest.get("/authors?select=id,pupils:authors!mentor_id(id)&id=eq.1&pupils.order=id")
    assert down.json == [{"id": 1, "pupils": [{"id": 2}, {"id": 3}]}]


async def test_views_are_related_as_their_tables_are(rest: RestClient) -> None:
    reply = await rest.get("/long_books?select=id,authors(name)&order=id&limit=1")
    assert reply.json == [{"id": 1, "authors": {"name": "Ursula"}}]
    back = await rest.get("/authors?select=id,long_books(id)&id=eq.1&long_books.order=id.desc")
    assert back.json == [{"id": 1, "long_books": [{"id": 2}, {"id": 1}]}]


async def test_a_computed_relationship(rest: RestClient) -> None:
    reply = await rest.get("/authors?select=id,shortest_book(title)&order=id&id=lt.3")
    assert [row["shortest_book"] for row in reply.json] == [
        {"title": "The Dispossessed"},
        {"title": "Invisible Cities"},
    ]


async def test_inner_joins_and_filters_below(rest: RestClient) -> None:
    left = await rest.get("/authors?select=id,books(id)&books.pages=gt.500&order=id")
    assert left.json == [{"id": 1, "books": [{"id": 2}]}, {"id": 2, "books": []}, {"id": 3, "books": []}]
    inner = await rest.get("/authors?select=id,books!inner(id)&books.pages=gt.500")
    assert inner.json == [{"id": 1, "books": [{"id": 2}]}]
    below = await rest.get("/authors?select=id,books!inner(id,tags!inner(label))&books.tags.label=eq.city&order=id")
    assert [row["id"] for row in below.json] == [1, 2]
    logic = await rest.get("/authors?select=id,books!inner(id)&books.or=(pages.lt.100,pages.gt.500)&order=id")
    assert [row["id"] for row in logic.json] == [1, 3]


async def test_an_empty_embed_only_filters(rest: RestClient) -> None:
    with_tags = await rest.get("/books?select=id,tags()&tags=not.is.null&order=id")
    assert with_tags.json == [{"id": 1}, {"id": 2}, {"id": 3}]
    without = await rest.get("/books?select=id,tags()&tags=is.null&order=id")
    assert without.json == [{"id": 4}, {"id": 5}]
    either = await rest.get(
        "/books?select=id,tags(),authors()&or=(tags.is.null,authors.is.null)&order=id", prefer="count=exact"
    )
    assert either.json == [{"id": 4}, {"id": 5}]
    assert either.headers["content-range"] == "0-1/2"


async def test_spread_puts_columns_among_the_parents(rest: RestClient) -> None:
    one = await rest.get("/books?select=id,...authors(writer:name,...passports(number))&id=eq.1")
    assert one.json == [{"id": 1, "writer": "Ursula", "number": "U-1"}]
    many = await rest.get("/authors?select=id,...books(titles:title)&id=eq.1&books.order=title")
    assert many.json == [{"id": 1, "titles": ["Always Coming Home", "The Dispossessed"]}]


async def test_order_by_a_related_column(rest: RestClient) -> None:
    reply = await rest.get("/books?select=id,authors(name)&order=authors(name).desc,id&author_id=not.is.null")
    assert [row["id"] for row in reply.json] == [1, 2, 3, 4]
    many = await rest.get("/authors?select=id,books(id)&order=books(id)")
    assert (many.status, many.code) == (400, "PGRST118")
    absent = await rest.get("/books?select=id&order=authors(name)")
    assert (absent.status, absent.code) == (400, "PGRST108")


async def test_ranges_below(rest: RestClient) -> None:
    reply = await rest.get("/authors?select=id,books(id)&id=eq.1&books.order=id.desc&books.limit=1&books.offset=1")
    assert reply.json == [{"id": 1, "books": [{"id": 1}]}]


async def test_two_ways_need_a_hint(rest: RestClient) -> None:
    several = await rest.get("/letters?select=id,authors(name)")
    assert (several.status, several.code) == (300, "PGRST201")
    assert len(several.json["details"]) == 2
    by_key = await rest.get("/letters?select=id,sender:authors!letters_sender(name)&id=eq.1")
    assert by_key.json == [{"id": 1, "sender": {"name": "Ursula"}}]
    by_column = await rest.get("/letters?select=id,to:receiver_id(name)&id=eq.1")
    assert by_column.json == [{"id": 1, "to": {"name": "Italo"}}]


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("/books?select=id,author(name)", "Perhaps you meant 'authors' instead of 'author'."),
        ("/books?select=id,qqqq(name)", None),
    ],
)
async def test_no_way_says_what_is_near(rest: RestClient, target: str, hint: str | None) -> None:
    reply = await rest.get(target)
    assert (reply.status, reply.code, reply.json["hint"]) == (400, "PGRST200", hint)


async def test_filters_on_what_is_not_embedded_are_refused(rest: RestClient) -> None:
    reply = await rest.get("/books?select=id&authors.name=eq.Ursula")
    assert (reply.status, reply.code) == (400, "PGRST108")


async def test_an_alias_named_by_its_table_is_warned_of(rest: RestClient) -> None:
    reply = await rest.get("/authors?select=id,works:books(id)&books.id=eq.1&id=eq.1")
    assert reply.json == [{"id": 1, "works": [{"id": 1}]}]
    assert "Update `books` to `works`" in reply.headers["warning"]
