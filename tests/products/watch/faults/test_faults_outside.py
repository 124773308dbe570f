"""Outages around the checks: Valkey, AI providers, mail servers, receivers. Each change is told once all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from tests.fixtures.installation import NOTIFICATIONS
from tests.fixtures.simulated import SimulatedWorld
from tests.fixtures.waiting import wait_until
from tests.kit.controls.relay import relay_valkey
from tests.products.watch.factories import LAMP, PRICING, QUERIES, SOURCES, STATUS, House, Member, open_house
from tests.products.watch.faults.faults import account_for

from headwater.core.clock import MovableClock
from headwater.core.settings import Settings
from headwater.demo.systems import models

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def test_without_valkey_pages_are_read_and_nothing_is_sent(
    settings: Settings, world: SimulatedWorld, clock: MovableClock, valkey_url: str
) -> None:
    async with relay_valkey(valkey_url) as relay:
        given = settings.model_copy(update={"redis_url": SecretStr(relay.url)})
        async with open_house(given, world, clock=clock) as house:
            ada = await house.add_member(email="ada@example.com")
            await ada.choose_channels("email", "webhook")
            source = await ada.watch()
            await relay.cut()
            assert (await house.http.get("/health/ready")).status_code == 200
            world.web.change(PRICING, "price")
            assert (await ada.check(source))["outcome"] == "changed"
            assert len(await ada.alerts()) == 1
            question = {"raw_query": f"prices at {world.web.host_url('orchard')}"}
            assert (await ada.post("/api/v1/discover-sources/", question))["monitorable_urls"]
            await ada.watch(LAMP)
            # Nobody knows how much was sent, so nothing is: it waits, and it isn't counted as an attempt.
            assert world.mail.list_messages() == []
            assert world.receiver.count_hits() == {}
            assert {(one["status"], one["attempts"]) for one in await ada.deliveries()} == {("pending", 0)}
            relay.mend()

            async def sent() -> bool:
                clock.advance(MINUTE)
                await house.work()
                return bool(world.mail.list_messages()) and bool(world.receiver.list_deliveries())

            await wait_until(sent, what="what waited to be sent")
            assert await account_for(ada, sources=[source]) == []


@asynccontextmanager
async def open_clever_house(settings: Settings, world: SimulatedWorld, clock: MovableClock) -> AsyncIterator[House]:
    """Open an installation with an AI provider."""
    changes = {"openai_api_key": SecretStr("sk-demo"), "openai_base_url": (await world.open(models.system)).url}
    async with open_house(settings, world, clock=clock, **changes) as house:
        yield house


async def summarise_price_change(house: House) -> tuple[str, str]:
    """Return what an alert says, and what it would say by rule."""
    member = await house.add_member(email="ada@example.com")
    await member.choose_channels("email", "webhook")
    source = await member.watch()
    house.world.web.change(PRICING, "price")
    check = await member.check(source)
    assert check["outcome"] == "changed"
    assert await account_for(member, sources=[source]) == []
    new, old = await member.get(f"{SOURCES}/{source}/versions")
    by_rule = (await member.get(f"{SOURCES}/{source}/versions/{old['id']}/diff/{new['id']}"))["summary"]
    (alert,) = await member.alerts()
    return alert["summary"], by_rule


async def test_a_provider_puts_the_change_into_words(
    settings: Settings, world: SimulatedWorld, clock: MovableClock
) -> None:
    async with open_clever_house(settings, world, clock) as house:
        said, by_rule = await summarise_price_change(house)
        assert said
        assert said != by_rule
        (asked,) = world.models.list_requests("chat/completions")
        # The page's text is data, apart from the instructions.
        instructions = [one for one in asked.body["messages"] if one["role"] in {"system", "developer"}]
        assert "Team" not in str(instructions)


@pytest.mark.parametrize(
    "mode",
    ["held", "down", "failing", "rate_limited", "unauthorized", "wrong_json", "wrong_shape", "garbage", "empty"],
)
async def test_without_a_sane_provider_the_change_is_told_by_rule(
    settings: Settings, world: SimulatedWorld, clock: MovableClock, mode: str
) -> None:
    await (await world.open(models.system)).set_mode(mode)
    async with open_clever_house(settings, world, clock) as house:
        said, by_rule = await summarise_price_change(house)
        assert said == by_rule


async def pass_time(house: House, span: timedelta, *, step: timedelta) -> None:
    """Let the worker's clock and the worker run for a while."""
    passed = timedelta()
    while passed < span:
        house.clock.advance(step)
        passed += step
        await house.work()


async def test_mail_away_for_an_hour_and_a_receiver_for_a_day(house: House, ada: Member) -> None:
    sources = [await ada.watch(page) for page in (PRICING, STATUS)]
    world = house.world
    await world.mail.set_mode("down")
    await world.receiver.set_mode("down")
    changes: tuple[Any, ...] = ((PRICING, "price"), (STATUS, "state"))
    for (page, change), source in zip(changes, sources, strict=True):
        world.web.change(page, change)
        assert (await ada.check(source))["outcome"] == "changed"
    await pass_time(house, HOUR, step=20 * MINUTE)
    assert world.mail.list_messages() == []
    await world.mail.set_mode("up")
    await pass_time(house, 2 * HOUR, step=HOUR)
    assert len(world.mail.list_messages()) == 2
    await pass_time(house, 21 * HOUR, step=3 * HOUR)
    assert world.receiver.list_deliveries() == []
    await world.receiver.set_mode("up")
    await pass_time(house, 12 * HOUR, step=3 * HOUR)
    assert await account_for(ada, sources=sources) == []
    assert world.receiver.count_hits() == {"taken": 2}


async def test_a_receiver_away_for_days_leaves_a_dead_letter_that_can_be_sent_again(house: House, ada: Member) -> None:
    source = await ada.watch()
    await house.world.receiver.set_mode("failing")
    house.world.web.change(PRICING, "price")
    await ada.check(source)
    await pass_time(house, 48 * HOUR, step=6 * HOUR)
    (dead,) = await account_for(ada, sources=[source])
    assert (dead["channel"], dead["status"]) == ("webhook", "dead")
    assert dead["attempts"] >= 5
    await house.world.receiver.set_mode("up")
    for endpoint in await ada.get(f"{NOTIFICATIONS}/webhook-endpoints"):
        await ada.patch(f"{NOTIFICATIONS}/webhook-endpoints/{endpoint['id']}", {"enabled": True})
    await ada.post(f"{NOTIFICATIONS}/deliveries/{dead['id']}/replay")
    await house.work()
    assert await account_for(ada, sources=[source]) == []
    assert house.world.receiver.count_hits()["taken"] == 1


async def test_a_discovery_that_breaks_half_way_is_tried_again(
    settings: Settings, world: SimulatedWorld, clock: MovableClock
) -> None:
    await (await world.open(models.system)).set_mode("failing")
    async with open_clever_house(settings, world, clock) as house:
        member = await house.add_member()
        site = world.web.host_url("acme")
        query = await member.post(QUERIES, {"raw_query": f"prices at {site}"}, expect=201)
        await house.work()
        found = await member.get(f"{QUERIES}/{query['id']}")
        assert (found["status"], bool(found["suggestions"])) == ("discovered", True)
