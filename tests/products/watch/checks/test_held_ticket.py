"""A ticket is redeemed once, also by two runs of one check that hold it at the same moment."""

from __future__ import annotations

import asyncio

import asyncpg
from tests.fixtures.waiting import wait_until
from tests.products.watch.factories import LAMP, House, Member

from headwater.core.database.database import Database, Identity
from headwater.products.watch.checks.due import claim_due
from headwater.products.watch.checks.fetching import SourceToCheck
from headwater.products.watch.checks.findings import FailedFinding
from headwater.products.watch.checks.reading import Failed
from headwater.products.watch.checks.recording import begin_checks, hold_tickets, record_failed

FAILED = Failed("network", "network", "The host can't be reached.")


async def record(connection: asyncpg.Connection, source: SourceToCheck, *, house: House, member: Member) -> bool:
    """Record a failure as a check does; False where the ticket is somebody else's by now."""
    if not await hold_tickets(connection, [source]):
        return False
    now = house.clock.now()
    finding = FailedFinding(source, FAILED, now)
    await record_failed(connection, [finding], workspace_id=member.person.workspace_id, now=now)
    return True


async def test_second_run_waits_for_the_first_and_then_writes_nothing(house: House, ada: Member) -> None:
    source_id = await ada.watch(LAMP, first_check=False)
    database = house.worker.get(Database)
    async with database.raw(Identity.service()) as connection:
        (due,) = await claim_due(connection)
        (source,) = await begin_checks(connection, [due.ticket])

    async def run_again() -> bool:
        async with database.raw(Identity.service()) as connection:
            process.append(connection.get_server_pid())
            return await record(connection, source, house=house, member=ada)

    process: list[int] = []
    async with database.raw(Identity.service()) as connection:
        assert await record(connection, source, house=house, member=ada)
        again = asyncio.create_task(run_again())

        async def stands_still() -> bool:
            asked = "select cardinality(pg_blocking_pids($1)) > 0"
            return again.done() or (bool(process) and bool(await house.owner.fetchval(asked, process[0])))

        await wait_until(stands_still, what="the second run")
        assert not again.done()
    assert await again is False
    assert (await ada.read(source_id))["error_count"] == 1
    assert await house.count("public.source_checks") == 1


async def test_holding_keeps_the_source_still_before_anything_is_written(house: House, ada: Member) -> None:
    await ada.watch(LAMP, first_check=False)
    database = house.worker.get(Database)
    async with database.raw(Identity.service()) as connection:
        (due,) = await claim_due(connection)
        (source,) = await begin_checks(connection, [due.ticket])
    async with database.raw(Identity.service()) as connection:
        assert await hold_tickets(connection, [source]) == {source.id}
        free = "select count(*) from (select from public.monitored_sources for update skip locked) as free"
        assert await house.owner.fetchval(free) == 0
    assert await house.owner.fetchval(free) == 1
