"""Changes that matter change the words of a page; changes that don't leave them alone."""

from __future__ import annotations

from typing import get_args

import aiohttp
import feedparser
import pytest
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from headwater.core.errors import InvalidInput, NotFound
from headwater.demo import DemoWeb
from headwater.demo.web import MATTERING, NOISE, Change

PAGE = "/acme/pricing"
PLACES: dict[str, str] = {
    "entry": "/harbor/news",
    "state": "/northwind/status",
    "version": "/acme/docs",
    "number": "/northwind/jobs",
}


async def fetch(client: aiohttp.ClientSession, url: str) -> str:
    async with client.get(url) as response:
        assert response.status == 200
        return await response.text()


def read_text(html: str) -> str:
    main = LexborHTMLParser(html).css_first("main")
    assert main is not None
    return " ".join(main.text(separator=" ").split())


def read_words(html: str) -> list[str]:
    """Return the words of the main part, sorted: their order is not what a shuffled list changes."""
    return sorted(read_text(html).split())


@pytest.mark.parametrize("change", sorted(MATTERING))
async def test_mattering_changes_change_the_words(web: DemoWeb, client: aiohttp.ClientSession, change: Change) -> None:
    path = PLACES.get(change, PAGE)
    before = read_text(await fetch(client, web.page_url(path)))
    made = web.change(path, change)
    after = read_text(await fetch(client, web.page_url(path)))
    assert made.matters
    if made.after:
        assert after.count(made.after) > before.count(made.after)
    if made.before:
        assert after.count(made.before) < before.count(made.before)
    assert made.before != made.after


@pytest.mark.parametrize("change", sorted(NOISE - {"paraphrase"}))
async def test_noise_changes_bytes_and_not_words(web: DemoWeb, client: aiohttp.ClientSession, change: Change) -> None:
    before = await fetch(client, web.page_url(PAGE))
    made = web.change(PAGE, change)
    after = await fetch(client, web.page_url(PAGE))
    assert not made.matters
    assert after != before
    assert read_words(after) == read_words(before)


async def test_a_paraphrase_says_the_same_facts_in_other_words(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    before = await fetch(client, web.page_url(PAGE))
    web.change(PAGE, "paraphrase")
    after = await fetch(client, web.page_url(PAGE))
    assert read_words(before) != read_words(after)
    digits = [[word for word in read_words(html) if any(sign.isdigit() for sign in word)] for html in (before, after)]
    assert digits[0] == digits[1]


def test_every_kind_of_change_is_mattering_or_noise() -> None:
    assert set(get_args(Change)) == MATTERING | NOISE
    assert not MATTERING & NOISE


def test_a_value_of_ones_own_and_a_named_fact(web: DemoWeb) -> None:
    made = web.change(PAGE, "price", value="$1,999", fact="starter_price")
    assert (made.before, made.after) == ("$8", "$1,999")
    assert [change.after for change in web.list_changes()] == ["$1,999"]


def test_impossible_changes_are_refused(web: DemoWeb) -> None:
    with pytest.raises(NotFound):
        web.change("/acme/nowhere", "price")
    with pytest.raises(InvalidInput):
        web.change("/northwind/status", "price")
    with pytest.raises(InvalidInput):
        web.change(PAGE, "entry")
    web.change(PAGE, "removed", value="Trial")
    with pytest.raises(InvalidInput):
        web.change(PAGE, "state")
    with pytest.raises(InvalidInput):
        web.change(PAGE, "removed", value="Trial")
    with pytest.raises(InvalidInput):
        web.set_mode(PAGE, "cheerful")


@pytest.mark.parametrize(("path", "version"), [("/harbor/feed.xml", "rss20"), ("/harbor/atom.xml", "atom10")])
async def test_feeds_are_feeds(web: DemoWeb, client: aiohttp.ClientSession, path: str, version: str) -> None:
    before = feedparser.parse(await fetch(client, web.page_url(path)))
    assert not before.bozo
    assert before.version == version
    made = web.change("/harbor/news", "entry")
    after = feedparser.parse(await fetch(client, web.page_url(path)))
    assert [entry.title for entry in after.entries] == [made.after, *(entry.title for entry in before.entries)]
    assert len({entry.id for entry in after.entries}) == len(after.entries)
    assert made.after in await fetch(client, after.entries[0].link)


async def test_an_edited_entry_keeps_its_identity_and_a_retired_one_goes(
    web: DemoWeb, client: aiohttp.ClientSession
) -> None:
    url = web.page_url("/harbor/feed.xml")
    before = feedparser.parse(await fetch(client, url))
    web.edit_entry("/harbor/news", "herring-quota", title="Herring quota cut to 9,800 tonnes")
    web.edit_entry("/harbor/news", "lighthouse-open")
    after = feedparser.parse(await fetch(client, url))
    assert [entry.id for entry in after.entries] == [entry.id for entry in before.entries][:2]
    assert after.entries[1].title == "Herring quota cut to 9,800 tonnes"
    with pytest.raises(InvalidInput):
        web.edit_entry("/harbor/news", "lighthouse-open", title="It is gone")


async def test_a_feed_says_when_not_to_look(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    url = web.page_url("/harbor/feed.xml")
    before = await fetch(client, url)
    web.set_feed_rhythm("/harbor/news", ttl_minutes=45, skip_hours=[0, 1, 2])
    after = await fetch(client, url)
    assert "<ttl>1</ttl>" in before
    assert "<ttl>45</ttl><skipHours><hour>0</hour><hour>1</hour><hour>2</hour></skipHours>" in after


async def test_a_feed_rebuilt_without_news_has_the_same_entries(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    url = web.page_url("/harbor/feed.xml")
    before = await fetch(client, url)
    web.change("/harbor/news", "clock")
    after = await fetch(client, url)
    assert after != before
    assert feedparser.parse(after).entries == feedparser.parse(before).entries


async def test_sitemaps_lead_to_pages_that_exist(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    index = etree.fromstring((await fetch(client, web.page_url("/sitemap.xml"))).encode())
    maps = [element.text for element in index.iter("{*}loc")]
    assert web.page_url("/acme/sitemap.xml") in maps
    sitemap = etree.fromstring((await fetch(client, web.page_url("/acme/sitemap.xml"))).encode())
    for element in sitemap.iter("{*}loc"):
        assert "<main>" in await fetch(client, str(element.text))


async def test_a_site_is_the_same_by_path_by_port_and_by_host(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    web.change(PAGE, "price")
    by_path = await fetch(client, web.page_url(PAGE))
    by_port = await fetch(client, web.host_url("acme", "/pricing"))
    async with client.get(web.page_url("/pricing"), headers={"Host": "acme.test"}) as response:
        by_host = await response.text()
    assert read_words(by_path) == read_words(by_port) == read_words(by_host)
    assert by_port == by_host
    assert web.count_requests()[PAGE] == 3


async def test_reset_puts_everything_back(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    before = await fetch(client, web.page_url(PAGE))
    web.change(PAGE, "price")
    web.set_mode(PAGE, "gone")
    web.redirect("/acme/docs", "/acme/pricing")
    web.reset()
    assert await fetch(client, web.page_url(PAGE)) == before
    assert web.count_requests() == {PAGE: 1}
    assert web.list_changes() == []
