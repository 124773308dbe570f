"""First checks and alerts a second with many workspaces, what a source takes in the database, and the API meanwhile.

Prints one JSON line. One real worker (`headwater work`) and one gateway on an embedded Postgres and Valkey; the pages
(31 passages each) are served by a process of their own. Two installations are measured one after the other in the same
run: many workspaces, and as the baseline one workspace that watches as many pages. `share_of_one_workspace` says how
much of the baseline's speed is left when the same work belongs to many.

Sizes are what the tables, their indexes and their TOAST grew by since the empty installation. Everything talks to
loopback, and what was started is ended by its process id.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import aiohttp
import asyncpg
import jwt

from headwater.cli.tree import prepare_database
from headwater.core.clock import monotonic, now
from headwater.core.settings import inherited_environment
from headwater.core.telemetry import configure_logging
from headwater.local.keys import load_or_make_keys
from headwater.local.postgres import LocalPostgres
from headwater.local.valkey import LocalValkey
from headwater.process.ports import find_free_port

_TICKS = os.sysconf("SC_CLK_TCK")
HOSTS = 10
NOTES = 27
DEADLINE_SECONDS = 900.0
ASKED_EVERY_SECONDS = 0.1
PATHS = {
    "sources": "/api/v1/monitored-sources?limit=50",
    "alerts": "/api/v1/alerts?limit=50",
    "overview": "/api/v1/overview",
}
_PAGES = """
import asyncio, json, sys
from headwater.demo.web import open_bench

async def main():
    async with open_bench(pages=int(sys.argv[1]), hosts=int(sys.argv[2]), notes=int(sys.argv[3])) as bench:
        print(json.dumps({"control": bench.control_url, "urls": bench.list_urls()}), flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""
_SIGN_UP = """
insert into auth.users (id, email, aud, role, email_confirmed_at)
select id, id || '@example.com', 'authenticated', 'authenticated', now()
from unnest($1::uuid[]) as id
"""
_WATCH = """
insert into public.monitored_sources (workspace_id, url, normalised_url, host, name, next_check_at)
select owner.id, page.url, page.url, page.host, page.url, now() + interval '1 day'
from unnest($1::uuid[], $2::text[], $3::text[]) as page (user_id, url, host)
join public.workspaces as owner on owner.created_by = page.user_id
"""
_SIZES = """
select relation.relname, pg_total_relation_size(relation.oid) as bytes
from pg_class as relation
join pg_namespace as namespace on namespace.oid = relation.relnamespace
where relation.relkind = 'r'
    and namespace.nspname in ('public', 'headwater', 'procrastinate', 'auth')
"""


@dataclass
class Pages:
    """The served pages."""

    control: str
    urls: list[str]

    async def change(self) -> None:
        """Change every page at once."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.control}/_control/change_pages", json={}) as response,
        ):
            response.raise_for_status()


@dataclass
class Installation:
    """A database with its gateway, and the people who watch pages in it."""

    connection: asyncpg.Connection
    gateway: str
    secret: str = field(repr=False)
    people: list[UUID] = field(default_factory=list)

    def sign_token(self, user_id: UUID) -> str:
        """Sign an access token of a person."""
        issued = int(now().timestamp())
        claims = {"sub": str(user_id), "email": f"{user_id}@example.com", "aud": "authenticated"}
        return jwt.encode(
            {**claims, "role": "authenticated", "iat": issued, "exp": issued + 7200}, self.secret, algorithm="HS256"
        )

    async def read_sizes(self) -> dict[str, int]:
        """Return the bytes of each table with its indexes and its TOAST."""
        return {row["relname"]: row["bytes"] for row in await self.connection.fetch(_SIZES)}


@asynccontextmanager
async def run_process(
    arguments: Sequence[str], environment: dict[str, str], log: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a Python process and end it at the end."""
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, env={**inherited_environment(), **environment}, stdout=file, stderr=file
        )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def serve_pages(count: int) -> AsyncIterator[Pages]:
    """Serve pages in a process of their own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PAGES, str(count), str(HOSTS), str(NOTES), stdin=asyncio.subprocess.PIPE,
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
async def run_worker(environment: dict[str, str], folder: Path, name: str) -> AsyncIterator[int]:
    """Run one worker and return its process id once it takes jobs."""
    ready = folder / f"{name}.ready"
    arguments = ["-m", "headwater.cli", "work", "--ready-file", str(ready)]
    async with run_process(arguments, environment, folder / f"{name}-worker.log") as process:
        async with asyncio.timeout(60):
            while not ready.exists():  # noqa: ASYNC110  # another process writes it
                await asyncio.sleep(0.05)
        yield process.pid


@asynccontextmanager
async def run_gateway(environment: dict[str, str], folder: Path, name: str) -> AsyncIterator[str]:
    """Run a gateway and return its address once it listens."""
    port = find_free_port(18_300)
    arguments = ["-m", "headwater.cli", "serve", "gateway"]
    async with run_process(arguments, {**environment, "PORT": str(port)}, folder / f"{name}-gateway.log"):
        async with asyncio.timeout(60):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    break
                except OSError:
                    await asyncio.sleep(0.05)
        writer.close()
        yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def ask_meanwhile(installation: Installation) -> AsyncIterator[dict[str, list[float]]]:
    """Ask the API steadily, each time as somebody else, and collect the seconds that answers took.

    Requests that a busy API puts off (503) are counted under `busy`, with how long they waited for that.
    """
    times: dict[str, list[float]] = defaultdict(list)
    async with aiohttp.ClientSession(installation.gateway) as session:

        async def ask(name: str) -> None:
            headers = {"Authorization": f"Bearer {installation.sign_token(random.choice(installation.people))}"}
            started = monotonic()
            async with session.get(PATHS[name], headers=headers) as response:
                body = await response.read()
                assert response.status in (200, 503), body
            times[name if response.status == 200 else "busy"].append(monotonic() - started)

        async def ask_on() -> None:
            number = 0
            async with asyncio.TaskGroup() as asked:
                while True:
                    asked.create_task(ask(list(PATHS)[number % len(PATHS)]))
                    number += 1
                    await asyncio.sleep(ASKED_EVERY_SECONDS)

        for name in PATHS:
            await ask(name)
        times.clear()
        asking = asyncio.create_task(ask_on())
        try:
            yield times
        finally:
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking


def summarise_times(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return the milliseconds of the median and the 95th percentile of each path."""
    return {
        name: {
            "p50": round(statistics.median(taken) * 1000, 1),
            "p95": round(statistics.quantiles(taken, n=20)[18] * 1000, 1),
            "asked": len(taken),
        }
        for name, taken in times.items()
        if len(taken) > 1
    }


async def add_people(installation: Installation, urls: list[str], workspaces: int) -> None:
    """Sign people up, whose workspaces share the pages evenly; nothing is due yet."""
    installation.people = [uuid4() for _ in range(workspaces)]
    await installation.connection.execute(_SIGN_UP, installation.people)
    owners = [installation.people[number % workspaces] for number in range(len(urls))]
    await installation.connection.execute(_WATCH, owners, urls, [urlsplit(url).netloc for url in urls])


async def wait_for(connection: asyncpg.Connection, query: str, count: int) -> None:
    """Wait until a query counts that many rows."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while await connection.fetchval(query) < count:  # noqa: ASYNC110  # another process works
            await asyncio.sleep(0.1)


def read_cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def measure_round(installation: Installation, query: str, count: int, *, worker: int) -> dict[str, Any]:
    """Let every source come due, wait until `query` counts them all, and return the speed and what the API did."""
    connection = installation.connection
    async with ask_meanwhile(installation) as times:
        started, used = monotonic(), read_cpu_seconds(worker)
        await connection.execute("update public.monitored_sources set next_check_at = now()")
        await wait_for(connection, query, count)
        seconds, used = monotonic() - started, read_cpu_seconds(worker) - used
    return {
        "a_second": round(count / seconds, 1),
        "seconds": round(seconds, 2),
        "worker_cpu_milliseconds_each": round(used / count * 1000, 2),
        "api_milliseconds": summarise_times(times),
    }


async def measure(
    installation: Installation, environment: dict[str, str], folder: Path, *, name: str, sources: int, workspaces: int
) -> dict[str, Any]:
    """Measure an installation in which so many workspaces share so many sources."""
    empty = await installation.read_sizes()
    async with serve_pages(sources) as pages:
        allowed = ",".join(sorted({urlsplit(url).netloc for url in pages.urls}))
        await add_people(installation, pages.urls, workspaces)
        async with run_worker({**environment, "FETCH_ALLOWED_HOSTS": allowed}, folder, name) as worker:
            first = await measure_round(
                installation,
                "select count(*) from public.monitored_sources where current_content_id is not null",
                sources,
                worker=worker,
            )
            after_first = await installation.read_sizes()
            await pages.change()
            query = "select count(*) from public.change_alerts"
            alerts = await measure_round(installation, query, sources, worker=worker)
            after_change = await installation.read_sizes()
    deadlocks = await installation.connection.fetchval(
        "select deadlocks from pg_stat_database where datname = current_database()"
    )
    return {
        "workspaces": workspaces,
        "sources": sources,
        "first_checks": first,
        "alerts": alerts,
        "kilobytes_a_source": weigh(empty, after_first, sources),
        "kilobytes_a_source_changed_once": weigh(empty, after_change, sources),
        "deadlocks": deadlocks,
    }


def weigh(before: dict[str, int], after: dict[str, int], sources: int) -> dict[str, float]:
    """Return by how many kilobytes a source the tables grew, in all and the largest of them."""
    grown = {name: (size - before.get(name, 0)) / sources / 1000 for name, size in after.items()}
    largest = sorted(grown.items(), key=lambda item: -item[1])[:6]
    return {"all": round(sum(grown.values()), 2)} | {name: round(size, 2) for name, size in largest}


async def main(workspaces: int, sources_each: int, *, with_baseline: bool) -> None:
    """Measure many workspaces, then one with as many pages, on the same servers."""
    configure_logging(level="error")
    cases = {"many": workspaces} | ({"one": 1} if with_baseline else {})
    found: dict[str, dict[str, Any]] = {}
    async with AsyncExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="headwater-bench-")))
        postgres = await closing.enter_async_context(LocalPostgres(folder / "postgres", port=0))
        valkey = await closing.enter_async_context(LocalValkey(folder / "valkey", port=0))
        keys = load_or_make_keys(folder)
        for name, count in cases.items():
            dsn = await make_database(postgres.dsn, name)
            environment = {
                "DATABASE_URL": dsn,
                "REDIS_URL": valkey.url,
                "HEADWATER_DATA": str(folder),
                "FETCH_HOST_INTERVAL_SECONDS": "0",
                "LOG_LEVEL": "warning",
            }
            async with AsyncExitStack() as ending:
                gateway = await ending.enter_async_context(run_gateway(environment, folder, name))
                connection = await asyncpg.connect(dsn)
                ending.push_async_callback(connection.close)
                found[name] = await measure(
                    Installation(connection, gateway, keys.jwt_secret),
                    environment,
                    folder,
                    name=name,
                    sources=workspaces * sources_each,
                    workspaces=count,
                )
    shares = {
        kind: round(found["many"][kind]["a_second"] / found["one"][kind]["a_second"], 2)
        for kind in ("first_checks", "alerts")
        if with_baseline
    }
    line = {"bench": "tenants", "load_average": os.getloadavg()[0], "share_of_one_workspace": shares}
    print(json.dumps({**line, **found}))


async def make_database(server: str, name: str) -> str:
    """Make a migrated database and return its DSN."""
    connection = await asyncpg.connect(server)
    await connection.execute(f"create database {name}")
    await connection.close()
    dsn = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    await prepare_database(dsn, with_foundation=True)
    return dsn


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", type=int, default=300)
    parser.add_argument("--sources", type=int, default=20, help="sources of each workspace")
    parser.add_argument("--without-baseline", action="store_true", help="leave out the run with one workspace")
    given = parser.parse_args()
    asyncio.run(main(given.workspaces, given.sources, with_baseline=not given.without_baseline))
