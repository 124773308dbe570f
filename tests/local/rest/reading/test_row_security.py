"""Row-level security holds, whatever anonymous, owner, another member and service ask for and however they ask."""

from __future__ import annotations

import asyncpg
import pytest

from tests.local.rest.clients import ADA, BEN, RestClient
from tests.local.rest.conftest import open_app


@pytest.fixture
def ada(rest: RestClient) -> RestClient:
    """The reader who owns note 1."""
    return rest.acting_as("authenticated", subject=ADA)


@pytest.fixture
def ben(rest: RestClient) -> RestClient:
    """The reader who owns notes 2 and 3."""
    return rest.acting_as("authenticated", subject=BEN)


@pytest.fixture
def service(rest: RestClient) -> RestClient:
    """The service role, which policies don't bind."""
    return rest.acting_as("service_role")


async def bodies(client: RestClient, target: str) -> list[str]:
    """Return the bodies of the notes that a client is shown."""
    reply = await client.get(target)
    assert reply.status == 200, reply.body
    return sorted(row["body"] for row in reply.json)


async def test_everybody_reads_their_own(
    rest: RestClient, ada: RestClient, ben: RestClient, service: RestClient
) -> None:
    assert (await rest.get("/notes")).status == 401
    assert await bodies(ada, "/notes") == ["Ada on Anarres"]
    assert await bodies(ben, "/notes") == ["Ben on Anarres", "Ben on the valley"]
    assert len(await bodies(service, "/notes")) == 3


async def test_interleaved_callers_on_one_prepared_statement_see_their_own(
    ada: RestClient, ben: RestClient, service: RestClient
) -> None:
    for _ in range(8):
        assert await bodies(ada, "/notes?id=lt.10") == ["Ada on Anarres"]
        assert len(await bodies(service, "/notes?id=lt.10")) == 3
        assert len(await bodies(ben, "/notes?id=lt.10")) == 2


@pytest.mark.parametrize(
    "target",
    [
        "/notes?owner=eq." + ADA,
        "/notes?or=(id.eq.1,id.gt.0)",
        "/notes?not.and=(id.eq.2,id.eq.3)",
        "/notes?select=body,books!inner(notes!inner(body))&books.notes.owner=eq." + ADA,
    ],
)
async def test_no_filter_reaches_beyond_the_policy(ben: RestClient, target: str) -> None:
    reply = await ben.get(target)
    assert reply.status == 200
    assert b"Ada" not in reply.body


async def test_embeds_and_counts_obey_too(ada: RestClient, ben: RestClient) -> None:
    reply = await ben.get("/books?select=id,notes(body)&id=eq.1")
    assert reply.json == [{"id": 1, "notes": [{"body": "Ben on Anarres"}]}]
    counted = await ada.get("/notes", prefer="count=exact")
    assert counted.headers["content-range"] == "0-0/1"


async def test_nobody_writes_for_another(
    rest: RestClient, ada: RestClient, ben: RestClient, owner: asyncpg.Connection
) -> None:
    assert (await rest.post("/notes", {"body": "x"})).status == 401
    forged = await ben.post("/notes", {"body": "forged", "owner": ADA})
    assert (forged.status, forged.code) == (403, "42501")
    given = await ada.patch("/notes?id=eq.1", {"owner": BEN})
    assert (given.status, given.code) == (403, "42501")
    full = "return=representation"
    assert (await ben.patch("/notes?id=eq.1", {"body": "x"}, prefer=full)).json == []
    assert (await ben.delete("/notes?id=eq.1", prefer=full)).json == []
    merged = await ben.post("/notes", {"id": 1, "body": "x"}, prefer=f"{full}, resolution=merge-duplicates")
    assert merged.status == 403
    assert await owner.fetchval("select body from shop.notes where id = 1") == "Ada on Anarres"
    assert (await ada.patch("/notes?id=eq.1", {"body": "y"}, prefer=full)).json[0]["body"] == "y"


async def test_calls_run_as_the_caller(rest: RestClient, ada: RestClient, owner: asyncpg.Connection) -> None:
    assert (await rest.post("/rpc/write_note", {"body": "x"})).status == 401
    number = (await ada.post("/rpc/write_note", {"body": "from Ada"})).json
    assert str(await owner.fetchval("select owner from shop.notes where id = $1", number)) == ADA


async def test_nothing_of_a_request_stays_on_its_connection(shop_dsn: str) -> None:
    async with open_app(shop_dsn, size=1) as app:
        rest = RestClient(app)
        ada = rest.acting_as("authenticated", subject=ADA)
        assert len((await ada.get("/notes")).json) == 1
        assert (await ada.get("/notes?id=eq.x")).status == 400
        anonymous = (await rest.get("/rpc/context")).json
        assert (anonymous["role"], anonymous["claims"]) == ("anon", {"role": "anon"})
        found = await app.engine.pool.fetch_json(
            "select json_build_array(current_user = session_user, current_setting('request.jwt.claims', true))"
        )
        assert found in ([True, ""], [True, None])


async def test_a_token_may_not_name_a_role_beyond_the_reach_of_the_session(shop_dsn: str) -> None:
    async with open_app(shop_dsn, session_role="authenticator") as app:
        rest = RestClient(app)
        assert (await rest.get("/tags")).status == 200
        assert len((await rest.acting_as("authenticated", subject=BEN).get("/notes")).json) == 2
        for role in ("postgres", "supabase_admin", "pg_read_all_data"):
            reply = await rest.acting_as(role).get("/tags")
            assert (reply.status, reply.code) == (403, "42501")


async def test_a_role_brings_its_settings_and_its_level(shop_dsn: str, owner: asyncpg.Connection) -> None:
    role = await owner.fetchval("select current_database() || '_strict'")
    await owner.execute(f"create role {role}; grant usage on schema shop to {role}")
    try:
        await owner.execute(f"alter role {role} set default_transaction_isolation = 'serializable'")
        await owner.execute(f"alter role {role} set statement_timeout = '50ms'")
        await owner.execute(
            "create function shop.level() returns text language sql stable as "
            "$$ select current_setting('transaction_isolation') $$; "
            "create function shop.wait() returns void language sql as 'select pg_sleep(30)'; "
            "create function shop.patient() returns text language sql stable set statement_timeout = '7s' as "
            "$$ select current_setting('statement_timeout') $$"
        )
        async with open_app(shop_dsn) as app:
            rest = RestClient(app)
            assert (await rest.get("/rpc/level")).json == "read committed"
            strict = rest.acting_as(role)
            assert (await strict.get("/rpc/level")).json == "serializable"
            assert (await strict.get("/rpc/patient")).json == "7s"
            late = await strict.post("/rpc/wait")
            assert (late.status, late.code) == (500, "57014")
            assert (await rest.get("/rpc/level")).json == "read committed"
    finally:
        await owner.execute(f"drop owned by {role}; drop role {role}")
