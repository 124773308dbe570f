"""Discovery: from plain words to living pages, with a provider, without one, and as a service of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.fixtures.gateway import serve_on_loopback
from tests.fixtures.installation import read_answer, use_simulated_world
from tests.fixtures.simulated import SimulatedWorld
from tests.products.watch.factories import PRICING, QUERIES, SOURCES, House, Member, open_house

from headwater.catalogue import find_process
from headwater.core.auth import issue_service_token
from headwater.core.clock import MovableClock, SystemClock
from headwater.core.settings import Settings
from headwater.demo.systems import models
from headwater.products.watch.discovery import AUDIENCE
from headwater.products.watch.settings import WatchSettings
from headwater.services import create_process, open_resources

DISCOVER = "/api/v1/discover-sources/"
SECRET = "a secret that two services share, and nobody else"


@pytest.fixture
async def clever(settings: Settings, world: SimulatedWorld, clock: MovableClock) -> AsyncIterator[House]:
    """An installation with an AI provider."""
    changes = {"openai_api_key": _secret("sk-demo"), "openai_base_url": (await world.open(models.system)).url}
    async with open_house(settings, world, clock=clock, **changes) as opened:
        yield opened


def _secret(value: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(value)


async def test_what_a_named_site_offers_is_ranked_for_the_question(house: House, ada: Member) -> None:
    site = house.world.web.host_url("acme")
    prices = await ada.post(DISCOVER, {"raw_query": f"price changes at {site}"})
    assert prices["monitorable_urls"][0]["url"] == ada.page_url(PRICING)
    releases = await ada.post(DISCOVER, {"raw_query": f"new releases of {site}"})
    assert releases["monitorable_urls"][0]["url"].startswith(f"{site}changelog")
    assert {one["kind"] for one in releases["monitorable_urls"]} & {"rss"}
    for one in (*prices["monitorable_urls"], *releases["monitorable_urls"]):
        assert one["title"]
        assert one["reason"]
    assert len(prices["monitorable_urls"]) <= 5
    named = await ada.post(DISCOVER, {"raw_query": "what happens here?", "context": ada.page_url("/orchard/lamp")})
    assert named["monitorable_urls"][0]["url"] == ada.page_url("/orchard/lamp")


async def test_the_same_question_is_answered_from_the_cache(house: House, ada: Member) -> None:
    question = {"raw_query": f"prices at {house.world.web.host_url('acme')}"}
    first = await ada.post(DISCOVER, question)
    requests = sum(house.world.web.count_requests().values())
    assert await ada.post(DISCOVER, question) == first
    assert sum(house.world.web.count_requests().values()) == requests


HOPELESS = {
    "tell me when the weather gets better": "nothing_to_search",
    "see README.md and main.py": "nothing_to_search",
    "prices at http://10.0.0.1/": "nothing_found",
    "prices at http://127.0.0.1:1/": "nothing_found",
    "prices at nowhere.invalid": "nothing_found",
}
WRONG: list[dict[str, Any]] = [{}, {"raw_query": ""}, {"raw_query": "x" * 501}, {"raw_query": "a\x00"}]


async def test_a_question_without_an_answer_says_what_to_add(ada: Member) -> None:
    for question, code in HOPELESS.items():
        refused = await ada.post(DISCOVER, {"raw_query": question}, expect=422)
        assert refused["code"] == code, question
        assert refused["hint"]
    for body in WRONG:
        await ada.post(DISCOVER, body, expect=422)


async def test_strangers_discover_nothing(house: House) -> None:
    read_answer(await house.http.post(DISCOVER, json={"raw_query": "prices"}), 401)


async def test_a_provider_s_pages_are_offered_once_they_were_seen_alive(clever: House) -> None:
    member = await clever.add_member()
    found = await member.post(DISCOVER, {"raw_query": "when does Acme change its pricing"})
    urls = [one["url"] for one in found["monitorable_urls"]]
    assert any(url.endswith(PRICING) for url in urls), urls
    assert found["refined_query"]
    asked = clever.world.web.count_requests()
    assert asked[PRICING] >= 1
    assert clever.world.models.list_requests("chat/completions")


@pytest.mark.parametrize("mode", ["wrong_urls", "wrong_json", "wrong_shape", "garbage", "failing", "down", "refusal"])
async def test_a_provider_that_fails_leaves_the_site_itself(clever: House, mode: str) -> None:
    member = await clever.add_member()
    await clever.world.models.set_mode(mode)
    found = await member.post(DISCOVER, {"raw_query": f"prices at {clever.world.web.host_url('acme')}"})
    assert member.page_url(PRICING) in [one["url"] for one in found["monitorable_urls"]]
    refused = await member.post(DISCOVER, {"raw_query": "prices of something"}, expect=422)
    assert refused["code"] in {"nothing_found", "nothing_to_search"}


@asynccontextmanager
async def serve_discovery(settings: Settings, world: SimulatedWorld, *, secret: str) -> AsyncIterator[str]:
    """Serve discovery as a process of its own would; gives its address."""
    given = use_simulated_world(settings, world, service_secret=_secret(secret))
    async with (
        open_resources(given) as resources,
        serve_on_loopback(create_process(find_process("discovery"), resources)) as url,
    ):
        yield url


def use_service(house: House, url: str) -> None:
    """Let gateway and worker discover by the service at `url`."""
    for tools in (house.gateway, house.worker):
        tools.provide(WatchSettings, WatchSettings(discovery_service_url=url))


async def test_discovery_as_a_service_answers_the_gateway_and_nobody_else(
    settings: Settings, world: SimulatedWorld, clock: MovableClock
) -> None:
    question = {"raw_query": f"prices at {world.web.host_url('acme')}"}
    async with serve_discovery(settings, world, secret=SECRET) as url:
        async with open_house(settings, world, clock=clock, service_secret=_secret(SECRET)) as house:
            use_service(house, url)
            member = await house.add_member()
            found = await member.post(DISCOVER, question)
            assert found["monitorable_urls"][0]["url"] == member.page_url(PRICING)
            refused = await member.post(DISCOVER, {"raw_query": "the weather"}, expect=422)
            assert refused["code"] == "nothing_to_search"
            service = f"{url}/discover-sources/"
            tokens = [
                None,
                "nonsense",
                issue_service_token("another secret that is long enough", audience=AUDIENCE, clock=SystemClock()),
            ]
            old = MovableClock()
            old.offset -= _ten_minutes()
            for token in (
                *tokens,
                issue_service_token(SECRET, audience=AUDIENCE, clock=old),
                issue_service_token(SECRET, audience="another", clock=SystemClock()),
                member.token,
            ):
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                read_answer(await house.http.post(service, json=question, headers=headers), 401)
        wrong = _secret("not the one that they share at all")
        async with open_house(settings, world, clock=clock, service_secret=wrong) as house:
            use_service(house, url)
            member = await house.add_member()
            await member.post(DISCOVER, question, expect=503)


def _ten_minutes() -> Any:
    from datetime import timedelta

    return timedelta(minutes=10)


async def test_a_query_whose_service_is_away_says_so(
    settings: Settings, world: SimulatedWorld, clock: MovableClock
) -> None:
    async with open_house(settings, world, clock=clock, service_secret=_secret(SECRET)) as house:
        use_service(house, "http://127.0.0.1:1")
        member = await house.add_member()
        query = await member.post(QUERIES, {"raw_query": "prices at example.org"}, expect=201)
        for _ in range(3):
            await house.work(may_fail=True)
            clock.advance(_ten_minutes())
        found = await member.get(f"{QUERIES}/{query['id']}")
        assert found["status"] == "failed"
        assert found["error"]
        again = await member.post(f"{QUERIES}/{query['id']}/discover", expect=202)
        assert (again["status"], again["error"]) == ("pending", None)


async def test_queries_are_kept_discovered_and_watched(house: House, ada: Member) -> None:
    site = house.world.web.host_url("acme")
    hints = {"context": "prices", "tags": ["a"]}
    body = {"raw_query": f"prices at {site}", "config_hints_json": hints, "watch": True}
    query = await ada.post(QUERIES, body, expect=201)
    await house.work()
    found = await ada.get(f"{QUERIES}/{query['id']}")
    assert (found["status"], found["config_hints_json"]) == ("discovered", hints)
    watched = await ada.get(SOURCES, user_query_id=query["id"])
    assert {one["url"] for one in watched} == {one["url"] for one in found["suggestions"]}
    # Watched already: nothing is added and nothing breaks.
    assert await ada.post(f"{QUERIES}/{query['id']}/watch", {}, expect=201) == []
    assert [one["id"] for one in await ada.get(QUERIES)] == [query["id"]]
    changed = await ada.patch(f"{QUERIES}/{query['id']}", {"config_hints_json": {"b": 1}})
    assert changed["config_hints_json"] == {"b": 1}
    await ada.patch(f"{QUERIES}/{query['id']}", {"config_hints_json": {"b": "x" * 9000}}, expect=413)
    await ada.delete(f"{QUERIES}/{query['id']}")
    await ada.get(f"{QUERIES}/{query['id']}", expect=404)
    assert len(await ada.get(SOURCES)) == len(watched)


async def test_a_query_that_finds_nothing_says_why(house: House, ada: Member) -> None:
    query = await ada.post(QUERIES, {"raw_query": "tell me about the weather"}, expect=201)
    await house.work()
    found = await ada.get(f"{QUERIES}/{query['id']}")
    assert found["status"] == "failed"
    assert "Name a site" in found["error"]
    eve = await house.add_member()
    await eve.get(f"{QUERIES}/{query['id']}", expect=404)
    await eve.post(f"{QUERIES}/{query['id']}/discover", expect=404)
    await eve.post(f"{QUERIES}/{query['id']}/watch", {}, expect=404)
