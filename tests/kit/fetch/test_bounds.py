"""The far side of each bound: what lies one beyond it is refused, left aside or cut."""

from __future__ import annotations

import gzip
import sys

import pytest
from aiohttp import web

from headwater.kit.fetch import AddressPolicy, BlockedAddress
from headwater.kit.fetch.urls.addresses import _LONGEST_URL, check_url
from headwater.kit.fetch.wire.cookies import _LONGEST as LONGEST_COOKIE
from headwater.kit.fetch.wire.cookies import _MOST as MAX_COOKIES
from headwater.kit.fetch.wire.cookies import TrailCookies
from headwater.kit.fetch.wire.decoders import _MAX_MEMBERS, DECODERS
from tests.kit.fetch.servers import fetching, serve

ROOM = 1 << 20


def test_longest_address() -> None:
    base = "http://example.com/"
    longest = base + "a" * (_LONGEST_URL - len(base))
    assert _LONGEST_URL == 8_192
    assert check_url(f"  {longest}\n", AddressPolicy()).url == longest
    with pytest.raises(BlockedAddress) as caught:
        check_url(longest + "a", AddressPolicy())
    assert caught.value.reason == "malformed"
    assert len(str(caught.value.details)) < 1_000, "what is too long isn't repeated"


async def test_host_cannot_make_our_header_grow_at_will() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if "Cookie" in request.headers:
            return web.Response(text=request.headers["Cookie"])
        lines = [("Set-Cookie", f"c{number}={number}") for number in range(100)]
        return web.Response(status=302, headers=[("Location", "/go"), *lines])

    async with serve(answer) as site, fetching(site) as fetcher:
        returned = (await fetcher.fetch(site.url("/go"))).text.split("; ")
    assert returned == [f"c{number}={number}" for number in range(MAX_COOKIES)]
    assert MAX_COOKIES == 20


def test_full_set_of_cookies_still_takes_new_values_and_counts_by_origin() -> None:
    cookies = TrailCookies()
    cookies.take("http://a.example", [f"c{number}=old" for number in range(MAX_COOKIES)])
    cookies.take("http://a.example", ["c0=new", "late=1"])
    cookies.take("http://b.example", ["only=1"])
    given = cookies.give("http://a.example").split("; ")
    assert (given[0], len(given), "late=1" in given) == ("c0=new", MAX_COOKIES, False)
    assert cookies.give("http://b.example") == "only=1"


def test_long_cookie_is_cut() -> None:
    cookies = TrailCookies()
    cookies.take("http://a.example", ["a=" + "x" * 2 * LONGEST_COOKIE])
    assert len(cookies.give("http://a.example")) == LONGEST_COOKIE == 4_096


def test_members_of_a_compressed_body_are_counted() -> None:
    assert _MAX_MEMBERS == 1_000
    empty, last = gzip.compress(b""), gzip.compress(b"last")
    within, beyond = DECODERS["gzip"](), DECODERS["gzip"]()
    assert within.feed(empty * (_MAX_MEMBERS - 1) + last, ROOM) == b"last"
    assert beyond.feed(empty * _MAX_MEMBERS + last, ROOM) == b""
    assert beyond.is_complete()


@pytest.mark.skipif(sys.version_info < (3, 14), reason="this Python reads no Zstandard")
def test_frames_of_a_zstandard_body_are_counted() -> None:
    from compression import zstd  # type: ignore[import-not-found, unused-ignore]

    empty, last = zstd.compress(b""), zstd.compress(b"last")
    assert DECODERS["zstd"]().feed(empty * (_MAX_MEMBERS - 1) + last, ROOM) == b"last"
    assert DECODERS["zstd"]().feed(empty * _MAX_MEMBERS + last, ROOM) == b""
