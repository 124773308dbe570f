"""Every page of somebody who has something: it hinders nobody, fits the screen, and says nothing in the console."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.async_api import expect

from headwater.products.watch.demo.pages import DOCS, FEED, LAMP, PRICING, STATUS, WATCHED, Watched
from tests.dashboard.browsing import DESKTOP, PHONE, Person, at_screen, in_browser
from tests.dashboard.journeys import call_api, check_source, sign_up, watch_page
from tests.dashboard.stack import Stack

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = in_browser

CHANGES: dict[str, tuple[str, Any]] = {
    PRICING: (PRICING, "price"),
    STATUS: (STATUS, "state"),
    FEED: ("/harbor/news", "entry"),
    LAMP: (LAMP, "state"),
    DOCS: (DOCS, "removed"),
}
PAGES = {
    "home": "/",
    "alerts": "/watch/alerts",
    "sources": "/watch/sources",
    "source": "/watch/sources/{source}",
    "source-charts": "/watch/sources/{source}?tab=charts",
    "source-versions": "/watch/sources/{source}?tab=versions",
    "source-settings": "/watch/sources/{source}?tab=settings",
    "change": "/watch/alerts/{alert}",
    "ask": "/watch/ask",
    "jobs": "/jobs",
    "members": "/workspace/members",
    "api-keys": "/workspace/api-keys",
    "workspace": "/workspace/settings",
    "activity": "/workspace/settings/activity",
    "new-workspace": "/workspace/new",
    "account": "/settings/account",
    "security": "/settings/account/security",
    "notifications": "/settings/notifications",
    "webhooks": "/settings/notifications/webhooks",
    "deliveries": "/settings/notifications/deliveries",
    "nowhere": "/nowhere/at/all",
}


@pytest.mark.parametrize(("name", "size", "scheme"), [("tour", DESKTOP, "light"), ("pocket", PHONE, "dark")])
async def test_every_page_serves_everybody(
    stack: Stack, browser: Browser, name: str, size: dict[str, int], scheme: Literal["light", "dark"]
) -> None:
    async with at_screen(browser, stack.url, name=name, size=size) as person:
        await person.page.emulate_media(color_scheme=scheme)
        await sign_up(person, f"{name}@example.com", name="Ada Lovelace")
        places = await make_something_happen(stack, person)
        for page, path in PAGES.items():
            await open_page(person, path.format(**places))
            await person.look(page, scheme)


async def make_something_happen(stack: Stack, person: Person) -> dict[str, str]:
    """Watch pages and have them change; gives the ids of what there is then."""
    sources = dict(zip(CHANGES, await asyncio.gather(*(start(stack, person, one) for one in WATCHED)), strict=True))
    for path, change in CHANGES.values():
        stack.web.change(path, change)
    found = await asyncio.gather(
        *(check_source(stack.url, person, source, expect_outcome="changed") for source in sources.values())
    )
    await call_api(stack.url, person, "POST", "/api/v1/api-keys", json={"name": "report", "scopes": ["read"]})
    return {"source": sources[PRICING]["id"], "alert": found[0]["alert_id"]}


async def start(stack: Stack, person: Person, watched: Watched) -> dict[str, Any]:
    """Watch one of the pages of the demo."""
    _, site, path = watched.page.split("/", 2)
    return await watch_page(
        stack.url, person, stack.web.host_url(site, f"/{path}"), name=watched.name, kind=watched.kind
    )


async def open_page(person: Person, path: str) -> None:
    """Open a page and wait until nothing of it is still being loaded."""
    await person.go(path)
    await expect(person.page.get_by_role("main").get_by_role("heading").first).to_be_visible()
    await expect(person.page.locator(".mantine-Skeleton-root")).to_have_count(0)
