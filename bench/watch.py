"""Checks a CPU-second of unchanged pages, memory of the worker, and how soon alerts stand after pages change.

Prints one JSON line. The worker is the real one (`headwater work`) on an embedded Postgres and Valkey; the pages are
served by a process of their own with nginx's conditional GET. The baseline, measured in the same run, is a bare aiohttp
client that makes the same conditional requests and does nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import asyncpg

from headwater.cli.tree import prepare_database
from headwater.core.clock import monotonic
from headwater.core.settings import inherited_environment
from headwater.core.telemetry import configure_logging
from headwater.local.postgres import LocalPostgres
from headwater.local.valkey import LocalValkey

HOSTS = 10
ROUNDS = 5
DEADLINE_SECONDS = 120.0
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGES = """
import asyncio, json, sys
from headwater.demo.web import open_bench

async def main():
    async with open_bench(pages=int(sys.argv[1]), hosts=int(sys.argv[2])) as bench:
        print(json.dumps({"control": bench.control_url, "urls": bench.list_urls()}), flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@dataclass
class Pages:
    """The served pages."""

    control: str
    urls: list[str]

    async def change(self, session: aiohttp.ClientSession, count: int) -> None:
        """Change the first `count` pages at once."""
        async with session.post(f"{self.control}/_control/change_pages", json={"count": count}) as response:
            response.raise_for_status()


@asynccontextmanager
async def serve_pages(count: int) -> AsyncIterator[Pages]:
    """Serve pages in a process of their own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PAGES, str(count), str(HOSTS), stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, limit=16 * 1024 * 1024,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    told = json.loads(await process.stdout.readline())
    try:
        yield Pages(told["control"], told["urls"])
    finally:
        process.stdin.close()
        await process.wait()


@asynccontextmanager
async def run_worker(environment: dict[str, str], folder: Path) -> AsyncIterator[int]:
    """Run the real worker and return its process id once it takes jobs."""
    ready = folder / "ready"
    with (folder / "worker.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "headwater.cli", "work", "--ready-file", str(ready),
            env={**inherited_environment(), **environment}, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        async with asyncio.timeout(30):
            while not ready.exists():  # noqa: ASYNC110  # another process writes it
                await asyncio.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


def read_cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def read_memory_megabytes(pid: int) -> float:
    """Return the resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


async def add_sources(connection: asyncpg.Connection, urls: list[str]) -> None:
    """Make a user and let their workspace watch the pages; nothing is due yet."""
    await connection.execute("delete from auth.users")
    await connection.execute(
        "insert into auth.users (id, email, aud, role) values (gen_random_uuid(), 'b@example.com', 'authenticated',"
        " 'authenticated')"
    )
    await connection.execute(
        """
        insert into public.monitored_sources (workspace_id, url, normalised_url, host, name, next_check_at)
        select workspace.id, page.url, page.url, page.host, page.url, now() + interval '1 day'
        from unnest($1::text[], $2::text[]) as page (url, host)
        cross join public.workspaces as workspace
        """,
        urls,
        [urlsplit(url).netloc for url in urls],
    )


async def run_round(connection: asyncpg.Connection, count: int) -> float:
    """Make every source due and wait until each was checked; give the seconds that took."""
    began = await connection.fetchval("select clock_timestamp()")
    started = monotonic()
    await connection.execute("update public.monitored_sources set next_check_at = now() where next_check_at > now()")
    async with asyncio.timeout(DEADLINE_SECONDS):
        while await count_checks(connection, began) < count:  # noqa: ASYNC110  # another process checks
            await asyncio.sleep(0.05)
    return monotonic() - started


async def count_checks(connection: asyncpg.Connection, since: Any) -> int:
    """Count the sources that were checked."""
    query = "select count(*) from public.monitored_sources where last_checked_at > $1 and check_ticket is null"
    return int(await connection.fetchval(query, since))


async def measure_bare(urls: list[str]) -> float:
    """Return conditional requests a CPU-second of a bare aiohttp client."""
    connector = aiohttp.TCPConnector(limit=HOSTS * 2)
    async with aiohttp.ClientSession(connector=connector) as session:
        etags: dict[str, str] = {}
        for url in urls:
            async with session.get(url) as response:
                await response.read()
                etags[url] = response.headers["ETag"]
        turns = asyncio.Semaphore(16)

        async def get(url: str) -> None:
            async with turns, session.get(url, headers={"If-None-Match": etags[url]}) as response:
                await response.read()
                assert response.status == 304

        before = sum(os.times()[:2])
        for _ in range(ROUNDS):
            await asyncio.gather(*(get(url) for url in urls))
        return len(urls) * ROUNDS / (sum(os.times()[:2]) - before)


async def measure(
    connection: asyncpg.Connection, environment: dict[str, str], folder: Path, count: int
) -> dict[str, Any]:
    """Measure with that many sources."""
    async with serve_pages(count) as pages, aiohttp.ClientSession() as session:
        allowed = ",".join(sorted({urlsplit(url).netloc for url in pages.urls}))
        await add_sources(connection, pages.urls)
        (folder / "ready").unlink(missing_ok=True)
        async with run_worker({**environment, "FETCH_ALLOWED_HOSTS": allowed}, folder) as pid:
            await run_round(connection, count)
            before, seconds = read_cpu_seconds(pid), 0.0
            for _ in range(ROUNDS):
                seconds += await run_round(connection, count)
            used = read_cpu_seconds(pid) - before
            memory = read_memory_megabytes(pid)
            changed = min(count, 300)
            first, last = await measure_alerts(connection, pages, session, changed)
        bare = await measure_bare(pages.urls)
    checks = count * ROUNDS
    return {
        "checks_per_cpu_second": round(checks / used),
        "bare_requests_per_cpu_second": round(bare),
        "ratio_to_bare": round(checks / used / bare, 3),
        "checks_per_second": round(checks / seconds),
        "worker_megabytes": round(memory, 1),
        "changed_pages": changed,
        "first_alert_seconds": round(first, 2),
        "last_alert_seconds": round(last, 2),
    }


async def measure_alerts(
    connection: asyncpg.Connection, pages: Pages, session: aiohttp.ClientSession, count: int
) -> tuple[float, float]:
    """Change pages at once, make them due, and return the seconds to the first and the last alert that stands."""
    await pages.change(session, count)
    began = await connection.fetchval("select clock_timestamp()")
    await connection.execute(
        "update public.monitored_sources set next_check_at = now() where url = any ($1)", pages.urls[:count]
    )
    times: list[float] = []
    async with asyncio.timeout(DEADLINE_SECONDS):
        while len(times) < count:
            await asyncio.sleep(0.02)
            total = await connection.fetchval("select count(*) from public.change_alerts where created_at > $1", began)
            elapsed = (await connection.fetchval("select clock_timestamp()") - began).total_seconds()
            times += [elapsed] * (total - len(times))
    return times[0], times[-1]


async def main(counts: list[int]) -> None:
    """Measure each number of sources on the same servers."""
    configure_logging(level="error")
    async with AsyncExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="headwater-bench-")))
        postgres = await closing.enter_async_context(LocalPostgres(folder / "postgres", port=0))
        valkey = await closing.enter_async_context(LocalValkey(folder / "valkey", port=0))
        await prepare_database(postgres.dsn, with_foundation=True)
        connection = await asyncpg.connect(postgres.dsn)
        closing.push_async_callback(connection.close)
        environment = {
            "DATABASE_URL": postgres.dsn,
            "REDIS_URL": valkey.url,
            "HEADWATER_DATA": str(folder),
            "FETCH_HOST_INTERVAL_SECONDS": "0",
            "LOG_LEVEL": "warning",
        }
        found = {str(count): await measure(connection, environment, folder, count) for count in counts}
    print(json.dumps({"bench": "watch", "load_average": os.getloadavg()[0], "sources": found}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, nargs="+", default=[300, 2000])
    asyncio.run(main(parser.parse_args().sources))
