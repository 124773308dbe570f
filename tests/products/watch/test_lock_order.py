"""Rows are locked in one order: whoever works on the same rows at the same time waits, and never in a ring."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
import numpy as np
import pytest
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.fixtures.waiting import wait_until
from tests.products.watch.factories import House, Member, open_house

from headwater.core.clock import MovableClock, now
from headwater.core.db import Database, Identity, driver
from headwater.core.settings import Settings
from headwater.demo import World
from headwater.demo.loopback import HOST, serve_http
from headwater.kit.notify import Event, notify_many
from headwater.products.watch.checks import recording
from headwater.products.watch.checks.due import TICKET_VALID_FOR, Ticket
from headwater.products.watch.search.vectors import store_vectors

_PAGES, _PASSAGES = 60, 80


def write_page(number: int) -> str:
    """Write a page of the passages that all pages share, in an order of its own."""
    order = list(range(_PASSAGES))
    random.Random(number).shuffle(order)
    notes = "".join(
        f"<p>Paragraph {one} says what every page of this site says about matter {one}.</p>" for one in order
    )
    return (
        f"<html><head><title>Page {number}</title></head><body><main><h1>Page {number}</h1>{notes}</main></body></html>"
    )


@asynccontextmanager
async def serve_pages() -> AsyncIterator[list[str]]:
    """Serve the pages; gives their addresses."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=write_page(int(request.match_info["number"])), content_type="text/html")

    application = web.Application()
    application.router.add_get(r"/{number:\d+}", answer)
    async with serve_http(application, port=0) as (listener, *_):
        yield [f"http://{HOST}:{listener.port}/{number}" for number in range(_PAGES)]


async def watch_all(house: House, member: Member, urls: list[str]) -> None:
    """Watch addresses, all of them due."""
    await house.owner.execute(
        "insert into public.monitored_sources (workspace_id, url, normalised_url, host, name)"
        " select $1, url, url, '127.0.0.1', url from unnest($2::text[]) as url",
        member.person.workspace_id,
        urls,
    )


async def test_many_checks_of_pages_that_share_passages_never_wait_in_a_ring(
    settings: Settings, world: World, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "openai_api_key": "sk-of-this-test",
        "openai_base_url": world.models.url,
        "embedding_model": "text-embedding-3-small",
    }
    read = Settings.model_validate({**settings.model_dump(exclude_unset=True), **given})
    monkeypatch.setattr("headwater.products.watch.jobs._PAGES_AT_ONCE", _PAGES)
    async with open_house(read, world, clock=clock) as house, serve_pages() as urls:
        ada = await house.add_member()
        await watch_all(house, ada, urls)

        async def check_all() -> bool:
            # A host that has enough to do just now is asked again in a second.
            await house.let_come_due()
            await house.promote()
            assert {outcome.label for _, outcome in await house.work()} <= {"succeeded"}
            return await house.count("public.scraped_contents") == _PAGES

        await wait_until(check_all, what="the first check of every page")
        # One vector a text, however many pages have it: the shared ones, and the title of each.
        assert await house.count("public.content_embeddings") == _PASSAGES + _PAGES
        dsn = house.gateway.get(Database).dsn
    # What its connections counted a server knows once they are closed.
    assert await count_deadlocks(dsn) == 0


async def test_checks_that_store_the_same_passages_never_wait_in_a_ring(house: House, ada: Member) -> None:
    database, workspace_id = house.worker.get(Database), ada.person.workspace_id
    hashes = [f"{number:064x}" for number in range(5_000)]

    async def store(order: int) -> None:
        """Store vectors of the same passages in an order of its own, as one check does."""
        shuffled = random.Random(order).sample(hashes, len(hashes))
        async with database.raw(Identity.job(workspace_id)) as connection:
            await store_vectors(
                connection,
                workspace_id=workspace_id,
                model_name="model",
                vectors_by_hash={one: np.ones(2, dtype=np.float32) for one in shuffled},
            )

    for _ in range(3):
        await asyncio.gather(*(store(order) for order in range(8)))
        assert await house.count("public.content_embeddings") == len(hashes)
        await house.owner.execute("delete from public.content_embeddings")


async def count_deadlocks(dsn: str) -> int:
    """Count the deadlocks that the database has seen, once nobody else is connected."""
    connection = await asyncpg.connect(dsn)

    async def is_alone() -> bool:
        others = "select count(*) = 1 from pg_stat_activity where datname = current_database() and backend_type = $1"
        return bool(await connection.fetchval(others, "client backend"))

    await wait_until(is_alone, what="the other connections to close")
    found: int = await connection.fetchval("select deadlocks from pg_stat_database where datname = current_database()")
    await connection.close()
    return found


@pytest.mark.parametrize("table", ["public.workspaces", "auth.users"])
async def test_whoever_deletes_what_a_check_belongs_to_waits_for_it(house: House, ada: Member, table: str) -> None:
    source_id = UUID(await ada.watch(first_check=False))
    workspace_id = ada.person.workspace_id
    await house.owner.execute("update public.monitored_sources set created_by = $1", ada.person.user_id)
    ticket = Ticket(source_id, uuid4())
    await house.owner.execute(
        "update public.monitored_sources set check_ticket = $2, checking_until = now() + $3 where id = $1",
        source_id,
        ticket.check_id,
        TICKET_VALID_FOR,
    )
    deleted = workspace_id if table == "public.workspaces" else ada.person.user_id
    other = await asyncpg.connect(house.gateway.get(Database).dsn)
    try:
        database, job = house.worker.get(Database), Identity.job(workspace_id)
        async with database.raw(job) as raw:
            (source,) = await recording.begin_checks(raw, [ticket])
        async with database.transaction(job) as connection:
            await connection.exec_driver_sql("select headwater.hold_job(0, 0, 0, true)")
            assert await recording.hold_tickets(await driver(connection), [source]) == {source_id}
            deleting = asyncio.create_task(other.execute(f"delete from {table} where id = $1", deleted))
            await wait_until(lambda: is_waiting(house), what="the deletion to wait")
            await refer_to_both(connection, source_id=source_id, workspace_id=workspace_id)
        await deleting
    finally:
        await other.close()
    assert await house.count("public.monitored_sources", "id = $1", source_id) == 0


async def is_waiting(house: House) -> bool:
    """Say whether a deletion waits for a lock."""
    return await house.count("pg_stat_activity", "wait_event_type = 'Lock' and query like 'delete from %'") > 0


async def refer_to_both(connection: AsyncConnection, *, source_id: UUID, workspace_id: UUID) -> None:
    """Write what refers to the workspace and to its members, as the end of a check does."""
    await (await driver(connection)).execute(
        "insert into public.source_checks (workspace_id, monitored_source_id, outcome) values ($1, $2, 'changed')",
        workspace_id,
        source_id,
    )
    event = Event(kind="watch.alert", id=uuid4(), title="Changed", occurred_at=now())
    assert await notify_many(connection, workspace_id=workspace_id, events=[event]) > 0
