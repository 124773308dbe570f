"""Pages whose text is made by scripts, read in a Chromium that reaches the network through the fetcher alone.

Every request of the page is answered by `Fetcher`, so the address guard and the caps hold for what its scripts ask as
well; whatever is not intercepted meets a proxy that doesn't exist. Needs the extra `browser` and a Chromium.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from multidict import CIMultiDict

from headwater.core.clock import monotonic
from headwater.core.errors import HeadwaterError, InvalidInput
from headwater.core.telemetry import get_logger
from headwater.kit.fetch.errors import FetchFailed
from headwater.kit.fetch.fetcher import Fetcher
from headwater.kit.fetch.politeness.pacing import Pace
from headwater.kit.fetch.responses import Response
from headwater.kit.fetch.wire.headers import check_headers

if TYPE_CHECKING:
    from playwright.async_api import Playwright, Route

logger = get_logger(__name__)
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_NOWHERE = "http://127.0.0.1:1"
_SWITCHES = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
)
#: What has no text, and is a large part of the bytes of a page.
_UNWANTED = frozenset({"image", "media", "font", "websocket", "eventsource", "manifest", "ping", "cspreport"})
_PASSED_ON = frozenset({"accept", "accept-language", "authorization", "content-type", "origin", "referer"})
_MAX_REQUESTS = 200
_MAX_BYTES = 30 * 1024 * 1024
_LOAD_SECONDS = 20.0
_QUIET_SECONDS = 3.0
_PART_SECONDS = 10.0


async def render_page(fetcher: Fetcher, url: str, *, pace: Pace = "wait") -> Response:
    """Fetch `url`, run its scripts, and return the page as it then stands, as UTF-8 HTML.

    Raises:
        FetchFailed: as `Fetcher.fetch`; `timeout` or `network` where the browser fails.
    """
    page = await fetcher.fetch(url, pace=pace)
    if page.media_type not in {"text/html", "application/xhtml+xml", ""}:
        return page
    started = monotonic()
    try:
        from playwright.async_api import Error, async_playwright
        from playwright.async_api import TimeoutError as TabTimeout
    except ImportError:
        raise FetchFailed(
            "No browser is installed here to run the page's scripts.",
            kind="network",
            url=url,
            hint="Install the extra `browser` and a Chromium.",
        ) from None
    try:
        async with asyncio.timeout(_LOAD_SECONDS + _QUIET_SECONDS + _PART_SECONDS), async_playwright() as playwright:
            html = await _run_scripts(playwright, fetcher, page)
    except (TabTimeout, TimeoutError):
        raise FetchFailed("The page's scripts took too long.", kind="timeout", url=url) from None
    except Error as error:
        logger.warning("browser_failed", url=url, reason=error.message[:200])
        raise FetchFailed("The page's scripts could not be run.", kind="network", url=url) from error
    headers = CIMultiDict(page.headers)
    headers["Content-Type"] = "text/html; charset=utf-8"
    # What the server validates is the page before its scripts, which says nothing about the page after them.
    for name in ("ETag", "Last-Modified", "Content-Encoding", "Content-Length"):
        headers.popall(name, None)
    spent = (monotonic() - started) * 1000
    return replace(page, headers=headers, body=html.encode("utf-8", "replace"), elapsed_ms=page.elapsed_ms + spent)


async def _run_scripts(playwright: Playwright, fetcher: Fetcher, page: Response) -> str:
    browser = await playwright.chromium.launch(
        executable_path=_find_program(),
        # Chromium's own sandbox refuses to start for root; containers run as another user.
        args=[*_SWITCHES, *(("--no-sandbox",) if _is_root() else ())],
        proxy={"server": _NOWHERE, "bypass": "<-loopback>"},
        timeout=_LOAD_SECONDS * 1000,
    )
    try:
        context = await browser.new_context(service_workers="block", accept_downloads=False, ignore_https_errors=True)
        tab = await context.new_page()
        answering = _Answering(fetcher, page)
        await tab.route("**/*", answering.answer)
        await tab.route_web_socket("**/*", lambda socket: socket.close())
        await tab.goto(page.url_final, wait_until="load", timeout=_LOAD_SECONDS * 1000)
        await _wait_for_quiet(tab)
        return await tab.content()
    finally:
        await browser.close()


async def _wait_for_quiet(tab: Any) -> None:
    """Wait until the page asks for nothing more, or a little while at most: some pages never stop."""
    from playwright.async_api import TimeoutError as TabTimeout

    try:
        await tab.wait_for_load_state("networkidle", timeout=_QUIET_SECONDS * 1000)
    except TabTimeout:
        return


@dataclass
class _Answering:
    """Answers the requests of one page through the fetcher, within a budget."""

    fetcher: Fetcher
    page: Response
    asked: int = 0
    received: int = 0

    async def answer(self, route: Route) -> None:
        """Answer one request, or break it off."""
        request = route.request
        if request.is_navigation_request() and request.url == self.page.url_final:
            await self._fulfil(route, self.page)
            return
        self.asked += 1
        is_over = self.asked > _MAX_REQUESTS or self.received > _MAX_BYTES
        if is_over or request.resource_type in _UNWANTED:
            await route.abort()
            return
        headers = await _pick_headers(request)
        try:
            response = await self.fetcher.request(
                request.method, request.url, headers=headers, body=request.post_data_buffer, timeout=_PART_SECONDS
            )
        except HeadwaterError:
            await route.abort()
            return
        self.received += len(response.body)
        await self._fulfil(route, response)

    async def _fulfil(self, route: Route, response: Response) -> None:
        # The body is decompressed already, so what described it on the wire must go.
        gone = {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"}
        headers = {name: value for name, value in response.headers.items() if name.lower() not in gone}
        await route.fulfill(status=response.status, headers=headers, body=response.body)


async def _pick_headers(request: Any) -> dict[str, str]:
    """Return those headers of a browser's request that its server needs and that may be sent."""
    picked: dict[str, str] = {}
    for name, value in (await request.all_headers()).items():
        if name in _PASSED_ON or name.startswith("x-") or name == "cookie":
            try:
                picked.update(check_headers({name: value}))
            except InvalidInput:
                continue
    return picked


def _find_program() -> str | None:
    """Return the machine's own Chromium, or None for the one that Playwright brought."""
    return next((found for found in map(shutil.which, _PROGRAMS) if found), None)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
