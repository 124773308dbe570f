"""Changes: inserts, upserts, updates and deletes, and what each preference does to them."""

from __future__ import annotations

import asyncpg

from tests.local.rest.clients import RestClient

FULL = "return=representation"


async def test_one_row_is_inserted_without_an_answer(member: RestClient, owner: asyncpg.Connection) -> None:
    reply = await member.post("/tags", {"id": 7, "label": "sea"})
    assert (reply.status, reply.body, reply.headers["content-range"]) == (201, b"", "*/*")
    assert await owner.fetchval("select label from shop.tags where id = 7") == "sea"


async def test_rows_come_back_with_their_embeds(member: RestClient) -> None:
    rows = [{"author_id": 1, "title": "A"}, {"author_id": 2, "title": "B"}]
    reply = await member.post("/books?select=title,pages,authors(name)", rows, prefer=FULL)
    assert reply.status == 201
    assert reply.json == [
        {"title": "A", "pages": 100, "authors": {"name": "Ursula"}},
        {"title": "B", "pages": 100, "authors": {"name": "Italo"}},
    ]


async def test_headers_only_gives_the_place_of_the_new_row(member: RestClient) -> None:
    reply = await member.post("/tags", {"id": 8, "label": "x"}, prefer="return=headers-only")
    assert (reply.status, reply.headers["location"]) == (201, "/tags?id=eq.8")


async def test_missing_keys_take_null_or_their_default(member: RestClient) -> None:
    rows = [{"id": 201, "title": "A", "pages": 5}, {"id": 202, "title": "B"}]
    uneven = await member.post("/books", rows)
    assert (uneven.status, uneven.code) == (400, "PGRST102")
    path = "/books?columns=id,title,pages&select=id,pages"
    nulls = await member.post(path, rows, prefer=f"{FULL}, tx=rollback")
    assert [row["pages"] for row in nulls.json] == [5, None]
    defaults = await member.post(path, rows, prefer=f"{FULL}, missing=default")
    assert [row["pages"] for row in defaults.json] == [5, 100]
    assert defaults.headers["preference-applied"] == "missing=default, return=representation"


async def test_an_empty_list_inserts_nothing(member: RestClient) -> None:
    reply = await member.post("/tags", [], prefer=FULL)
    assert (reply.status, reply.json) == (201, [])


async def test_upserts_merge_or_leave(member: RestClient) -> None:
    rows = [{"id": 1, "label": "dream"}, {"id": 9, "label": "new"}]
    merged = await member.post("/tags", rows, prefer=f"{FULL}, resolution=merge-duplicates")
    assert (merged.status, merged.json) == (201, rows)
    again = await member.post("/tags", rows, prefer=f"{FULL}, resolution=merge-duplicates")
    assert again.status == 200
    left = await member.post("/tags", [{"id": 1, "label": "other"}], prefer=f"{FULL}, resolution=ignore-duplicates")
    assert (left.status, left.json) == (201, [])
    by_label = await member.post(
        "/tags?on_conflict=label", [{"id": 50, "label": "new"}], prefer=f"{FULL}, resolution=merge-duplicates"
    )
    assert by_label.json == [{"id": 50, "label": "new"}]


async def test_put_writes_exactly_the_row_of_its_address(member: RestClient) -> None:
    new = await member.put("/tags?id=eq.30", {"id": 30, "label": "thirty"}, prefer=FULL)
    assert (new.status, new.json) == (201, [{"id": 30, "label": "thirty"}])
    old = await member.put("/tags?id=eq.30", {"id": 30, "label": "dreißig"}, prefer=FULL)
    assert (old.status, old.json) == (200, [{"id": 30, "label": "dreißig"}])
    assert (await member.put("/tags?id=eq.30", {"id": 30, "label": "x"})).status == 204
    other = await member.put("/tags?id=eq.31", {"id": 30, "label": "x"})
    assert (other.status, other.code) == (400, "PGRST115")
    vague = await member.put("/tags?label=eq.x", {"id": 30, "label": "x"})
    assert (vague.status, vague.code) == (405, "PGRST105")
    ranged = await member.put("/tags?id=eq.30&limit=1", {"id": 30, "label": "x"})
    assert (ranged.status, ranged.code) == (400, "PGRST114")


async def test_updates_touch_the_rows_of_their_filter(member: RestClient, owner: asyncpg.Connection) -> None:
    reply = await member.patch("/books?author_id=eq.1&select=id,sold", {"sold": None}, prefer=f"{FULL}, count=exact")
    assert (reply.status, reply.headers["content-range"]) == (200, "0-1/2")
    assert reply.json == [{"id": 1, "sold": None}, {"id": 2, "sold": None}]
    silent = await member.patch("/books?or=(id.eq.1,id.eq.3)", {"pages": 1})
    assert (silent.status, silent.body, silent.headers["content-range"]) == (204, b"", "0-1/*")
    assert await owner.fetchval("select count(*) from shop.books where pages = 1") == 2
    nothing = await member.patch("/books?id=eq.1", {}, prefer=FULL)
    assert (nothing.status, nothing.json) == (200, [])


async def test_deletes_give_back_what_they_took(member: RestClient) -> None:
    reply = await member.delete("/tags?id=gt.2&select=label", prefer=FULL)
    assert (reply.status, reply.json) == (200, [{"label": "unused"}])
    assert (await member.delete("/tags?id=eq.99")).status == 204


async def test_rollback_keeps_nothing_and_still_answers(member: RestClient, owner: asyncpg.Connection) -> None:
    reply = await member.post("/tags", {"id": 60, "label": "gone"}, prefer=f"{FULL}, tx=rollback")
    assert (reply.status, reply.json) == (201, [{"id": 60, "label": "gone"}])
    assert reply.headers["preference-applied"] == "return=representation, tx=rollback"
    assert await owner.fetchval("select count(*) from shop.tags where id = 60") == 0


async def test_more_rows_than_allowed_are_left_alone(member: RestClient, owner: asyncpg.Connection) -> None:
    strict = "handling=strict, max-affected=1"
    reply = await member.patch("/books?id=lt.4", {"pages": 1}, prefer=strict)
    assert (reply.status, reply.code) == (400, "PGRST124")
    assert await owner.fetchval("select count(*) from shop.books where pages = 1") == 0
    assert (await member.patch("/books?id=eq.1", {"pages": 1}, prefer=strict)).status == 204
    assert await owner.fetchval("select count(*) from shop.books where pages = 1") == 1


async def test_a_single_object_is_one_row_or_none_is_written(member: RestClient, owner: asyncpg.Connection) -> None:
    accept = "application/vnd.pgrst.object+json"
    one = await member.patch("/books?id=eq.1&select=pages", {"pages": 7}, prefer=FULL, accept=accept)
    assert (one.status, one.json) == (200, {"pages": 7})
    two = await member.patch("/books?id=in.(1,2)", {"pages": 8}, prefer=FULL, accept=accept)
    assert (two.status, two.code) == (406, "PGRST116")
    assert await owner.fetchval("select count(*) from shop.books where pages = 8") == 0


async def test_csv_and_forms_are_written(member: RestClient, owner: asyncpg.Connection) -> None:
    text = 'id,label\n70,"a, ""b"""\n71,NULL'
    refused = await member.ask("POST", "/tags", body=text, headers={"content-type": "text/csv"})
    assert (refused.status, refused.code) == (400, "23502")
    taken = await member.ask("POST", "/tags", body=text.replace("NULL", "c"), headers={"content-type": "text/csv"})
    assert taken.status == 201
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await member.ask("POST", "/tags", body="id=72&label=d+e", headers=form)).status == 201
    found = await owner.fetch("select label from shop.tags where id >= 70 order by id")
    assert [row["label"] for row in found] == ['a, "b"', "c", "d e"]
    uneven = await member.ask("POST", "/tags", body="id,label\n80", headers={"content-type": "text/csv"})
    assert (uneven.status, uneven.code) == (400, "PGRST102")


async def test_an_unknown_column_is_named(member: RestClient) -> None:
    reply = await member.post("/tags", {"id": 90, "colour": "red"})
    assert (reply.status, reply.code) == (400, "PGRST204")
    assert "'colour' column of 'tags'" in reply.json["message"]
