"""Redirects: followed, counted, and each one checked like the first address."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from aiohttp import web

from headwater.kit.fetch import BlockedAddress, FetchFailed, Limits
from tests.kit.fetch.servers import Handler, Names, fetching, greet, say, serve, speak


def redirect(table: dict[str, tuple[int, str]]) -> Handler:
    """Return a handler that redirects the paths of `table` and greets elsewhere."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path in table:
            status, location = table[request.path]
            return web.Response(status=status, headers={"Location": location})
        return await greet(request)

    return answer


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_followed(status: int) -> None:
    async with serve(redirect({"/old": (status, "new?x#frag")})) as site, fetching(site) as fetcher:
        response = await fetcher.fetch(site.url("/old"))
    assert (response.url, response.url_final) == (site.url("/old"), site.url("/new?x"))
    assert response.redirects == (site.url("/old"),)
    assert response.moved_to == (site.url("/new?x") if status in {301, 308} else None)


async def test_redirect_with_a_slow_or_endless_body_is_followed_all_the_same() -> None:
    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 302 Found\r\nLocation: {inner.url('/x')}\r\nContent-Length: 999999\r\n\r\n".encode())

    async with serve(greet) as inner, speak(pour) as outer, fetching(inner, outer) as fetcher:
        assert (await fetcher.fetch(outer.url("/go"))).url_final == inner.url("/x")


async def test_one_passing_redirect_makes_no_permanent_move() -> None:
    table = {"/a": (301, "/b"), "/b": (302, "/c")}
    async with serve(redirect(table)) as site, fetching(site) as fetcher:
        assert (await fetcher.fetch(site.url("/a"))).moved_to is None


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/admin",
        "http://127.0.0.1:1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://metadata.google.internal/",
        "http://localhost/",
        "//127.1/",
        "\\\\127.1\\x",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "javascript:alert(1)",
        "http://user:secret@example.com/",
        "http://example.com:6379/",
        "http://[broken/",
        "https://private.example.com/",
    ],
)
async def test_redirect_to_what_is_not_public_is_refused(location: str) -> None:
    names = Names({"private.example.com": [["192.168.0.10"]]})
    async with serve(redirect({"/go": (302, location)})) as site, fetching(site, resolver=names) as fetcher:
        with pytest.raises(BlockedAddress) as caught:
            await fetcher.fetch(site.url("/go"))
    assert caught.value.status == 422
    assert site.paths == ["/go"]


async def test_redirect_reaches_no_other_port_of_this_machine() -> None:
    async with (
        serve(greet) as inner,
        serve(redirect({"/go": (302, inner.url("/secret"))})) as outer,
        fetching(outer) as fetcher,
    ):
        with pytest.raises(BlockedAddress):
            await fetcher.fetch(outer.url("/go"))
    assert inner.seen == []


@pytest.mark.parametrize(
    "table",
    [
        {"/a": (302, "/a")},
        {"/a": (302, "")},
        {"/a": (302, "/b"), "/b": (301, "/a")},
        {"/a": (302, "#x")},
        {f"/{name}": (302, f"/{following}") for name, following in zip("abcdefgh", "bcdefghi", strict=True)},
    ],
)
async def test_circles_and_endless_redirects_end(table: dict[str, tuple[int, str]]) -> None:
    async with serve(redirect(table)) as site, fetching(site) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url("/a"))
    assert caught.value.kind == "redirect_loop"
    assert len(site.paths) <= 6


async def test_number_of_redirects_is_a_limit() -> None:
    table = {f"/{name}": (302, f"/{following}") for name, following in zip("abcdef", "bcdefg", strict=True)}
    async with serve(redirect(table)) as site, fetching(site, limits=Limits(redirects=6)) as fetcher:
        assert len((await fetcher.fetch(site.url("/a"))).redirects) == 6


@pytest.mark.parametrize(
    ("leads_to", "keeps"), [(lambda site, _: site.url("/x"), True), (lambda _, other: other.url("/x"), False)]
)
async def test_credentials_stay_with_their_origin(leads_to: Callable[..., str], keeps: bool) -> None:
    table: dict[str, tuple[int, str]] = {}
    async with serve(greet) as other, serve(redirect(table)) as site, fetching(site, other) as fetcher:
        table["/go"] = (302, leads_to(site, other))
        await fetcher.fetch(site.url("/go"), headers={"Authorization": "Bearer x", "cookie": "a=b", "X-Kept": "1"})
    last = (site if keeps else other).seen[-1]
    assert last.path == "/x"
    assert last.headers["X-Kept"] == "1"
    assert ("Authorization" in last.headers, "Cookie" in last.headers) == (keeps, keeps)


async def test_host_that_waits_for_its_cookie_is_satisfied() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.cookies.get("seen") != "1":
            moved = web.Response(status=302, headers={"Location": str(request.rel_url)})
            moved.set_cookie("seen", "1")
            moved.set_cookie("theme", "dark")
            return moved
        return web.Response(text=request.headers["Cookie"])

    async with serve(answer) as site, fetching(site) as fetcher:
        assert (await fetcher.fetch(site.url("/page"))).text == "seen=1; theme=dark"
        await fetcher.fetch(site.url("/page"), headers={"Cookie": "seen=1"})
    assert [request.headers.get("Cookie") for request in site.seen] == [
        None,
        None,
        "seen=1; theme=dark",
        "seen=1",
    ], "nothing is kept for the next fetch"


async def test_cookie_goes_to_nobody_else_and_ends_no_circle_for_ever() -> None:
    async def set_and_leave(_: web.Request) -> web.StreamResponse:
        moved = web.Response(status=302, headers={"Location": other.url("/x")})
        moved.set_cookie("secret", "1", domain="127.0.0.1")
        return moved

    async def count(request: web.Request) -> web.StreamResponse:
        moved = web.Response(status=302, headers={"Location": "/again"})
        moved.set_cookie("n", request.cookies.get("n", "") + "x")
        return moved

    async with serve(greet) as other, serve(set_and_leave) as site, fetching(site, other) as fetcher:
        await fetcher.fetch(site.url("/"))
    assert "Cookie" not in other.seen[-1].headers
    async with serve(count) as endless, fetching(endless) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(endless.url("/again"))
    assert caught.value.kind == "redirect_loop"


async def test_location_in_latin_letters_is_understood() -> None:
    speech = say("HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\xe9\r\nContent-Length: 0\r\n\r\n".encode("latin-1"))
    async with speak(speech) as site, fetching(site) as fetcher:
        with pytest.raises(BlockedAddress) as caught:
            await fetcher.fetch(site.url("/x"))
    assert caught.value.reason == "private"
