"""Watch's story of the demo: its steps are what they say, and its history is one that real checks would have left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import aiohttp
import pytest
from selectolax.lexbor import LexborHTMLParser
from tests.fixtures.simulated import SimulatedWorld
from tests.products.watch.factories import House

from headwater.core.clock import now
from headwater.core.database.database import Database, Identity
from headwater.kit.demo import DemoClient, Stage
from headwater.products.watch.demo import story
from headwater.products.watch.demo.pages import PRICING, STEPS, WATCHED, Act, Step


async def read_watched(world: SimulatedWorld, client: aiohttp.ClientSession, page: str) -> tuple[str, list[str]]:
    async with client.get(world.web.page_url(page)) as response:
        assert response.status == 200
        html = await response.text()
    main = LexborHTMLParser(html).css_first("main")
    return html, sorted((main.text(separator=" ") if main is not None else html).split())


async def act(world: SimulatedWorld, one: Act) -> None:
    await world.call("web", one.action, **one.arguments)


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client that asks for no compression."""
    async with aiohttp.ClientSession(headers={"Accept-Encoding": "identity"}) as session:
        yield session


@pytest.fixture
async def stage(house: House, client: aiohttp.ClientSession) -> AsyncIterator[Stage]:
    """The demo's stage in a whole installation, with a worker beside the test."""
    user = DemoClient(house.url, anon_key=house.anon_key, session=client)
    user.use_token((await house.add_member(email="demo@example.com")).token)
    me = await user.request("GET", "/api/v1/auth/me")
    async with house.working():
        yield Stage(
            client=user,
            world=house.world,
            database=house.worker.get(Database),
            user_id=UUID(me["user_id"]),
            workspace_id=UUID(me["workspaces"][0]["id"]),
            report=lambda line: None,
        )


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.says)
async def test_a_step_shows_on_the_page_that_is_watched(
    world: SimulatedWorld, client: aiohttp.ClientSession, step: Step
) -> None:
    assert step.watched in {watched.page for watched in WATCHED}
    html, words = await read_watched(world, client, step.watched)
    await act(world, step.act)
    html_after, words_after = await read_watched(world, client, step.watched)
    assert html_after != html
    if step.alerts:
        assert words_after != words
        assert world.web.list_changes()[-1].matters
    elif step.act.action == "set_mode":
        assert (await read_watched(world, client, step.watched)) == (html, words)
    else:
        assert not world.web.list_changes()[-1].matters


async def test_the_story_goes_from_its_beginning_to_its_end(world: SimulatedWorld) -> None:
    for step in STEPS:
        await act(world, step.act)
    assert sum(step.alerts for step in STEPS) >= 5
    assert sum(not step.alerts for step in STEPS) >= 3


async def test_the_charts_show_a_month_at_the_first_start_and_the_second_adds_nothing(
    house: House, stage: Stage
) -> None:
    bystander = await house.add_member(email="bystander@example.com")
    await bystander.watch(PRICING, first_check=False)
    events = await story.begin(stage)
    assert len(events) == len(STEPS)

    since = (now() - timedelta(days=31)).strftime("%Y-%m-%dT00:00:00Z")
    month = await stage.client.request("GET", f"/api/v1/monitored-sources/series?since={since}&points=40")
    days = [point for point in month["points"] if point["checks"]]
    assert len(days) >= 29
    assert min(point["checks"] for point in days[1:-1]) >= 100
    assert all(point["ms_median"] > 20 for point in days[:-1])
    totals = month["totals"]
    assert totals["failed"] == sum(failure.hours for watched in WATCHED for failure in watched.failures)
    found = sum(len(watched.states) - 1 for watched in WATCHED)
    assert totals["changed"] == totals["low"] + totals["medium"] + totals["high"] == found
    assert totals["medium"]
    assert totals["high"]

    alerts = await stage.client.request("GET", "/api/v1/alerts?limit=100")
    moments = [alert["created_at"] for alert in alerts]
    assert moments == sorted(moments, reverse=True)
    assert sum(alert["acknowledged_at"] is None for alert in alerts) == 4
    assert "Price changed from $16 to $18" in {alert["summary"] for alert in alerts}

    # It happened in the past and elsewhere: nobody is notified, and nobody else's workspace has any of it.
    assert await house.count("public.notification_events") == 0
    elsewhere = ("workspace_id <> $1", stage.workspace_id)
    assert await house.count("public.source_checks", *elsewhere) <= 1
    assert await house.count("public.change_alerts", *elsewhere) == 0
    assert await house.count("public.monitored_sources", *elsewhere) == 1

    async def count_all() -> list[int]:
        tables = ("monitored_sources", "scraped_contents", "change_alerts")
        return [await house.count(f"public.{table}", "workspace_id = $1", stage.workspace_id) for table in tables]

    counted = await count_all()
    await story.begin(stage)
    assert await count_all() == counted


async def test_what_is_seen_first_after_the_history_is_no_change(house: House, stage: Stage) -> None:
    await story.begin(stage)
    outcomes = await house.owner.fetch(
        "select distinct on (monitored_source_id) outcome from public.source_checks"
        " order by monitored_source_id, id desc"
    )
    assert {row["outcome"] for row in outcomes} <= {"unchanged", "noise"}


async def test_a_world_that_begins_anew_is_no_change(house: House, stage: Stage) -> None:
    first = await story.begin(stage)
    assert all([(await event.happen()).is_right for event in first])
    # A worker was killed in the middle of a check of a source that is due.
    await house.owner.execute(
        "update public.monitored_sources set check_ticket = gen_random_uuid(),"
        " checking_until = now() + interval '1 day', next_check_at = now(), status = 'error', error_count = 10"
    )
    await stage.world.call("web", "reset")
    async with house.worker.get(Database).raw(Identity.service()) as connection:
        await story.rewind(connection)
        due = await connection.fetchval(
            "select min(next_check_at) > now() + $1 from public.monitored_sources", timedelta(minutes=9)
        )
    assert due
    alerts = await house.count("public.change_alerts")
    again = await story.begin(stage)
    assert await house.count("public.change_alerts") == alerts
    assert all([(await event.happen()).is_right for event in again])
