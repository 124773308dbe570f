"""Hosts that limit, fail, forbid and redirect; what was asked of them is on record."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from protego import Protego

from headwater.demo import DemoWeb
from headwater.demo.web.sites.hosts import REDIRECTS

PAGE = "/acme/pricing"


async def test_a_limiting_host_says_when_to_come_back(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    answers = []
    for _ in range(4):
        async with client.get(web.host_url("limited", "/page")) as response:
            answers.append((response.status, response.headers.get("Retry-After")))
    assert answers == [(429, "1"), (429, "1"), (200, None), (200, None)]


async def test_a_failing_host_and_its_recovery(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    url = web.host_url("failing", "/page")
    async with client.get(url) as response:
        assert (response.status, response.headers["Retry-After"]) == (503, "30")
    web.set_mode("/failing", "normal")
    async with client.get(url) as response:
        assert response.status == 200


async def test_a_slow_page_answers_at_once_when_it_is_made_quick(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    web.set_mode(PAGE, "slow", seconds=3600)
    asking = asyncio.ensure_future(client.get(web.page_url(PAGE)))
    await web.wait_for_requests(PAGE)
    assert not asking.done()
    web.set_mode(PAGE, "normal")
    async with await asking as response:
        assert response.status == 200


async def test_a_held_page_waits_for_its_release(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    web.set_mode(PAGE, "held", times=1)
    asking = asyncio.ensure_future(client.get(web.page_url(PAGE)))
    await web.wait_for_requests(PAGE)
    async with client.get(web.page_url(PAGE)) as second:
        assert second.status == 200
    assert not asking.done()
    web.set_mode(PAGE, "normal")
    async with await asking as first:
        assert first.status == 200
    assert web.traffic.peak[f"127.0.0.1:{web.port}"] == 2


async def test_an_unreachable_host_keeps_its_port(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    url = web.host_url("acme", "/pricing")
    await web.set_reachable("acme", reachable=False)
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.get(url)
    await web.set_reachable("acme", reachable=True)
    async with client.get(url) as response:
        assert response.status == 200


@pytest.mark.parametrize(("path", "location"), [(path, location) for path, (_, location) in REDIRECTS.items()])
async def test_the_redirector_leads_where_it_says(
    web: DemoWeb, client: aiohttp.ClientSession, path: str, location: str
) -> None:
    async with client.get(web.host_url("redirector", path), allow_redirects=False) as response:
        assert response.status == REDIRECTS[path][0]
        assert response.headers.get("Location", "") == location


async def test_redirect_chains_end_and_loops_do_not(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    async with client.get(web.page_url("/redirector/chain/5")) as response:
        assert response.status == 200
        assert len(response.history) == 5
        assert response.url.path == "/redirector/page"
    with pytest.raises(aiohttp.TooManyRedirects):
        await client.get(web.page_url("/redirector/ping"))
    target = {"url": "http://10.1.2.3/", "status": "307"}
    async with client.get(web.page_url("/redirector/to"), params=target, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (307, "http://10.1.2.3/")


async def test_a_page_that_moves_on_command(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    web.redirect("/acme/docs", "/pricing", status=308)
    async with client.get(web.page_url("/acme/docs")) as response:
        assert response.url.path == "/acme/pricing"


async def test_robots_of_each_kind(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    expected = {"acme": 200, "forbidding": 200, "robots-missing": 404, "robots-failing": 500, "polite": 200}
    texts: dict[str, str] = {}
    for site, status in expected.items():
        async with client.get(web.host_url(site, "/robots.txt")) as response:
            assert response.status == status, site
            texts[site] = await response.text()
    forbidding = Protego.parse(texts["forbidding"])
    assert not forbidding.can_fetch("/page", "Headwater")
    assert forbidding.can_fetch("/open/page", "Headwater")
    assert Protego.parse(texts["polite"]).crawl_delay("Headwater") == 2
    assert Protego.parse(texts["acme"]).can_fetch("/pricing", "Headwater")


async def test_a_huge_robots_txt_has_a_rule_on_both_sides_of_the_limit(
    web: DemoWeb, client: aiohttp.ClientSession
) -> None:
    async with client.get(web.host_url("robots-huge", "/robots.txt")) as response:
        body = await response.read()
    assert body.index(b"/early/") < 500 * 1024 < body.index(b"/late/")


async def test_a_robots_txt_behind_a_redirect(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    async with client.get(web.host_url("robots-moved", "/robots.txt")) as response:
        assert [step.status for step in response.history] == [301]
        assert "User-agent" in await response.text()


async def test_the_record_has_headers_and_statuses(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    async with client.get(web.page_url(PAGE), headers={"User-Agent": "Headwater/1 (+https://example.org)"}) as response:
        etag = response.headers["ETag"]
    async with client.get(web.page_url(PAGE), headers={"If-None-Match": etag}):
        pass
    visits = await web.wait_for_requests(PAGE, count=2)
    assert [visit.status for visit in visits] == [200, 304]
    assert visits[0].headers["user-agent"] == "Headwater/1 (+https://example.org)"
    assert visits[1].headers["if-none-match"] == etag
    assert visits[0].at <= visits[1].at
    assert web.traffic.statuses == {200: 1, 304: 1}
    with pytest.raises(TimeoutError):
        await web.wait_for_requests(PAGE, count=3, timeout=0.01)
