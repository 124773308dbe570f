"""The dashboard on a host of its own, built with one variable, against an API that names its origin."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.async_api import expect

from tests.dashboard.browsing import at_screen, in_browser
from tests.dashboard.building import build_into
from tests.dashboard.journeys import sign_out, sign_up
from tests.dashboard.stack import Stack
from tests.docs.pages import ROOT, read_blocks

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = in_browser


def read_headers(api_url: str) -> dict[str, str]:
    """Read the headers that the documentation tells a host to send, for an API at `api_url`."""
    (block,) = (one for one in read_blocks(ROOT / "docs" / "dashboard.md") if one.language == "http")
    address = urlsplit(api_url)
    text = block.text.replace("https://api.example.com", api_url).replace(
        "wss://api.example.com", f"ws://{address.netloc}"
    )
    return dict(line.split(": ", 1) for line in text.splitlines())


async def test_it_works_from_another_origin(stack: Stack, browser: Browser) -> None:
    await asyncio.to_thread(build_into, stack.apart.folder, VITE_API_URL=stack.url)
    stack.apart.headers = read_headers(stack.url)
    email = "grace@example.com"
    async with at_screen(browser, stack.apart.url, name="grace") as grace:
        await sign_up(grace, email)
        await expect(grace.page.get_by_role("status").filter(has_text="Live")).to_be_visible()
        await sign_out(grace, email)
        await grace.button("Sign in with a link by e-mail").click()
        await grace.fill(**{"E-mail": email})
        await grace.button("Send me a link").click()
        await grace.page.goto(await stack.read_link(email, holding="type=magiclink"))
        await expect(grace.page.get_by_label(f"Your account: {email}")).to_be_visible()
        assert grace.page.url.startswith(stack.apart.url)
