"""Due sources become jobs once, tickets are redeemed once, and asking twice starts one check."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
from tests.fixtures.waiting import wait_until
from tests.products.watch.factories import LAMP, PRICING, SOURCES, STATUS, House, Member

from headwater.core.database.database import Database, Identity
from headwater.products.watch.checks.due import BATCH_SIZE, DueSource, Ticket, batch_by_workspace, claim_due


async def test_due_sources_are_claimed_once_however_many_look(house: House, ada: Member) -> None:
    for page in (PRICING, LAMP, STATUS):
        await ada.watch(page, first_check=False)
    await asyncio.gather(*(house.promote() for _ in range(4)))
    await house.work()
    # Those who look at the same moment may share the sources among them; none is checked twice.
    assert await house.count("public.source_checks", "outcome = 'first'") == 3
    assert await house.count("public.source_checks", "true") == 3


async def test_several_claimers_share_the_sources_among_them(house: House, ada: Member) -> None:
    for page in (PRICING, LAMP, STATUS):
        await ada.watch(page, first_check=False)
    database = house.worker.get(Database)
    async with database.raw(Identity.service()) as one, database.raw(Identity.service()) as other:
        first = await claim_due(one, limit=2)
        second = await claim_due(other, limit=2)
    claimed = [source.ticket.source_id for source in (*first, *second)]
    assert (len(first), len(second), len(set(claimed))) == (2, 1, 3)


async def test_asking_while_a_check_runs_names_the_one_that_runs(house: House, ada: Member) -> None:
    source = await ada.watch()
    house.world.web.set_mode(PRICING, "held")
    async with house.working():
        first = await ada.post(f"{SOURCES}/{source}/check", expect=202)
        await wait_until(lambda: house.world.web.count_requests()[PRICING] == 2, what="the check to look")
        second = await ada.post(f"{SOURCES}/{source}/check", expect=202)
        assert second == {"check_id": first["check_id"], "already_running": True}
        house.world.web.set_mode(PRICING, "normal")

        async def ended() -> bool:
            return len(await ada.get(f"{SOURCES}/{source}/history")) == 2

        await wait_until(ended, what="the check to end")
    third = await ada.post(f"{SOURCES}/{source}/check", expect=202)
    assert third["check_id"] != first["check_id"]
    assert third["already_running"] is False


async def test_a_check_whose_source_was_deleted_or_changed_meanwhile_writes_nothing(house: House, ada: Member) -> None:
    deleted, changed = await ada.watch(PRICING), await ada.watch(LAMP)
    for page in (PRICING, LAMP):
        house.world.web.change(page, "price")
        house.world.web.set_mode(page, "held")
    async with house.working():
        for source in (deleted, changed):
            await ada.post(f"{SOURCES}/{source}/check", expect=202)
        for page in (PRICING, LAMP):
            await house.world.web.wait_for_requests(page, count=2, timeout=30)
        await ada.delete(f"{SOURCES}/{deleted}")
        await ada.patch(f"{SOURCES}/{changed}", {"config": {"keywords_must": ["nothing"]}})
        for page in (PRICING, LAMP):
            house.world.web.set_mode(page, "normal")

        async def idle() -> bool:
            return await house.count("procrastinate.procrastinate_jobs", "status in ('todo', 'doing')") == 0

        await wait_until(idle, what="the jobs to end")
    assert await ada.alerts() == []
    assert await house.count("public.source_checks", "outcome <> 'first'") == 0


async def test_a_ticket_that_nobody_redeemed_lapses(house: House, ada: Member) -> None:
    source = await ada.watch(first_check=False)
    await house.promote()
    await house.owner.execute("delete from procrastinate.procrastinate_jobs")
    await house.promote()
    assert await house.work() == []
    await house.owner.execute("update public.monitored_sources set checking_until = now() - interval '1 second'")
    await house.promote()
    # The check that nobody made is a line of the history, and its reason is shown until the next one went well.
    (lost,) = await ada.get(f"{SOURCES}/{source}/history")
    assert (lost["outcome"], lost["reason"]) == ("error", "internal: lost")
    found = await ada.read(source)
    assert (found["last_error_kind"], found["error_count"]) == ("internal", 0)
    assert "didn't come to an end" in found["last_error"]
    assert len(await house.work()) == 1
    assert [one["outcome"] for one in await ada.get(f"{SOURCES}/{source}/history")] == ["first", "error"]
    assert (await ada.read(source))["last_error"] is None


async def test_a_host_s_crowd_is_spread_over_time(house: House, ada: Member) -> None:
    """Sources of one host whose turn doesn't come are put off, not failed."""
    for page in ("/acme/pricing", "/acme/docs", "/acme/changelog", "/acme/"):
        await ada.watch(page, first_check=False)
    await house.promote()
    await house.work()
    assert await house.count("public.monitored_sources", "error_count > 0") == 0
    assert house.world.web.traffic.peak[f"127.0.0.1:{house.world.web.listeners['acme'].port}"] <= 2


@pytest.mark.parametrize("number", [0, 1, BATCH_SIZE, 3 * BATCH_SIZE + 1])
def test_batches_mix_the_hosts_of_one_workspace(number: int) -> None:
    workspaces = [UUID(int=1), UUID(int=2)]
    due = [
        DueSource(Ticket(uuid4(), uuid4()), workspaces[place % 2], f"host{place % 7 // 3}") for place in range(number)
    ]
    batches = batch_by_workspace(due)
    assert sorted(ticket.source_id for _, tickets in batches for ticket in tickets) == sorted(
        one.ticket.source_id for one in due
    )
    assert all(0 < len(tickets) <= BATCH_SIZE for _, tickets in batches)
    owners = {one.ticket: one.workspace_id for one in due}
    assert all(owners[ticket] == workspace for workspace, tickets in batches for ticket in tickets)
