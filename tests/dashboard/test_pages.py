"""Every page of somebody who has something: it hinders nobody, fits the screen, and says nothing in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.dashboard.browsing import PHONE, Person, at_screen, in_browser
from tests.dashboard.journeys import call_api, check_source, sign_up, watch_page
from tests.dashboard.stack import Stack

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = in_browser

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
    "activity": "/workspace/activity",
    "workspace": "/workspace/settings",
    "new-workspace": "/workspace/new",
    "profile": "/settings/profile",
    "security": "/settings/security",
    "notifications": "/settings/notifications",
    "webhooks": "/settings/webhooks",
    "deliveries": "/settings/deliveries",
    "nowhere": "/nowhere/at/all",
}


async def test_every_page_serves_everybody(stack: Stack, browser: Browser) -> None:
    async with at_screen(browser, stack.url, name="tour") as tourist:
        await sign_up(tourist, "tour@example.com", name="Ada Lovelace")
        places = await make_something_happen(stack, tourist)
        for name, path in PAGES.items():
            await open_page(tourist, path.format(**places))
            await tourist.look(name)
        await tourist.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a mapping of the two numbers
        tourist.name = "tour-phone"
        for name, path in PAGES.items():
            await open_page(tourist, path.format(**places))
            await tourist.look(name)


async def make_something_happen(stack: Stack, person: Person) -> dict[str, str]:
    """Watch a page and have it change; gives the ids of what there is then."""
    source = await watch_page(stack.url, person, stack.web.host_url("acme", "/docs"), name="Acme API reference")
    await watch_page(stack.url, person, stack.web.host_url("orchard", "/lamp"), name="Arc floor lamp")
    stack.web.change("/acme/docs", "removed")
    found = await check_source(stack.url, person, source, expect_outcome="changed")
    await call_api(stack.url, person, "POST", "/api/v1/api-keys", json={"name": "report", "scopes": ["read"]})
    return {"source": source["id"], "alert": found["alert_id"]}


async def open_page(person: Person, path: str) -> None:
    """Open a page and wait until nothing of it is still being loaded."""
    await person.go(path)
    await expect(person.page.get_by_role("main").get_by_role("heading").first).to_be_visible()
    await expect(person.page.locator(".mantine-Skeleton-root")).to_have_count(0)
