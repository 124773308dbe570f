"""Functions: how arguments reach them, which overload is meant, and what comes back."""

from __future__ import annotations

import asyncpg
import pytest

from tests.local.rest.clients import RestClient


async def test_scalars_by_get_and_by_post(rest: RestClient) -> None:
    assert (await rest.get("/rpc/add?a=1&b=2")).json == 3
    assert (await rest.get("/rpc/add?a=1")).json == 11
    assert (await rest.post("/rpc/add", {"a": 1, "b": 2})).json == 3
    assert (await rest.post("/rpc/add", {"a": 5})).json == 15
    form = await rest.ask(
        "POST", "/rpc/add", body="a=3&b=4", headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert form.json == 7


async def test_rows_are_filtered_selected_ordered_and_embedded(rest: RestClient) -> None:
    reply = await rest.get("/rpc/pick?wanted=2&select=id,authors(name)&order=id.desc&limit=2&pages=lt.200")
    assert reply.json == [{"id": 4, "authors": {"name": "Clarice"}}, {"id": 3, "authors": {"name": "Italo"}}]
    counted = await rest.ask("POST", "/rpc/pick?limit=1", data={"wanted": 4}, headers={"prefer": "count=exact"})
    assert (counted.status, counted.headers["content-range"]) == (206, "0-0/2")


async def test_a_single_row_is_an_object(rest: RestClient) -> None:
    assert (await rest.get("/rpc/first_book?select=id,heading")).json == {"id": 1, "heading": "THE DISPOSSESSED"}


async def test_variadic_arguments(rest: RestClient) -> None:
    assert (await rest.get("/rpc/join_words?words=a&words=b,%22c")).json == 'a-b,"c'
    assert (await rest.post("/rpc/join_words", {"words": ["x", "y"]})).json == "x-y"


async def test_the_whole_body_as_one_unnamed_argument(rest: RestClient) -> None:
    assert (await rest.post("/rpc/echo", {"any": ["thing", None]})).json == {"any": ["thing", None]}
    octets = await rest.ask(
        "POST", "/rpc/measure", body=b"\x00\xff\x01", headers={"content-type": "application/octet-stream"}
    )
    assert octets.json == 3
    text = await rest.ask("POST", "/rpc/shout", body="häuser", headers={"content-type": "text/plain"})
    assert text.json == "HÄUSER"


async def test_void_is_no_content(rest: RestClient) -> None:
    reply = await rest.post("/rpc/nothing")
    assert (reply.status, reply.body) == (204, b"")


async def test_overloads_are_told_apart_by_names(rest: RestClient) -> None:
    assert (await rest.get("/rpc/twice?a=1")).json == "one"
    assert (await rest.get("/rpc/twice?a=1&b=2")).json == "two"
    ambiguous = await rest.get("/rpc/same?a=1")
    assert (ambiguous.status, ambiguous.code) == (300, "PGRST203")


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("/rpc/add?a=1&c=2", "Perhaps you meant to call the function shop.add(a, b)"),
        ("/rpc/first_bok", "Perhaps you meant to call the function shop.first_book"),
        ("/rpc/zzz", None),
    ],
)
async def test_no_such_function_says_what_is_near(rest: RestClient, target: str, hint: str | None) -> None:
    reply = await rest.get(target)
    assert (reply.status, reply.code, reply.json["hint"]) == (404, "PGRST202", hint)


async def test_reads_may_not_write(rest: RestClient) -> None:
    reader = rest.acting_as("authenticated", subject="00000000-0000-4000-8000-00000000000a")
    by_get = await reader.get("/rpc/write_note?body=x")
    assert (by_get.status, by_get.code) == (405, "25006")
    stable = await reader.post("/rpc/sneak")
    assert (stable.status, stable.code) == (405, "25006")


async def test_a_volatile_function_writes_by_post(rest: RestClient, owner: asyncpg.Connection) -> None:
    reader = rest.acting_as("authenticated", subject="00000000-0000-4000-8000-00000000000a")
    reply = await reader.post("/rpc/write_note", {"body": "kept"})
    assert reply.status == 200
    assert await owner.fetchval("select body from shop.notes where id = $1", reply.json) == "kept"


async def test_the_database_is_told_of_the_request(rest: RestClient) -> None:
    ada = rest.acting_as("authenticated", subject="ada")
    reply = await ada.ask(
        "GET",
        "/rpc/context",
        headers={"cookie": "a=1; b=two", "x-custom": "Grüße", "prefer": "timezone=Europe/Paris"},
    )
    told = reply.json
    assert told["role"] == "authenticated"
    assert told["claims"] == {"role": "authenticated", "sub": "ada"}
    assert (told["method"], told["path"]) == ("GET", "/rpc/context")
    assert told["headers"]["x-custom"] == "Grüße"
    assert "cookie" not in told["headers"]
    assert told["cookies"] == {"a": "1", "b": "two"}
    assert told["timezone"] == "Europe/Paris"
    assert told["search_path"] == '"shop", "public", "extensions"'
    anonymous = (await rest.get("/rpc/context")).json
    assert (anonymous["role"], anonymous["claims"]) == ("anon", {"role": "anon"})


async def test_the_database_sets_status_and_headers(rest: RestClient) -> None:
    reply = await rest.post(
        "/rpc/set_answer", {"status": "418", "headers": '[{"X-Tea": "pot"},{"Cache-Control": "no-store"}]'}
    )
    assert (reply.status, reply.headers["x-tea"], reply.headers["cache-control"]) == (418, "pot", "no-store")
    wrong = await rest.post("/rpc/set_answer", {"status": "tea", "headers": "[]"})
    assert (wrong.status, wrong.code) == (500, "PGRST112")
    headers = await rest.post("/rpc/set_answer", {"status": "200", "headers": '{"a": "b"}'})
    assert (headers.status, headers.code) == (500, "PGRST111")
    split = await rest.post("/rpc/set_answer", {"status": "200", "headers": '[{"X": "a\\r\\nSet-Cookie: b"}]'})
    assert (split.status, split.code) == (500, "PGRST111")


async def test_max_affected_needs_a_set(rest: RestClient) -> None:
    prefer = "handling=strict, max-affected=1"
    single = await rest.ask("POST", "/rpc/first_book", headers={"prefer": prefer})
    assert (single.status, single.code) == (400, "PGRST128")
    several = await rest.ask("POST", "/rpc/pick", data={"wanted": 1}, headers={"prefer": prefer})
    assert (several.status, several.code) == (400, "PGRST124")
