"""What a fetch gives and sends."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from headwater.core.settings import Settings
from headwater.kit.fetch import Fetcher, FetchFailed, Limits, UnknownHost, Validators
from tests.kit.fetch.servers import USER_AGENT, Names, fetching, greet, say, serve, speak

MODIFIED = "Wed, 21 Oct 2015 07:28:00 GMT"


async def answer_conditionally(request: web.Request) -> web.StreamResponse:
    headers = {"ETag": 'W/"odd, value"', "Last-Modified": MODIFIED}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    return web.Response(text="<p>seen</p>", content_type="text/html", headers=headers)


async def test_page_comes_with_its_circumstances() -> None:
    async with serve(greet) as site, fetching(site) as fetcher:
        response = await fetcher.fetch(site.url("/page?x=1"))
    assert response.ok
    assert not response.not_modified
    assert (response.text, response.media_type, response.bytes) == ("<p>hello</p>", "text/html", 12)
    assert (response.url, response.url_final, response.redirects) == (site.url("/page?x=1"), site.url("/page?x=1"), ())
    assert response.elapsed_ms > 0
    assert response.moved_to is None


async def test_request_names_us_and_what_we_can_read() -> None:
    async with serve(greet) as site, fetching(site) as fetcher:
        await fetcher.fetch(site.url(), headers={"Accept-Language": "de"})
    sent = site.seen[-1].headers
    assert sent["User-Agent"] == USER_AGENT
    assert {"gzip", "deflate"} <= set(sent["Accept-Encoding"].split(", "))
    assert sent["Accept-Language"] == "de"
    assert "Cookie" not in sent


async def test_validators_go_back_as_they_came() -> None:
    async with serve(answer_conditionally) as site, fetching(site) as fetcher:
        first = await fetcher.fetch(site.url())
        second = await fetcher.fetch(site.url(), validators=first.validators)
    assert first.validators == Validators('W/"odd, value"', MODIFIED)
    assert second.not_modified
    assert second.body == b""
    assert site.seen[-1].headers["If-None-Match"] == 'W/"odd, value"'
    assert site.seen[-1].headers["If-Modified-Since"] == MODIFIED


@pytest.mark.parametrize("etag", [b'"\xff\xfe"', b'"' + b"x" * 2_000 + b'"'])
async def test_validator_that_can_t_be_kept_is_left_aside(etag: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: " + etag + b"\r\nContent-Length: 2\r\n\r\nok"
    async with speak(say(answer)) as site, fetching(site) as fetcher:
        response = await fetcher.fetch(site.url("/x"))
    assert response.validators == Validators()
    assert Validators(etag="a\r\nb", last_modified=MODIFIED).as_headers() == {"If-Modified-Since": MODIFIED}


async def test_unasked_not_modified_is_no_answer() -> None:
    async def always(_: web.Request) -> web.StreamResponse:
        return web.Response(status=304)

    async with serve(always) as site, fetching(site) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url())
    assert caught.value.kind == "server_error"


async def test_connection_is_kept_for_the_next_fetch() -> None:
    async with serve(greet) as site, fetching(site) as fetcher:
        for _ in range(3):
            await fetcher.fetch(site.url())
        assert len({request.transport for request in site.seen}) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "blocked"),
        (401, "blocked"),
        (403, "blocked"),
        (404, "gone"),
        (408, "timeout"),
        (410, "gone"),
        (418, "blocked"),
        (429, "rate_limited"),
        (451, "blocked"),
        (500, "server_error"),
        (502, "server_error"),
        (503, "server_error"),
        (304, "server_error"),
        (300, "server_error"),
        (302, "server_error"),
    ],
)
async def test_status_becomes_a_kind(status: int, kind: str) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text="no")

    async with serve(answer) as site, fetching(site) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url())
    assert (caught.value.kind, caught.value.http_status) == (kind, status)
    assert (caught.value.status, caught.value.code) == (502, f"fetch_{kind}")


async def test_unknown_name_and_closed_port_are_told_apart() -> None:
    async with serve(greet) as site:
        pass
    async with fetching(site, resolver=Names({})) as fetcher:
        with pytest.raises(FetchFailed) as refused:
            await fetcher.fetch(site.url())
        with pytest.raises(FetchFailed) as unknown:
            await fetcher.fetch("http://nowhere.example.com/")
        with pytest.raises(UnknownHost) as unchecked:
            await fetcher.check_public("http://nowhere.example.com/")
    assert [caught.value.kind for caught in (refused, unknown, unchecked)] == ["network", "dns", "dns"]
    assert [caught.value.status for caught in (refused, unknown, unchecked)] == [502, 502, 422]


async def test_host_is_asked_by_few_at_once() -> None:
    running, most, both = 0, 0, asyncio.Event()

    async def answer(_: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 2:
            both.set()
        await both.wait()
        await asyncio.sleep(0)
        running -= 1
        return web.Response(text="ok")

    async with serve(answer) as site, fetching(site, at_once=2) as fetcher:
        await asyncio.gather(*(fetcher.fetch(site.url(f"/{number}")) for number in range(8)))
    assert most == 2
    assert len(site.paths) == 8


async def test_slow_host_sends_away_whoever_does_not_wait() -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def answer(_: web.Request) -> web.StreamResponse:
        entered.set()
        await leave.wait()
        return web.Response(text="ok")

    limits = Limits(slot_wait_seconds=0.05)
    async with serve(answer) as site, fetching(site, at_once=1, limits=limits) as fetcher:
        first = asyncio.create_task(fetcher.fetch(site.url("/first")))
        await entered.wait()
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url("/second"), pace="refuse")
        leave.set()
        await first
    assert caught.value.was_postponed
    assert caught.value.retry_after == 1.0
    assert site.paths == ["/first"]


async def test_quick_host_is_waited_for_a_moment() -> None:
    async with serve(greet) as site, fetching(site, at_once=1) as fetcher:
        fetches = (fetcher.fetch(site.url(f"/{number}"), pace="refuse") for number in range(20))
        assert all(response.ok for response in await asyncio.gather(*fetches))


async def test_settings_open_a_fetcher() -> None:
    async with serve(greet) as site:
        settings = Settings(
            _env_file=None,
            fetch_allowed_hosts=[site.authority],
            fetch_user_agent="Tester/1 (+https://example.com)",
            fetch_host_interval_seconds=0.0,
        )
        fetcher = Fetcher.from_settings(settings)
        assert (await fetcher.fetch(site.url())).ok
        await fetcher.close()
    assert site.seen[-1].headers["User-Agent"] == "Tester/1 (+https://example.com)"
