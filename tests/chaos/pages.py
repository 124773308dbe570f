"""Pages that change on demand, each with one fact that a person would want to hear of, and noise at every request."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from aiohttp import web

from headwater.kit.demo.loopback import HOST, serve_http

_STATES = ("In stock", "Sold out", "Available for pre-order", "Discontinued")
_PARAGRAPHS = (
    "The {name} is built for kitchens that are used every day, and every part of it can be replaced at home.",
    "Orders that arrive before noon leave our workshop on the same day; returns are free within thirty days.",
    "Our newsletter tells of repairs, of spare parts and of the people who make them, four times in the year.",
)
_VISITS = count(1)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact: what stands on the page at the n-th change, and how to read it back from a stored version."""

    name: str
    write: Callable[[int], str]
    pattern: re.Pattern[str]

    def read(self, content: str) -> str | None:
        """Return what a stored version says of the fact, or None where it says nothing."""
        found = self.pattern.search(content)
        return found[1] if found else None


KINDS = (
    Kind("price", lambda step: f"${40 + 7 * step % 97 + step / 100:.2f}", re.compile(r"Price: (\$[\d.]+)")),
    Kind("state", lambda step: _STATES[step % len(_STATES)], re.compile(rf"Availability: ({'|'.join(_STATES)})")),
    Kind("version", lambda step: f"{2 + step // 10}.{step % 10}.0", re.compile(r"Current release: (\d+\.\d+\.\d+)")),
    Kind(
        "date",
        lambda step: (date(2027, 1, 4) + timedelta(days=step)).isoformat(),
        re.compile(r"Doors open on (\d{4}-\d\d-\d\d)"),
    ),
    Kind("feed", lambda step: f"Bulletin number {step}", re.compile(r"(Bulletin number \d+)")),
)
_SENTENCES = {
    "price": "Price: {fact}",
    "state": "Availability: {fact}",
    "version": "Current release: {fact}",
    "date": "Doors open on {fact}",
}


@dataclass(slots=True)
class Page:
    """One watched page. `step` counts its changes."""

    number: int
    kind: Kind
    noisy: bool
    url: str = ""
    step: int = 0

    @property
    def fact(self) -> str:
        """What stands there now."""
        return self.kind.write(self.step)


@dataclass(slots=True)
class ChangingPages:
    """The pages, served on loopback. Every second one shows a clock and a class name that differ at each request."""

    pages: list[Page]
    hits: int = 0
    _by_path: dict[str, Page] = field(default_factory=dict)

    def answer(self, request: web.Request) -> web.Response:
        """Serve a page as it stands now."""
        self.hits += 1
        page = self._by_path.get(request.path)
        if page is None:
            return web.Response(status=404)
        if page.kind.name == "feed":
            return web.Response(text=_write_feed(page), content_type="application/rss+xml")
        return web.Response(text=_write_html(page), content_type="text/html")


def _write_html(page: Page) -> str:
    visit = next(_VISITS)
    name = f"Model {page.number}"
    noise = f"<p class='v{visit}'>Server time 10:{visit // 60 % 60:02d}:{visit % 60:02d}</p>" if page.noisy else ""
    body = "".join(f"<p>{text.format(name=name)}</p>" for text in _PARAGRAPHS)
    fact = _SENTENCES[page.kind.name].format(fact=page.fact)
    return (
        f"<!doctype html><html lang='en'><head><title>{name}</title></head>"
        f"<body><main><h1>{name}</h1><p>{fact}</p>{body}</main><footer>{noise}</footer></body></html>"
    )


def _write_feed(page: Page) -> str:
    newest = range(page.step, max(-1, page.step - 10), -1)
    items = "".join(
        f"<item><guid>{page.number}-{step}</guid><title>{page.kind.write(step)}</title>"
        f"<description>What happened in week {step} at the harbour, in a few words.</description></item>"
        for step in newest
    )
    return f"<rss version='2.0'><channel><title>Harbour {page.number}</title>{items}</channel></rss>"


@asynccontextmanager
async def serve_pages(number: int, *, hosts: int = 4) -> AsyncIterator[ChangingPages]:
    """Serve `number` pages on `hosts` ports of loopback while the block runs."""
    made = [Page(one, KINDS[one % len(KINDS)], noisy=one // len(KINDS) % 2 == 0) for one in range(number)]
    world = ChangingPages(made)

    async def answer(request: web.Request) -> web.Response:
        return world.answer(request)

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    async with serve_http(application, further_ports=(0,) * (hosts - 1)) as listeners:
        for page in made:
            path = f"/{page.kind.name}/{page.number}"
            page.url = f"http://{HOST}:{listeners[page.number % hosts].port}{path}"
            world._by_path[path] = page
        yield world
