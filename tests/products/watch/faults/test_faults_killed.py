"""A worker that is killed at every step of a check: afterwards each change is told once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pydantic import SecretStr
from tests.fixtures.installation import NOTIFICATIONS
from tests.fixtures.simulated import SimulatedWorld
from tests.fixtures.waiting import wait_until
from tests.products.watch.factories import LAMP, PRICING, SOURCES, STATUS, House, Member, open_house
from tests.products.watch.faults.faults import account_for, wait_until_settled, work_apart

from headwater.core.clock import MovableClock
from headwater.core.settings import Settings
from headwater.demo.systems import models

NEWSROOM = "/harbor/newsroom"
CHANGES: dict[str, Any] = {PRICING: "price", NEWSROOM: "price", STATUS: "state", LAMP: "state"}


@pytest.fixture
async def house(settings: Settings, world: SimulatedWorld, clock: MovableClock) -> AsyncIterator[House]:
    """An installation with an AI provider, which a check can be stopped at."""
    changes = {"openai_api_key": SecretStr("sk-demo"), "openai_base_url": (await world.open(models.system)).url}
    async with open_house(settings, world, clock=clock, **changes) as opened:
        yield opened


async def test_a_worker_killed_at_every_step_loses_nothing_and_tells_nothing_twice(
    house: House, ada: Member, tmp_path: Path
) -> None:
    sources = {page: await ada.watch(page) for page in CHANGES}
    blocker = await asyncpg.connect(house.settings.resolved_database_url or "")
    async with work_apart(house, tmp_path) as worker:
        await stop_while_delivering(ada, sources)
        await stop_while_writing(ada, sources, blocker)
        await stop_while_wording(ada, sources)
        await stop_while_fetching(ada, sources)
        await worker.kill()
    # What the world was holding back is answered into the void.
    await blocker.close()
    await house.world.models.set_mode("normal")
    await house.world.mail.set_mode("up")
    await house.world.receiver.set_mode("up")
    house.world.web.set_mode(LAMP, "normal")
    async with work_apart(house, tmp_path):
        await ada.wait_for_alerts(4, seconds=60)
        await wait_until_settled(house.settings.resolved_database_url or "")
    dead = await account_for(ada, sources=list(sources.values()))
    # The mail whose line broke in the middle is the only one that nobody can know about. It can be sent again.
    assert [one["status"] for one in dead] == ["uncertain"]
    before = len(house.world.mail.list_messages())
    await ada.post(f"{NOTIFICATIONS}/deliveries/{dead[0]['id']}/replay")
    await house.work()
    assert len(house.world.mail.list_messages()) == before + 1
    assert house.world.mail.mailbox.distinct == 4


async def ask_for_check(member: Member, sources: dict[str, str], page: str) -> None:
    """Let the page change and ask for a check of it."""
    member.house.world.web.change(page, CHANGES[page])
    await member.post(f"{SOURCES}/{sources[page]}/check", expect=202)


async def stop_while_delivering(member: Member, sources: dict[str, str]) -> None:
    """The alert is committed; mail and webhook are under way."""
    world = member.house.world
    await world.mail.set_mode("held")
    await world.receiver.set_mode("held")
    await ask_for_check(member, sources, PRICING)
    await wait_until(lambda: (world.mail.waiting, world.receiver.waiting) == (1, 1), what="both deliveries")


async def stop_while_writing(member: Member, sources: dict[str, str], blocker: asyncpg.Connection) -> None:
    """The check is judged and about to be recorded: another transaction holds its row."""
    house = member.house
    seen = house.world.web.count_requests()[NEWSROOM]
    house.world.web.set_mode(NEWSROOM, "held")
    await ask_for_check(member, sources, NEWSROOM)
    await house.world.web.wait_for_requests(NEWSROOM, count=seen + 1, timeout=30)
    await blocker.execute("begin")
    await blocker.execute("select 1 from public.monitored_sources where id = $1 for update", UUID(sources[NEWSROOM]))
    house.world.web.set_mode(NEWSROOM, "normal")

    async def blocked() -> bool:
        waiting = "datname = current_database() and wait_event_type = 'Lock' and query ilike '%monitored_sources%'"
        return await house.count("pg_stat_activity", waiting) > 0

    await wait_until(blocked, what="the check to reach its transaction")


async def stop_while_wording(member: Member, sources: dict[str, str]) -> None:
    """The page is fetched and judged; the provider is being asked for words."""
    world = member.house.world
    await (await world.open(models.system)).set_mode("held")
    await ask_for_check(member, sources, STATUS)
    await wait_until(lambda: world.models.waiting == 1, what="the provider to be asked")


async def stop_while_fetching(member: Member, sources: dict[str, str]) -> None:
    """The request is sent; nothing has come back."""
    web = member.house.world.web
    seen = web.count_requests()[LAMP]
    web.set_mode(LAMP, "held")
    await ask_for_check(member, sources, LAMP)
    await web.wait_for_requests(LAMP, count=seen + 1, timeout=30)


async def test_an_alert_whose_worker_died_before_its_delivery_began_is_delivered(house: House, ada: Member) -> None:
    source = await ada.watch()
    house.world.web.change(PRICING, "price")
    await ada.post(f"{SOURCES}/{source}/check", expect=202)
    # A worker of the queue of checks alone is what a worker comes to that dies between alert and delivery.
    await house.work(queues=["fetch"])
    assert len(await ada.alerts()) == 1
    assert house.world.mail.list_messages() == []
    await house.work()
    assert await account_for(ada, sources=[source]) == []
