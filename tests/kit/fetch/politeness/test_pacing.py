"""Turns at hosts, what hosts ask for themselves, and hosts that are down."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from multidict import CIMultiDict

from headwater.core.clock import MovableClock
from headwater.kit.controls import SharedState, Valkey
from headwater.kit.fetch import Fetcher, FetchFailed
from headwater.kit.fetch.politeness.pacing import HostPacer
from headwater.kit.fetch.wire.retry_after import read_retry_after
from tests.kit.conftest import OpenState
from tests.kit.controls.relay import relay_valkey
from tests.kit.fetch.servers import Handler, Site, fetching, greet, serve

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def refuse(fetcher: Fetcher, url: str) -> FetchFailed:
    """Fetch without waiting and give the failure."""
    with pytest.raises(FetchFailed) as caught:
        await fetcher.fetch(url, pace="refuse")
    return caught.value


async def test_second_fetch_is_told_when_to_come_back(shared: SharedState | None) -> None:
    clock = MovableClock()
    async with serve(greet) as site, fetching(site, shared=shared, clock=clock, interval=60) as fetcher:
        await fetcher.fetch(site.url("/1"), pace="refuse")
        waits = [(await refuse(fetcher, site.url("/2"))).retry_after or 0 for _ in range(3)]
        assert site.paths == ["/1"]
        assert [round(wait / 60) for wait in waits] == [1, 2, 3], "each one gets a moment of its own"
        for number, wait in enumerate(waits):
            clock.advance(timedelta(seconds=wait - (waits[number - 1] if number else 0) + 0.1))
            assert (await fetcher.fetch(site.url(f"/again-{number}"), pace="refuse")).ok


async def test_failure_of_pacing_is_a_postponement(shared: SharedState | None) -> None:
    async with serve(greet) as site, fetching(site, shared=shared, interval=60) as fetcher:
        await fetcher.fetch(site.url())
        failure = await refuse(fetcher, site.url())
    assert (failure.kind, failure.was_postponed, failure.http_status) == ("paced", True, None)


async def test_waiting_has_its_limit(shared: SharedState | None) -> None:
    async with serve(greet) as site, fetching(site, shared=shared, interval=600) as fetcher:
        await fetcher.fetch(site.url())
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url(), pace="wait")
    assert caught.value.kind == "paced"


async def test_waiting_fetches_take_turns(shared: SharedState | None) -> None:
    async with serve(greet) as site, fetching(site, shared=shared, interval=0.05) as fetcher:
        responses = await asyncio.gather(*(fetcher.fetch(site.url(f"/{number}")) for number in range(5)))
        assert all(response.ok for response in responses)
        assert (await refuse(fetcher, site.url("/next"))).kind == "paced"
    assert len(site.paths) == 5


async def test_reserved_turn_is_used_without_pacing(shared: SharedState | None) -> None:
    clock = MovableClock()
    async with serve(greet) as site, fetching(site, shared=shared, clock=clock, interval=60) as fetcher:
        host = (await fetcher.check_public(site.url())).authority
        assert await fetcher.reserve(host) == 0.0
        assert (await fetcher.fetch(site.url(), pace="none")).ok
        wait = await fetcher.reserve(host)
        assert 50 < wait <= 60
        clock.advance(timedelta(seconds=wait + 0.1))
        assert await fetcher.reserve(host) == 0.0


async def test_hosts_don_t_wait_for_each_other(shared: SharedState | None) -> None:
    async with serve(greet) as one, serve(greet) as two, fetching(one, two, shared=shared, interval=60) as fetcher:
        await fetcher.fetch(one.url(), pace="refuse")
        assert (await fetcher.fetch(two.url(), pace="refuse")).ok


async def test_redirect_on_the_same_host_is_the_same_turn(shared: SharedState | None) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/go":
            raise web.HTTPFound("/there")
        return await greet(request)

    async with serve(answer) as site, fetching(site, shared=shared, interval=60) as fetcher:
        assert (await fetcher.fetch(site.url("/go"), pace="refuse")).url_final == site.url("/there")


async def test_processes_share_turns(open_state: OpenState) -> None:
    one, two = open_state(), open_state()
    async with (
        serve(greet) as site,
        fetching(site, shared=one, interval=60) as first,
        fetching(site, shared=two, interval=60) as second,
    ):
        await first.fetch(site.url("/1"), pace="refuse")
        waits = [(await refuse(fetcher, site.url("/2"))).retry_after or 0 for fetcher in (second, first)]
    assert [round(wait / 60) for wait in waits] == [1, 2]


async def test_one_turn_is_given_however_many_processes_ask_at_once(open_state: OpenState, clock: MovableClock) -> None:
    pacers = [HostPacer(open_state(), clock=clock) for _ in range(4)]
    turns = await asyncio.gather(
        *(pacer.take("h", interval_seconds=60, max_wait_seconds=0) for pacer in pacers for _ in range(5))
    )
    assert sum(turn.is_taken for turn in turns) == 1
    assert sorted(round(turn.wait_seconds / 60) for turn in turns) == list(range(20))


def limiting(status: int, **headers: str) -> Handler:
    """Return a handler that answers `status` with `headers` to the first page and greets afterwards."""
    asked = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        if asked == 1:
            return web.Response(status=status, headers={name.replace("_", "-"): text for name, text in headers.items()})
        return await greet(request)

    return answer


@pytest.mark.parametrize(
    ("status", "value", "kind", "seconds"),
    [
        (429, "120", "rate_limited", 120),
        (429, "", "rate_limited", 30),
        (503, "7200", "server_error", 7200),
        (429, "date", "rate_limited", 600),
    ],
)
async def test_host_that_asks_to_wait_is_left_alone(
    shared: SharedState | None, status: int, value: str, kind: str, seconds: float
) -> None:
    clock = MovableClock()
    date = format_datetime(clock.now() + timedelta(seconds=600), usegmt=True)
    handler = limiting(status, Retry_After=date if value == "date" else value)
    async with serve(handler) as site, fetching(site, shared=shared, clock=clock) as fetcher:
        failure = await refuse(fetcher, site.url())
        assert failure.kind == kind
        assert failure.retry_after is None if value == "" else abs((failure.retry_after or 0) - seconds) < 5
        held = await refuse(fetcher, site.url())
        assert held.kind == "paced"
        assert seconds - 5 < (held.retry_after or 0) < seconds + 5
        clock.advance(timedelta(seconds=seconds + 1))
        assert (await fetcher.fetch(site.url(), pace="refuse")).ok


async def test_request_to_wait_is_shared(open_state: OpenState) -> None:
    shared = open_state()
    async with (
        serve(limiting(429, Retry_After="300")) as site,
        fetching(site, shared=shared) as first,
        fetching(site, shared=shared) as second,
    ):
        await refuse(first, site.url())
        assert (await refuse(second, site.url())).kind == "paced"
    assert site.paths == ["/"]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "17"}, 17),
        ({"retry-after": " 17 "}, 17),
        ({"Retry-After": "99999999999999999999"}, 86_400),
        ({"Retry-After": "Sun, 01 Mar 2026 12:02:00 GMT"}, 120),
        ({"Retry-After": "Sunday, 01-Mar-26 12:02:00 GMT"}, 120),
        ({"Retry-After": "Sun Mar  1 12:02:00 2026"}, 120),
        ({"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0),
        ({"Retry-After": "Sun, 01 Mar 2099 12:00:00 GMT"}, 86_400),
        ({"Retry-After": "Sun, 01 Mar 2026 09:01:00 GMT", "Date": "Sun, 01 Mar 2026 09:00:00 GMT"}, 60),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert read_retry_after(CIMultiDict(headers), now=NOON) == seconds


async def fail_often(fetcher: Fetcher, site: Site, times: int) -> list[str]:
    """Fetch `times` and give the kinds of failure."""
    kinds: list[str] = []
    for number in range(times):
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url(f"/{number}"))
        kinds.append(caught.value.kind)
    return kinds


async def test_failing_host_is_left_alone_then_probed_by_one(shared: SharedState | None) -> None:
    clock = MovableClock()
    is_well = False
    probe_came, answer_probe = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        if not is_well:
            return web.Response(status=500)
        probe_came.set()
        await answer_probe.wait()
        return await greet(request)

    async with serve(answer) as site, fetching(site, shared=shared, clock=clock) as fetcher:
        assert await fail_often(fetcher, site, 7) == ["server_error"] * 5 + ["host_down"] * 2
        assert len(site.paths) == 5
        is_well = True
        clock.advance(timedelta(seconds=61))
        probe = asyncio.create_task(fetcher.fetch(site.url("/probe")))
        await probe_came.wait()
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url("/other"))
        assert caught.value.kind == "host_down"
        assert (caught.value.retry_after or 0) > 0
        answer_probe.set()
        assert (await probe).ok
        assert (await fetcher.fetch(site.url("/after"))).ok


async def test_missing_pages_don_t_make_a_host_down(shared: SharedState | None) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        raise web.HTTPNotFound

    async with serve(answer) as site, fetching(site, shared=shared) as fetcher:
        assert await fail_often(fetcher, site, 8) == ["gone"] * 8


async def test_valkey_that_dies_stops_no_fetch(valkey_url: str) -> None:
    clock = MovableClock()
    async with relay_valkey(valkey_url) as relay:
        valkey = Valkey(relay.url, timeout_seconds=0.3, rest_seconds=0.0)
        async with serve(greet) as site, fetching(site, shared=valkey, clock=clock, interval=60) as fetcher:
            await fetcher.fetch(site.url("/1"), pace="refuse")
            for trouble in (relay.cut, relay.stall, relay.cut):
                await trouble()
                clock.advance(timedelta(seconds=61))
                assert (await fetcher.fetch(site.url("/2"), pace="refuse")).ok, "a dead Valkey is open for reading"
                assert (await refuse(fetcher, site.url("/3"))).kind == "paced", "each process paces by itself"
            relay.mend()
            clock.advance(timedelta(seconds=61))
            assert (await fetcher.fetch(site.url("/4"), pace="refuse")).ok
            assert (await refuse(fetcher, site.url("/5"))).kind == "paced"
        await valkey.close()
    assert site.paths == ["/1", "/2", "/2", "/2", "/4"]
