"""Rows are locked in one order: whoever works on the same rows at the same time waits, and never in a ring."""

from __future__ import annotations

import asyncio
import random
from uuid import UUID, uuid4

import asyncpg
import numpy as np
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.fixtures.waiting import wait_until
from tests.products.watch.factories import House, Member

from headwater.core.clock import now
from headwater.core.database.database import Database, Identity, driver
from headwater.kit.notify import Event, notify_many
from headwater.products.watch.checks import recording
from headwater.products.watch.checks.due import TICKET_VALID_FOR, Ticket
from headwater.products.watch.search.vectors import store_vectors


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
