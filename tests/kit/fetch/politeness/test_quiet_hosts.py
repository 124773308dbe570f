"""Hosts that ask for quiet at every door, and the probe of a host that was down."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from aiohttp import web

from headwater.core.clock import MovableClock
from headwater.kit.controls import SharedState
from headwater.kit.fetch import FetchFailed
from tests.kit.fetch.servers import Handler, fetching, greet, serve


def ask_for_quiet(door: str, status: int, wait: str | None) -> Handler:
    """Answer so at `door`, and with a page elsewhere."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == door:
            return web.Response(status=status, headers={} if wait is None else {"Retry-After": wait})
        if request.path == "/robots.txt":
            raise web.HTTPNotFound
        return await greet(request)

    answer.answers_robots = True  # type: ignore[attr-defined]  # read by `serve`
    return answer


# A page that is away for a moment and says no more is no reason to leave the whole host alone.
@pytest.mark.parametrize(
    ("door", "status", "wait", "seconds"),
    [
        ("/page", 429, "120", 120),
        ("/page", 429, None, 30),
        ("/page", 503, "120", 120),
        ("/robots.txt", 429, "120", 120),
        ("/robots.txt", 429, None, 30),
        ("/robots.txt", 503, "120", 120),
        ("/robots.txt", 503, None, 30),
    ],
)
async def test_host_is_held_wherever_it_asks(
    shared: SharedState | None, door: str, status: int, wait: str | None, seconds: float
) -> None:
    clock = MovableClock()
    async with serve(ask_for_quiet(door, status, wait)) as site, fetching(site, shared=shared, clock=clock) as fetcher:
        with suppress(FetchFailed):
            await fetcher.fetch(site.url("/page"), pace="refuse")
        asked = len(site.seen)
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url("/other"), pace="refuse")
        assert caught.value.kind == "paced"
        assert seconds - 1 <= (caught.value.retry_after or 0) <= seconds + 1
        assert len(site.seen) == asked, "nothing more was asked of it"


async def test_probe_that_has_to_wait_for_its_turn_leaves_the_host_to_the_next(shared: SharedState | None) -> None:
    clock = MovableClock()
    is_well = False

    async def answer(request: web.Request) -> web.StreamResponse:
        return await greet(request) if is_well else web.Response(status=500)

    async with serve(answer) as site, fetching(site, shared=shared, clock=clock, interval=20) as fetcher:
        for number in range(5):
            with pytest.raises(FetchFailed):
                await fetcher.fetch(site.url(f"/{number}"), pace="none")
        is_well = True
        clock.advance(timedelta(seconds=61))
        assert await fetcher.reserve(site.authority) == 0, "the turn is somebody else's"
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url("/early"), pace="refuse")
        assert caught.value.kind == "paced"
        assert (await fetcher.fetch(site.url("/reserved"), pace="none")).ok, "the probe was given back"
