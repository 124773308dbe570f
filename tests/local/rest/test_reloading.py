"""The engine learns of changes: NOTIFY, settings of the role in the database, a listener that comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from headwater.local.rest import install_rest_schema
from tests.fixtures.waiting import wait_until
from tests.local.rest.clients import RestClient
from tests.local.rest.conftest import CONFIG, open_app

LISTENERS = "select count(*) from pg_stat_activity where application_name = 'headwater rest reload' and state = 'idle'"


@pytest.fixture
async def listening(shop_dsn: str, owner: asyncpg.Connection) -> AsyncIterator[RestClient]:
    """A client of an engine that listens."""
    async with open_app(shop_dsn) as app:
        await app.start()
        await wait_until(lambda: app.engine.planner, what="the catalog")
        await wait_until(lambda: owner.fetchval(LISTENERS), what="the listener")
        yield RestClient(app)


async def answers(client: RestClient, target: str, status: int) -> bool:
    """Say whether a target gives a status."""
    return (await client.get(target)).status == status


async def test_new_tables_are_found_after_a_notice(listening: RestClient, owner: asyncpg.Connection) -> None:
    await owner.execute("create table shop.later (id integer); grant select on shop.later to anon")
    assert (await listening.get("/later")).status == 404
    await owner.execute("notify pgrst, 'reload schema'")
    await wait_until(lambda: answers(listening, "/later", 200), what="the table")


async def test_a_changed_column_is_read_by_its_new_type(listening: RestClient, owner: asyncpg.Connection) -> None:
    for _ in range(3):
        assert (await listening.get("/books?select=id&pages=eq.341")).json == [{"id": 1}]
    await owner.execute("drop view shop.long_books; alter table shop.books alter pages type text using 'p' || pages")
    await owner.execute("notify pgrst, 'reload schema'")
    await wait_until(lambda: answers(listening, "/books?select=id&pages=eq.p341", 200), what="the type")
    assert (await listening.get("/books?select=id&pages=eq.p341")).json == [{"id": 1}]


async def test_changes_of_the_schema_are_found_without_a_notice(
    listening: RestClient, owner: asyncpg.Connection, shop_dsn: str
) -> None:
    await install_rest_schema(shop_dsn)
    await install_rest_schema(shop_dsn)
    await owner.execute("create table shop.later (id integer); grant select on shop.later to anon")
    await wait_until(lambda: answers(listening, "/later?select=id", 200), what="the table")
    await owner.execute("alter table shop.later add column note text")
    await wait_until(lambda: answers(listening, "/later?select=note", 200), what="the column")
    await owner.execute("alter table shop.later drop column note")
    await wait_until(lambda: answers(listening, "/later?select=note", 400), what="the column to go")
    await owner.execute("drop table shop.later")
    await wait_until(lambda: answers(listening, "/later", 404), what="the table to go")


async def test_only_what_others_can_see_is_told(owner: asyncpg.Connection, shop_dsn: str) -> None:
    await install_rest_schema(shop_dsn)
    heard: list[object] = []
    listener = await asyncpg.connect(shop_dsn)
    await listener.add_listener("pgrst", lambda *notice: heard.append(notice[-1]))
    try:
        await owner.execute("create temporary table passing (id integer)")
        await owner.execute("create index on shop.books (pages)")
        await owner.execute("drop table passing")
        await owner.execute("create view shop.seen as select 1 as one")
        await owner.execute("notify pgrst, 'the end'")
        await wait_until(lambda: "the end" in heard, what="the notices")
    finally:
        await listener.close()
    assert heard == ["reload schema", "the end"]


async def test_settings_of_the_role_are_obeyed(listening: RestClient, owner: asyncpg.Connection) -> None:
    assert (await listening.get("/books?select=pages.sum()")).status == 400
    # For this database alone: roles are shared with the tests that run beside this one.
    name = await owner.fetchval("select quote_ident(current_database())")
    await owner.execute(f"alter role authenticator in database {name} set pgrst.db_aggregates_enabled = 'true'")
    await owner.execute("notify pgrst, 'reload config'")
    await wait_until(lambda: answers(listening, "/books?select=pages.sum()", 200), what="the setting")


async def test_a_function_of_the_database_may_configure(shop_dsn: str, owner: asyncpg.Connection) -> None:
    await owner.execute(
        "create function public.configure() returns void language sql as "
        "$$ select set_config('pgrst.db_schemas', 'shop, public', true), set_config('pgrst.db_max_rows', '1', true) $$"
    )
    from headwater.local.rest import QualifiedName

    config = replace(CONFIG, pre_config=QualifiedName("public", "configure"))
    async with open_app(shop_dsn, config) as app:
        client = RestClient(app)
        reply = await client.get("/books?select=id&order=id")
        assert (reply.json, reply.headers["content-profile"]) == ([{"id": 1}], "shop")


async def test_a_listener_that_was_cut_comes_back_and_reads_anew(
    listening: RestClient, owner: asyncpg.Connection
) -> None:
    await owner.execute("create table shop.meanwhile (id integer); grant select on shop.meanwhile to anon")
    await owner.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'headwater rest reload'"
    )
    await wait_until(lambda: answers(listening, "/meanwhile", 200), what="the table")


async def test_a_pre_request_function_may_change_the_role(shop_dsn: str, owner: asyncpg.Connection) -> None:
    from headwater.local.rest import QualifiedName

    await owner.execute(
        """
        create function public.admit() returns void language plpgsql as $$
        begin
          if current_setting('request.headers')::json ->> 'x-key' = 'opens' then
            set local role service_role;
          end if;
        end
        $$
        """
    )
    config = replace(CONFIG, pre_request=QualifiedName("public", "admit"))
    async with open_app(shop_dsn, config) as app:
        client = RestClient(app)
        assert (await client.get("/notes")).status == 401
        assert len((await client.get("/notes", x_key="opens")).json) == 3
