"""Pages that are heavy to read: bodies of few bytes, or of many, that take their readers minutes or for ever."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from headwater.kit.demo.loopback import serve_http

PAGE = "<html><head><title>Shelf</title></head><body><h1>Shelf</h1><p>It costs $20 and ships today.</p></body></html>"
#: The 290 bytes of F1: a run of comments before an element that no feed begins with.
COMMENTS = "<!---->" * 40 + PAGE
#: F5a: 3.3 MB, one tag.
ATTRIBUTES = "<p " + " ".join(f"a{number}=1" for number in range(300_000)) + ">x</p>"


def list_options(number: int) -> str:
    """Return a page whose parser walks over all options for each: its time is the square of their number."""
    return "<select>" + f"<option>{number}" * 290_000


@asynccontextmanager
async def serve_pages(pages: Mapping[str, tuple[str, str]]) -> AsyncIterator[str]:
    """Serve bodies by name, each with its media type, on a host of its own; gives the host's address."""

    async def answer(request: web.Request) -> web.Response:
        if request.match_info["name"] not in pages:
            raise web.HTTPNotFound
        text, kind = pages[request.match_info["name"]]
        return web.Response(body=text.encode(), headers={"Content-Type": kind})

    application = web.Application()
    application.router.add_get("/{name}", answer)
    async with serve_http(application) as (listener,):
        yield f"http://127.0.0.1:{listener.port}"
