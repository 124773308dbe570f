"""What goes wrong around the engine: the server away and back, connections cut, requests beyond reason."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from headwater.local.postgres import LocalPostgres, install_foundation
from headwater.local.rest import PipelinePool, RestConfig, RestError
from headwater.local.rest.database.connection import Statement
from tests.fixtures.waiting import wait_until
from tests.local.rest.clients import Reply, RestClient
from tests.local.rest.conftest import CONFIG, SHOP, open_app

RUNNING = """
select count(*)
from pg_stat_activity
where query like '%"shop"."wait"%' and state = 'active' and pid <> pg_backend_pid()
"""


async def test_the_server_away_is_503_until_it_is_back(tmp_path: Path) -> None:
    server = LocalPostgres(tmp_path / "postgres", port=0, durable=False)
    dsn = await server.start()
    try:
        await install_foundation(dsn)
        connection = await asyncpg.connect(dsn)
        await connection.execute(SHOP)
        await connection.close()
        async with open_app(dsn) as app:
            rest = RestClient(app)
            assert (await rest.get("/tags?select=id")).status == 200
            await server.stop()
            away = await wait_until(lambda: refused(rest), what="a refusal")
            assert away.code in ("PGRST000", "PGRST001")
            assert away.headers["retry-after"] == "1"
            assert (await rest.acting_as("authenticated").post("/tags", {"id": 9, "label": "x"})).status == 503
            assert await server.start() == dsn
            back = await rest.get("/tags?select=id&order=id")
            assert (back.status, back.json) == (200, [{"id": 1}, {"id": 2}, {"id": 3}])
    finally:
        await server.stop()


async def refused(rest: RestClient) -> Reply | None:
    """Return the answer once it is a 503."""
    reply = await rest.get("/tags?select=id")
    return reply if reply.status == 503 else None


async def test_an_engine_started_before_its_server_begins_to_answer(tmp_path: Path) -> None:
    server = LocalPostgres(tmp_path / "postgres", port=0, durable=False)
    dsn = await server.start()
    try:
        await install_foundation(dsn)
        await server.stop()
        async with open_app(dsn, RestConfig()) as app:
            rest = RestClient(app)
            assert (await rest.get("/")).status == 503
            await server.start()
            reply = await wait_until(lambda: answered(rest), what="an answer")
            assert reply.status == 200
    finally:
        await server.stop()


async def answered(rest: RestClient) -> Reply | None:
    """Return the answer once it is none of 503."""
    reply = await rest.get("/")
    return None if reply.status == 503 else reply


async def test_connections_cut_under_requests_are_replaced(rest: RestClient, owner: asyncpg.Connection) -> None:
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'headwater rest'"
    assert (await rest.get("/tags")).status == 200
    await owner.execute("grant execute on function pg_sleep(double precision) to anon")
    await owner.execute("create function shop.wait() returns void language sql volatile as 'select pg_sleep(20)'")
    await rest.app.engine.reload()
    waiting = asyncio.create_task(rest.post("/rpc/wait"))
    await wait_until(lambda: owner.fetchval(RUNNING), what="the call")
    await owner.execute(cut)
    reply = await waiting
    assert (reply.status, reply.code) in ((503, "PGRST001"), (503, "57P01"))
    assert (await rest.get("/tags")).status == 200


async def test_a_cancelled_request_leaves_nothing_behind(shop_dsn: str, owner: asyncpg.Connection) -> None:
    await owner.execute("create function shop.wait() returns void language sql volatile as 'select pg_sleep(20)'")
    async with open_app(shop_dsn, size=1) as app:
        rest = RestClient(app)
        await rest.get("/tags")
        waiting = asyncio.create_task(rest.post("/rpc/wait"))
        await wait_until(lambda: owner.fetchval(RUNNING), what="the call")
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert (await rest.get("/tags?select=id&id=eq.1")).json == [{"id": 1}]


async def test_ten_megabytes_are_taken_and_more_than_the_bound_refused(
    member: RestClient, owner: asyncpg.Connection
) -> None:
    rows = [{"title": "x" * 1000, "pages": number} for number in range(10_000)]
    assert (await member.post("/books", rows)).status == 201
    assert await owner.fetchval("select count(*) from shop.books where length(title) = 1000") == 10_000
    limit = member.app.engine.config.max_body_bytes
    declared = await member.ask("POST", "/books", body=b"", headers={"content-length": str(limit + 1)})
    assert declared.status == 413
    endless = await member.ask("POST", "/books", chunks=[b"[" * 1_000_000] * (limit // 1_000_000 + 2))
    assert endless.status == 413


async def test_half_a_body_is_no_body(member: RestClient, owner: asyncpg.Connection) -> None:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/tags",
        "query_string": b"",
        "headers": [(b"content-type", b"text/csv"), (b"authorization", f"Bearer {member.token}".encode())],
    }
    messages: list[dict[str, object]] = [
        {"type": "http.request", "body": b"id,label\n40,forty\n41,", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message)

    await member.app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert await owner.fetchval("select count(*) from shop.tags where id >= 40") == 0


async def test_deep_nesting_is_refused(member: RestClient) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    for target in ("/books", "/books?columns=title", "/rpc/echo"):
        reply = await member.ask("POST", target, body=f'{{"facts": {deep}}}')
        assert (reply.status, reply.code) == (400, "PGRST102")
    brackets = await member.post("/books", {"title": "[" * 5000, "facts": ["]{" * 5000]})
    assert brackets.status == 201
    for value in ("[" * 9000 + "]" * 9000, '{"a":' * 9000 + "1" + "}" * 9000):
        assert (await member.get(f"/books?facts=cs.{value}")).status == 400
    assert (await member.get("/books?title=fts." + "(" * 90_000 + "a" + ")" * 90_000)).status == 400
    assert (await member.get("/books?id=eq." + "1" * 1_100_000)).status == 414
    for query in ("select=" + "authors(" * 3000 + ")" * 3000, "and=" + "(or" * 3000 + "(id.eq.1)" + ")" * 3000):
        assert (await member.get(f"/books?{query}")).status == 400


async def test_ten_thousand_filters_are_answered(rest: RestClient) -> None:
    many = "&".join(f"id=neq.{number}" for number in range(3, 10_003))
    assert [row["id"] for row in (await rest.get(f"/books?select=id&order=id&{many}")).json] == [1, 2]
    tree = ",".join(f"id.eq.{number}" for number in range(2, 10_002))
    assert len((await rest.get(f"/books?select=id&or=({tree})")).json) == 4
    listed = ",".join(str(number) for number in range(2, 10_002))
    assert len((await rest.get(f"/books?select=id&id=in.({listed})")).json) == 4
    beyond = "&".join(["id=neq.1"] * 40_000)
    assert (await rest.get(f"/books?{beyond}")).status == 400


async def test_shapes_met_once_are_not_kept(rest: RestClient) -> None:
    for number in range(300):
        await rest.get(f"/books?select=a{number}:id&limit=1")
    planner = rest.app.engine.planner
    assert planner is not None
    assert len(planner._kept) == 0
    prepared = await rest.app.engine.pool.fetch_json(
        "select to_json(count(*)) from pg_prepared_statements where statement like '%pgrst_source%'"
    )
    assert prepared == 0


async def test_a_pool_lends_in_turn_and_refuses_in_time(shop_dsn: str) -> None:
    pool = PipelinePool(shop_dsn, size=1, timeout=2)
    served: list[int] = []

    async def use(number: int) -> None:
        async with pool.connection() as connection:
            await connection.run([Statement(b"select pg_sleep(0.01)", reusable=False)])
            served.append(number)

    await asyncio.gather(*(use(number) for number in range(20)))
    assert served == list(range(20))
    async with pool.connection():
        impatient = PipelinePool(shop_dsn, size=0, timeout=0.05)
        with pytest.raises(RestError) as caught:
            await impatient.acquire()
        assert (caught.value.status, caught.value.code) == (504, "PGRST003")
    await pool.close()


async def test_many_at_once_are_all_answered(shop_dsn: str) -> None:
    async with open_app(shop_dsn, CONFIG, size=3) as app:
        rest = RestClient(app)
        replies = await asyncio.gather(*(rest.get(f"/books?select=id&id=eq.{1 + n % 5}") for n in range(200)))
        assert [reply.json for reply in replies] == [[{"id": 1 + n % 5}] for n in range(200)]
