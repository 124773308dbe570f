"""A real Chromium, and a person at it: what they see is checked for errors and for what hinders anybody."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.dashboard.building import DASHBOARD, ROOT

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
PATIENCE_SECONDS = 60.0
ARTIFACTS = ROOT / "test-artifacts" / "dashboard"
PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
#: What WCAG 2.2 AA asks for.
_STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_FIND_VIOLATIONS = """async (standards) => {
  const found = await axe.run(document, {
    runOnly: { type: 'tag', values: standards },
    // An experiment of axe's: it takes the initials in somebody's picture for a label.
    rules: { 'label-content-name-mismatch': { enabled: false } },
  });
  return found.violations.map(({ id, help, nodes }) => ({
    id, help, nodes: nodes.slice(0, 2).map(({ html, failureSummary }) => `${html}\\n    ${failureSummary}`),
  }));
}"""
# Colours fade from one scheme into the other, and what is half faded has no contrast.
_REST = """async () => {
  const frame = () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const list = () => document.getAnimations().filter((one) =>
    one.playState === 'running' && Number.isFinite(one.effect.getComputedTiming().endTime));
  for (await frame(); list().length > 0; await frame()) {
    await Promise.all(list().map((one) => one.finished.catch(() => undefined)));
  }
}"""
_HAS_SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"

in_browser = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="package"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        find_spec("playwright") is None or PROGRAM is None, reason="there is no Chromium on this machine"
    ),
]
"""What every test module that uses the browser says of itself."""


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Run Chromium without a window."""
    from playwright.async_api import async_playwright, expect

    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    # Chromium's own sandbox refuses to start for root.
    switches = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=switches)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Person:
    """Somebody at a screen of their own."""

    context: BrowserContext
    page: Page
    url: str
    name: str
    problems: list[str] = field(default_factory=list)

    async def go(self, path: str) -> None:
        """Open a page of the dashboard by its address."""
        await self.page.goto(f"{self.url}{path}")

    def button(self, name: str) -> Locator:
        """Find a button by what it is called."""
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        """Find a link by what it is called."""
        return self.page.get_by_role("link", name=name, exact=True)

    def heading(self, name: str) -> Locator:
        """Find a heading."""
        return self.page.get_by_role("heading", name=name)

    async def fill(self, **texts: str) -> None:
        """Fill in fields by their labels; a `_` stands for a space."""
        for label, text in texts.items():
            await self.page.get_by_label(label.replace("_", " "), exact=True).fill(text)

    async def look(self, name: str, *schemes: Literal["light", "dark"]) -> None:
        """Look closely at what is shown: light and dark, for what hinders anybody, and keep pictures of it.

        What is found is told at the end, with everything else that went wrong at this screen.
        """
        from playwright.async_api import expect

        # A page that is still on its way says little: there is a heading, and nothing says that it is loading.
        await expect(self.page.locator("h1, h2, h3").first).to_be_attached()
        await expect(self.page.get_by_role("status", name="Loading")).to_have_count(0)
        for scheme in schemes or ("light", "dark"):
            await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await self.page.evaluate(_REST)
            await self.page.screenshot(path=ARTIFACTS / f"{name}-{self.name}-{scheme}.png", full_page=True)
            await self.page.evaluate(f"{_read_axe()}; undefined")
            violations = await self.page.evaluate(_FIND_VIOLATIONS, _STANDARDS)
            self.problems += [f"{name}, {scheme}: {_describe(violation)}" for violation in violations]
        if await self.page.evaluate(_HAS_SIDEWAYS):
            self.problems.append(f"{name}: it is wider than the screen")


@cache
def _read_axe() -> str:
    return (DASHBOARD / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def _describe(violation: dict[str, Any]) -> str:
    return f"{violation['id']}: {violation['help']}\n  " + "\n  ".join(violation["nodes"])


@asynccontextmanager
async def at_screen(
    browser: Browser, url: str, *, name: str, size: dict[str, int] | None = None
) -> AsyncIterator[Person]:
    """Sit somebody down at a fresh browser. At the end nothing may have gone wrong in it."""
    from playwright.async_api import Error

    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    context = await browser.new_context(
        viewport=size or DESKTOP,  # type: ignore[arg-type]  # a mapping of the two numbers
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Berlin",
        is_mobile=size is PHONE,
        has_touch=size is PHONE,
    )
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = await context.new_page()
    person = Person(context, page, url, name)
    page.on("pageerror", lambda error: person.problems.append(f"error: {error}"))
    page.on("console", lambda message: _note(person, message))
    try:
        yield person
        assert not person.problems, "\n".join(person.problems)
    except BaseException:
        (ARTIFACTS / f"failed-{name}.txt").write_text("\n".join([page.url, *person.problems]), "utf-8")
        with suppress(Error):
            await page.screenshot(path=ARTIFACTS / f"failed-{name}.png", full_page=True, timeout=5_000)
        raise
    finally:
        await context.close()


def _note(person: Person, message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"}:
        person.problems.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")
