"""robots.txt: what it means (RFC 9309), and how it is read, kept and shared."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from aiohttp import web

from headwater.core.clock import MovableClock
from headwater.kit.fetch import FetchFailed
from headwater.kit.fetch.politeness.robots import make_rules, select_group
from headwater.kit.processes import ProcessPool
from tests.kit.conftest import OpenState
from tests.kit.fetch.servers import Handler, Site, fetching, greet, serve


def allows(text: str, path: str) -> bool:
    """Say what `text` means for `path`."""
    return make_rules(select_group(text, token="Headwater")).allows(path)


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/a", True),
        ("Disallow:", "/a", True),
        ("Disallow: /", "/a", False),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /a", "/a", False),
        ("Disallow: /a", "/ab/c?d", False),
        ("Disallow: /a", "/b/a", True),
        ("Disallow: /a/", "/a", True),
        ("disallow:/a", "/a", False),
        ("  Disallow  :  /a  # why", "/a", False),
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a/b\nDisallow: /a", "/a/c", False),
        ("Allow: /page\nDisallow: /*.htm", "/page.htm", False),
        ("Allow: /p\nDisallow: /", "/page", True),
        ("Allow: /folder\nDisallow: /folder", "/folder/page", True),
        ("Disallow: /folder\nAllow: /folder", "/folder/page", True),
        ("Disallow: /folder\nDisallow: /folder\nAllow: /folder", "/folder", True),
        ("Disallow: /x\nAllow: /*", "/x", True),
        ("Disallow: /xy\nAllow: /*", "/xy", False),
        ("Disallow: /*.php$", "/a/b.php", False),
        ("Disallow: /*.php$", "/a/b.php?c", True),
        ("Disallow: /fish*", "/fishheads", False),
        ("Disallow: /*/secret", "/any/secret", False),
        ("Disallow: /*/secret", "/secret", True),
        ("Disallow: /Fish", "/fish", True),
        ("Disallow: /a?b=", "/a?b=c", False),
        ("Disallow: /a%3Cd", "/a%3cd", False),
        ("Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", False),
        ("Disallow: /foo/bar/%E3%83%84", "/foo/bar/%E3%83%84", False),
        ("Disallow: //double", "//double/x", False),
        ("Sitemap: https://example.com/s.xml\nDisallow: /a", "/a", False),
        ("Dissallow: /a", "/a", False),
        ("Noindex: /a", "/a", True),
    ],
)
def test_rules_of_a_group(rules: str, path: str, allowed: bool) -> None:
    assert allows(f"User-agent: *\n{rules}", path) is allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: Headwater\nDisallow: /a\n\nUser-agent: *\nDisallow: /", False),
        ("User-agent: Headwater\nDisallow:\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: headwater\n\nUser-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\nUser-agent: HEADWATER\nAllow: /", True),
        ("User-agent: Headwater/2.0\nDisallow: /a", False),
        ("User-agent: Head\nDisallow: /", True),
        ("User-agent: Headwaters\nDisallow: /", True),
        ("User-agent: My-Headwater\nDisallow: /", True),
        ("User-agent: water\nDisallow: /", True),
        ("User-agent: other\nUser-agent: headwater\nDisallow: /a", False),
        (
            "User-agent: headwater\nDisallow: /b\n\nUser-agent: x\nDisallow: /\n\nUser-agent: headwater\nDisallow: /a",
            False,
        ),
        ("User-agent: headwater\nCrawl-delay: 1\nUser-agent: x\nDisallow: /", True),
        ("User-agent: headwater\nSitemap: /s\nDisallow: /a", False),
        ("Disallow: /\nUser-agent: x\nDisallow: /", True),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", False),
        ("User-agent: *\rDisallow: /a", False),
        ("User-agent: *\n\n\nDisallow: /a", False),
        ("<html><body>User-agent: nothing here</body></html>", True),
        ("User-agent: *\nDisallow: /" + "x" * 1_000 + "\nDisallow: /a", False),
    ],
)
def test_group_that_is_ours(text: str, allowed: bool) -> None:
    assert allows(text, "/a") is allowed


async def test_a_group_of_very_many_agents_is_read_in_one_pass() -> None:
    # Where each agent is compared with all before it, this takes minutes, and the child is killed.
    letters = {ord("0"): "o", ord("1"): "i"}
    agents = "".join(f"User-agent: {number:b}\n".translate(letters) for number in range(200_000))
    pool = ProcessPool(size=1, seconds=20.0)
    try:
        read = partial(select_group, token="Headwater")
        assert await pool.run(read, f"{agents}User-agent: Headwater\nDisallow: /a\n") == ["disallow: /a"]
    finally:
        await pool.close()


@pytest.mark.parametrize(("value", "seconds"), [("2", 2), ("0.5", 0.5), ("999999", 3600), ("-1", 0), ("soon", 0)])
def test_crawl_delay_is_read_within_reason(value: str, seconds: float) -> None:
    assert make_rules(select_group(f"User-agent: *\nCrawl-delay: {value}", token="x")).crawl_delay == seconds


def answer_robots(handler: Handler) -> Handler:
    """Mark `handler` as one that answers for robots.txt as well."""
    handler.answers_robots = True  # type: ignore[attr-defined]  # read by the test server
    return handler


async def fetch_kind(site: Site, path: str = "/page") -> str:
    """Fetch from `site` and give the kind of failure, or `ok`."""
    async with fetching(site) as fetcher:
        try:
            return "ok" if (await fetcher.fetch(site.url(path))).ok else "odd"
        except FetchFailed as error:
            return error.kind


async def test_forbidden_page_is_not_asked_for() -> None:
    async with serve(greet, robots="User-agent: *\nDisallow: /page") as site:
        assert await fetch_kind(site) == "robots"
        assert await fetch_kind(site, "/other") == "ok"
    assert site.paths == ["/other"]


async def test_robots_may_be_left_aside_for_what_a_person_asked() -> None:
    async with serve(greet, robots="User-agent: *\nDisallow: /") as site, fetching(site) as fetcher:
        assert (await fetcher.fetch(site.url(), robots=False)).ok
    assert [request.path for request in site.seen] == ["/"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, "ok"), (401, "ok"), (403, "ok"), (404, "ok"), (410, "ok"), (500, "server_error"), (502, "server_error")],
)
async def test_status_of_robots_decides(status: int, kind: str) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            return web.Response(status=status, text="User-agent: other\nDisallow: /")
        return await greet(request)

    async with serve(answer_robots(answer)) as site:
        assert await fetch_kind(site) == kind
    assert (site.paths == []) == (kind != "ok")


async def test_unreachable_robots_forbids() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            assert request.transport is not None
            request.transport.abort()
        return await greet(request)

    async with serve(answer_robots(answer)) as site:
        assert await fetch_kind(site) == "network"
    assert site.paths == []


@pytest.mark.parametrize(("hops", "kind"), [(5, "robots"), (6, "ok")])
async def test_five_redirects_of_robots_are_followed(hops: int, kind: str) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            raise web.HTTPFound("/r/1")
        if request.path.startswith("/r/"):
            number = int(request.path[3:])
            if number < hops:
                raise web.HTTPFound(f"/r/{number + 1}")
            return web.Response(text="User-agent: *\nDisallow: /page")
        return await greet(request)

    async with serve(answer_robots(answer)) as site:
        assert await fetch_kind(site) == kind


async def test_robots_that_leads_inside_forbids() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            raise web.HTTPFound("http://169.254.169.254/latest/")
        return await greet(request)

    async with serve(answer_robots(answer)) as site:
        assert await fetch_kind(site) == "robots"


async def test_half_a_megabyte_of_robots_is_read_and_no_more() -> None:
    filling = "Disallow: /filling\n" * (400 * 1024 // 19)
    near = f"User-agent: *\n{filling}Disallow: /page\n"
    far = f"User-agent: *\n{filling * 3}Disallow: /page\n"
    async with serve(greet, robots=near) as site:
        assert await fetch_kind(site) == "robots"
    async with serve(greet, robots=far) as site:
        assert await fetch_kind(site) == "ok"


async def test_robots_is_read_once_a_day() -> None:
    clock = MovableClock()
    async with serve(greet, robots="User-agent: *\nAllow: /") as site, fetching(site, clock=clock) as fetcher:
        for hours in (0, 23, 2):
            clock.advance(timedelta(hours=hours))
            await fetcher.fetch(site.url("/page"))
            await fetcher.fetch(site.url("/page"))
    assert [request.path for request in site.seen].count("/robots.txt") == 2


async def test_robots_is_shared_by_processes(open_state: OpenState) -> None:
    clock = MovableClock()
    shared = open_state()
    async with serve(greet, robots="User-agent: *\nDisallow: /no") as site:
        for _ in range(2):
            async with fetching(site, shared=shared, clock=clock) as fetcher:
                await fetcher.fetch(site.url("/page"))
                with pytest.raises(FetchFailed):
                    await fetcher.fetch(site.url("/no"))
        assert [request.path for request in site.seen].count("/robots.txt") == 1
        clock.advance(timedelta(hours=25))
        async with fetching(site, shared=shared, clock=clock) as fetcher:
            await fetcher.fetch(site.url("/page"))
        assert [request.path for request in site.seen].count("/robots.txt") == 2


async def test_each_port_has_its_own_robots() -> None:
    async with (
        serve(greet, robots="User-agent: *\nDisallow: /") as strict,
        serve(greet) as lax,
        fetching(strict, lax) as fetcher,
    ):
        assert (await fetcher.fetch(lax.url())).ok
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(strict.url())
    assert caught.value.kind == "robots"


async def test_redirect_obeys_the_robots_of_where_it_leads() -> None:
    async with serve(greet, robots="User-agent: *\nDisallow: /") as strict:

        async def leave(_: web.Request) -> web.StreamResponse:
            raise web.HTTPFound(strict.url("/page"))

        async with serve(leave) as site, fetching(site, strict) as fetcher:
            with pytest.raises(FetchFailed) as caught:
                await fetcher.fetch(site.url())
    assert caught.value.kind == "robots"
    assert strict.paths == []


async def test_crawl_delay_paces_the_host() -> None:
    clock = MovableClock()
    async with serve(greet, robots="User-agent: *\nCrawl-delay: 120") as site, fetching(site, clock=clock) as fetcher:
        await fetcher.fetch(site.url(), pace="refuse")
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url(), pace="refuse")
        assert caught.value.kind == "paced"
        assert 100 < (caught.value.retry_after or 0) <= 120
        clock.advance(timedelta(seconds=121))
        assert (await fetcher.fetch(site.url(), pace="refuse")).ok
