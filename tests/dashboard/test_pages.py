"""Every page of somebody who has something: it hinders nobody, fits the screen, and says nothing in the console."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.async_api import expect

from tests.dashboard.browsing import DESKTOP, PHONE, Person, at_screen, in_browser
from tests.dashboard.journeys import sign_up
from tests.dashboard.routes import list_pages
from tests.dashboard.stack import Stack
from tests.dashboard.worlds import list_worlds

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = in_browser


@pytest.mark.parametrize(("name", "size", "scheme"), [("tour", DESKTOP, "light"), ("pocket", PHONE, "dark")])
async def test_every_page_serves_everybody(
    stack: Stack, browser: Browser, name: str, size: dict[str, int], scheme: Literal["light", "dark"]
) -> None:
    async with at_screen(browser, stack.url, name=name, size=size) as person:
        await person.page.emulate_media(color_scheme=scheme)
        await sign_up(person, f"{name}@example.com", name="Ada Lovelace")
        places: dict[str, str] = {}
        for world in list_worlds():
            places |= await world.make_world(stack, person)
        for page, path in list_views(places):
            await open_page(person, path)
            await person.look(page, scheme)


def list_views(places: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Return the name and the path of every page of every feature, of its further views, and of no page at all."""
    views = {label: searches for world in list_worlds() for label, searches in world.VIEWS.items()}
    for page in list_pages():
        path = page.fill(places)
        yield page.label, path
        for search in views.pop(page.label, ()):
            yield f"{page.label}-{search.partition('=')[2]}", f"{path}?{search}"
    assert not views, f"no page is called {', '.join(views)}"
    yield "nowhere", "/nowhere/at/all"


async def open_page(person: Person, path: str) -> None:
    """Open a page and wait until nothing of it is still being loaded."""
    await person.go(path)
    await expect(person.page.get_by_role("main").get_by_role("heading").first).to_be_visible()
    await expect(person.page.locator(".mantine-Skeleton-root")).to_have_count(0)
