"""The journey that everything is for: ask, watch, and see the alert arrive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.dashboard.browsing import DESKTOP, PHONE, Person, at_screen, in_browser
from tests.dashboard.journeys import be_live, call_api, check_source, sign_up, watch_page
from tests.dashboard.stack import Stack, open_detour

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = in_browser


@pytest.mark.parametrize(
    ("name", "size", "site", "change"),
    [
        ("desktop", DESKTOP, "acme", ("/acme/pricing", "price")),
        ("phone", PHONE, "northwind", ("/northwind/status", "state")),
    ],
)
async def test_from_a_question_to_an_acknowledged_alert(
    stack: Stack, browser: Browser, name: str, size: dict[str, int], site: str, change: tuple[str, Any]
) -> None:
    async with at_screen(browser, stack.url, name=name, size=size) as person:
        await sign_up(person, f"{name}@example.com", name="Ada Lovelace")
        await person.look("home-empty")
        await person.go("/watch/ask")
        await person.look("ask-empty")
        question = f"Tell me when {stack.web.host_url(site)} changes its prices or its status"
        await person.page.get_by_label("What do you want to know about?").fill(question)
        await person.button("Find sources").click()
        await person.page.get_by_role("button", name=re.compile(r"^Watch \d+ source")).click()
        await expect(person.link("See what is watched")).to_be_visible()
        await person.look("ask-found")

        sources = await call_api(stack.url, person, "GET", "/api/v1/monitored-sources")
        watched = stack.web.host_url(site, change[0].removeprefix(f"/{site}"))
        (source,) = [one for one in sources if one["url"].rstrip("/") == watched.rstrip("/")]
        await check_source(stack.url, person, source, expect_outcome="first")
        await person.go("/watch/alerts")
        await expect(person.page.get_by_text("All acknowledged")).to_be_visible()
        await be_live(person)
        await person.page.evaluate("window.isTheSamePage = true")
        stack.web.change(*change)
        await check_source(stack.url, person, source, expect_outcome="changed")
        alert = person.page.locator("a[id^=alert-]")
        await expect(alert).to_be_visible()
        assert await person.page.evaluate("window.isTheSamePage")
        await person.look("alerts")
        # The mail about it leads to the same change.
        link = await stack.read_link(f"{name}@example.com", holding="/watch/alerts/")
        assert link == f"{stack.url}{await alert.get_attribute('href')}"
        await acknowledge(person, link)


async def acknowledge(person: Person, link: str) -> None:
    """Open the one alert, see what changed, and acknowledge it."""
    await person.page.goto(link)
    await expect(person.page.get_by_role("complementary", name="About this change")).to_be_visible()
    await expect(person.page.locator("ins, del, mark").first).to_be_visible()
    await person.look("change")
    await person.page.get_by_role("button", name=re.compile("^Acknowledge")).click()
    await expect(person.page.get_by_text(re.compile("^Acknowledged "))).to_be_visible()
    await person.go("/watch/alerts")
    await expect(person.page.get_by_text("All acknowledged")).to_be_visible()
    await person.page.get_by_text("Acknowledged", exact=True).click()
    await expect(person.page.locator("a[id^=alert-]")).to_be_visible()


async def test_what_happened_while_the_connection_was_down_is_there_afterwards(stack: Stack, browser: Browser) -> None:
    async with open_detour(stack.url) as (url, relay), at_screen(browser, url, name="commuter", size=PHONE) as person:
        await sign_up(person, "commuter@example.com")
        source = await watch_page(stack.url, person, stack.web.host_url("orchard", "/lamp"), name="Arc floor lamp")
        await person.go("/watch/alerts")
        await be_live(person)
        await relay.close()
        await expect(person.page.locator('[data-state="reconnecting"], [data-state="offline"]')).to_be_visible()
        stack.web.change("/orchard/lamp", "state")
        await check_source(stack.url, person, source, expect_outcome="changed")
        assert await person.page.locator("a[id^=alert-]").count() == 0
        await person.look("alerts-offline")
        await relay.open()
        await expect(person.page.locator("a[id^=alert-]")).to_be_visible()
        await be_live(person)
        # That requests failed meanwhile is what the browser says of it.
        person.problems[:] = [one for one in person.problems if not re.search("ERR_|WebSocket", one)]
