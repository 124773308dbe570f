"""Calls of APIs and webhooks: the same guard and caps, any status an answer."""

from __future__ import annotations

import pytest
from aiohttp import web

from headwater.core.errors import InvalidInput
from headwater.kit.fetch import BlockedAddress, FetchFailed, Limits
from tests.kit.fetch.servers import USER_AGENT, Names, fetching, greet, say, serve, speak


async def echo(request: web.Request) -> web.StreamResponse:
    """Answer with what was sent."""
    return web.json_response(
        {"method": request.method, "body": await request.text(), "type": request.headers.get("Content-Type")},
        status=202,
        headers={"X-Kept": request.headers.get("X-Sent", "")},
    )


async def test_json_is_posted_and_read() -> None:
    async with serve(echo) as site, fetching(site) as fetcher:
        response = await fetcher.request("post", site.url("/hook"), json={"a": "ü"}, headers={"X-Sent": "1"})
    assert (response.status, response.ok) == (202, True)
    assert response.json() == {"method": "POST", "body": '{"a":"ü"}', "type": "application/json"}
    assert response.headers["x-kept"] == "1"
    assert site.seen[0].headers["User-Agent"] == USER_AGENT


async def test_body_goes_as_it_is() -> None:
    async with serve(echo) as site, fetching(site) as fetcher:
        response = await fetcher.request("PUT", site.url(), body=b"raw", headers={"Content-Type": "text/plain"})
    assert response.json() == {"method": "PUT", "body": "raw", "type": "text/plain"}


async def test_header_of_the_caller_replaces_ours() -> None:
    headers = {"content-type": "application/problem+json", "USER-AGENT": "Other/1"}
    async with serve(echo) as site, fetching(site) as fetcher:
        response = await fetcher.request("POST", site.url(), json=[], headers=headers)
        await fetcher.fetch(site.url(), headers={"accept": "image/*"})
    assert response.json()["type"] == "application/problem+json"
    assert site.seen[0].headers.getall("User-Agent") == ["Other/1"]
    assert site.seen[-1].headers.getall("Accept") == ["image/*"]


@pytest.mark.parametrize("status", [204, 302, 400, 404, 410, 429, 500, 503])
async def test_every_status_is_an_answer(status: int) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": "http://10.0.0.1/", "Retry-After": "5"})

    async with serve(answer) as site, fetching(site) as fetcher:
        for _ in range(7):
            assert (await fetcher.request("POST", site.url("/hook"))).status == status
    assert len(site.seen) == 7, "no redirect followed, nothing paced, no breaker, no robots.txt"


async def test_answer_that_is_no_json_says_so() -> None:
    async with serve(greet) as site, fetching(site) as fetcher:
        response = await fetcher.request("GET", site.url())
        with pytest.raises(FetchFailed) as caught:
            response.json()
    assert caught.value.kind == "not_text"


async def test_address_of_a_user_is_guarded() -> None:
    async with serve(greet) as site, fetching(resolver=Names({"hook.example.com": [["10.0.0.1"]]})) as fetcher:
        for url in (site.url(), "http://hook.example.com/", "http://localhost/", "ftp://example.com/"):
            with pytest.raises(BlockedAddress):
                await fetcher.request("POST", url, json={})
    assert site.seen == []


async def test_address_of_the_operator_is_trusted() -> None:
    async with serve(greet) as site, fetching(resolver=Names({"provider": [["127.0.0.1"]]})) as fetcher:
        assert (await fetcher.request("GET", site.url(), trusted=True)).ok
        assert (await fetcher.request("GET", f"http://provider:{site.port}/", trusted=True)).ok
        with pytest.raises(BlockedAddress):
            await fetcher.request("GET", "file:///etc/passwd", trusted=True)


async def test_trust_is_not_inherited_by_a_kept_connection() -> None:
    async with serve(greet) as site, fetching() as fetcher:
        await fetcher.request("GET", site.url(), trusted=True)
        for _ in range(2):
            with pytest.raises(BlockedAddress):
                await fetcher.request("GET", site.url())
    assert len(site.seen) == 1


@pytest.mark.parametrize("trusted", [False, True])
async def test_answers_are_capped_even_if_trusted(trusted: bool) -> None:
    big = b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000
    async with speak(say(big)) as site, fetching(site) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.request("GET", site.url("/x"), max_bytes=1000, trusted=trusted)
        assert caught.value.kind == "too_large"
        assert (await fetcher.request("GET", site.url("/x"), max_bytes=2000, trusted=trusted)).bytes == 2000


async def test_silence_ends_in_time() -> None:
    async with (
        speak(say(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh")) as site,
        serve(greet) as other,
        fetching(site, other, limits=Limits(total_seconds=5)) as fetcher,
    ):
        with pytest.raises(FetchFailed) as caught:
            await fetcher.request("GET", site.url("/x"))
        assert (await fetcher.request("GET", other.url(), timeout=5)).ok
    assert caught.value.kind == "network"


@pytest.mark.parametrize(
    "headers",
    [
        {"Bad Name": "x"},
        {"X\r\nInjected": "x"},
        {"Ü": "x"},
        {"": "x"},
        {"X-Fine": "a\r\nX-Injected: 1"},
        {"X-Fine": "a\0"},
        {"X-Fine": "\udcff"},
        {"Host": "localhost"},
        {"content-length": "3"},
        {"Transfer-Encoding": "chunked"},
    ],
)
async def test_header_that_would_make_another_request_is_refused(headers: dict[str, str]) -> None:
    async with serve(echo) as site, fetching(site) as fetcher:
        for ask in (fetcher.request("POST", site.url(), headers=headers), fetcher.fetch(site.url(), headers=headers)):
            with pytest.raises(InvalidInput) as caught:
                await ask
            assert caught.value.code == "invalid_header"
    assert site.seen == []
