"""CPU of fetching unchanged pages (conditional GET answered 304) through `kit.fetch`, against bare aiohttp.

Prints one JSON line. The server runs in a process of its own, so that only the client's CPU is counted; `--valkey URL`
adds the shared turn and breaker (one round trip a fetch).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from time import perf_counter, process_time

import aiohttp
from aiohttp import web

from headwater.kit.controls import Valkey
from headwater.kit.fetch import AddressPolicy, Fetcher, Validators

ETAG = '"unchanged"'
USER_AGENT = "Headwater/0.1 (+https://example.com/bot)"


async def serve() -> None:
    """Serve pages that never change and a robots.txt that forbids none of them; print the port."""

    async def page(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == ETAG:
            return web.Response(status=304, headers={"ETag": ETAG})
        return web.Response(text="<p>unchanged</p>", content_type="text/html", headers={"ETag": ETAG})

    async def robots(_: web.Request) -> web.Response:
        return web.Response(text="User-agent: *\nDisallow: /private/\nAllow: /private/open\nDisallow: /*.zip$\n")

    application = web.Application()
    application.add_routes([web.get("/robots.txt", robots), web.get("/{page}", page)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


async def fetch_all(fetcher: Fetcher, urls: list[str], *, at_once: int) -> None:
    """Fetch every URL once, `at_once` at a time."""
    waiting = iter(urls)

    async def work() -> None:
        for url in waiting:
            response = await fetcher.fetch(url, validators=Validators(etag=ETAG))
            assert response.not_modified

    await asyncio.gather(*(work() for _ in range(at_once)))


async def fetch_bare(session: aiohttp.ClientSession, urls: list[str], *, at_once: int) -> None:
    """The same with aiohttp alone."""
    waiting = iter(urls)

    async def work() -> None:
        for url in waiting:
            async with session.get(url, headers={"If-None-Match": ETAG}) as response:
                await response.read()
                assert response.status == 304

    await asyncio.gather(*(work() for _ in range(at_once)))


async def measure(port: int, *, sources: int, rounds: int, at_once: int, valkey_url: str | None) -> dict[str, object]:
    """Measure both, round about, and return the best round of each (the machine is shared)."""
    urls = [f"http://127.0.0.1:{port}/page-{number}" for number in range(sources)]
    valkey = Valkey(valkey_url) if valkey_url else None
    fetcher = Fetcher(
        user_agent=USER_AGENT,
        policy=AddressPolicy.allowing([f"127.0.0.1:{port}"]),
        shared=valkey,
        host_interval_seconds=0.0,
        max_at_once_per_host=at_once,
    )
    ours, bare, wall = [], [], []
    async with aiohttp.ClientSession() as session:
        await fetch_all(fetcher, urls, at_once=at_once)
        await fetch_bare(session, urls, at_once=at_once)
        for _ in range(rounds):
            cpu, started = process_time(), perf_counter()
            await fetch_all(fetcher, urls, at_once=at_once)
            ours.append(process_time() - cpu)
            wall.append(perf_counter() - started)
            cpu = process_time()
            await fetch_bare(session, urls, at_once=at_once)
            bare.append(process_time() - cpu)
    await fetcher.close()
    if valkey is not None:
        await valkey.close()
    ours_us, bare_us = min(ours) / sources * 1e6, min(bare) / sources * 1e6
    return {
        "bench": "fetch",
        "sources": sources,
        "shared_state": valkey_url is not None,
        "cpu_us_per_fetch": round(ours_us, 1),
        "cpu_us_bare_aiohttp": round(bare_us, 1),
        "ratio": round(ours_us / bare_us, 2),
        "fetches_per_cpu_second": round(1e6 / ours_us),
        "fetches_per_second": round(sources / min(wall)),
    }


def main() -> None:
    """Run the server beside the measurement."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--serve", action="store_true", help="only serve the pages")
    arguments.add_argument("--sources", type=int, default=300)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--at-once", type=int, default=10)
    arguments.add_argument("--valkey", default=None, help="address of a Valkey")
    given = arguments.parse_args()
    if given.serve:
        asyncio.run(serve())
        return
    with subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        port = int(server.stdout.readline())
        result = asyncio.run(
            measure(port, sources=given.sources, rounds=given.rounds, at_once=given.at_once, valkey_url=given.valkey)
        )
        server.stdin.close()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
