"""First checks and alerts a second with many workspaces, what a source takes in the database, and the API meanwhile.

Prints one JSON line. One real worker (`headwater work`) and one gateway on an embedded Postgres and Valkey; the pages
(31 passages each) are served by a process of their own. Two installations are measured one after the other in the same
run: many workspaces, and as the baseline one workspace that watches as many pages. `share_of_one_workspace` says how
much of the baseline's speed is left when the same work belongs to many. `cpu_milliseconds_each` says how much CPU a
check takes in each program, which says more than the clock where others use the machine as well.

Sizes are what the tables, their indexes and their TOAST grew by since the empty installation. Everything talks to
loopback, and what was started is ended by its process id. By hand: `python -m bench.tenants`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from bench.parts.installation import Installation, ask_meanwhile, make_database, summarise_times
from bench.parts.serving import find_postmaster, read_cpu_seconds, run_gateway, run_worker, serve_pages

from headwater.core.clock import monotonic
from headwater.core.telemetry import configure_logging
from headwater.local.keys import load_or_make_keys
from headwater.local.postgres import LocalPostgres
from headwater.local.valkey import LocalValkey

DEADLINE_SECONDS = 900.0
LOOK_SECONDS = 0.1
_FIRST_CHECKS = "select count(*) from public.monitored_sources where current_content_id is not null"
_ALERTS = "select count(*) from public.change_alerts"
_UNSENT = "select count(*) from public.notification_deliveries where status in ('pending', 'sending', 'failed')"


@dataclass(frozen=True)
class Progress:
    """How many were done at the end, how long it took, and the longest time in which none was done."""

    seconds: float
    longest_pause: float


async def watch_progress(connection: asyncpg.Connection, query: str, count: int) -> Progress:
    """Wait until a query counts that many rows."""
    began = moved = monotonic()
    done, pause = 0, 0.0
    async with asyncio.timeout(DEADLINE_SECONDS):
        while done < count:
            await asyncio.sleep(LOOK_SECONDS)
            counted = await connection.fetchval(query)
            if counted > done:
                # Until the first one it is the start that takes time.
                pause = max(pause, monotonic() - moved) if done else pause
                done, moved = counted, monotonic()
    return Progress(monotonic() - began, pause)


async def measure_round(
    installation: Installation, query: str, count: int, *, programs: Mapping[str, int]
) -> dict[str, Any]:
    """Let every source come due, wait until `query` counts them all, and return the speed and what the API did."""
    connection = installation.connection
    async with ask_meanwhile(installation) as times:
        before = read_cpu_seconds(programs)
        await connection.execute("update public.monitored_sources set next_check_at = now()")
        progress = await watch_progress(connection, query, count)
        after = read_cpu_seconds(programs)
    return {
        "a_second": round(count / progress.seconds, 1),
        "seconds": round(progress.seconds, 2),
        "longest_pause_seconds": round(progress.longest_pause, 2),
        "cpu_milliseconds_each": {name: round((after[name] - before[name]) / count * 1000, 2) for name in after},
        "load_average": os.getloadavg()[0],
        "api_milliseconds": summarise_times(times),
    }


async def measure(
    installation: Installation,
    environment: dict[str, str],
    folder: Path,
    *,
    name: str,
    sources: int,
    workspaces: int,
    programs: Mapping[str, int],
) -> dict[str, Any]:
    """Measure an installation in which so many workspaces share so many sources."""
    empty = await installation.read_sizes()
    async with serve_pages(sources) as pages:
        allowed = ",".join(sorted({urlsplit(url).netloc for url in pages.urls}))
        await installation.add_people(pages.urls, workspaces)
        async with run_worker({**environment, "FETCH_ALLOWED_HOSTS": allowed}, folder, name) as worker:
            programs = {"worker": worker, **programs, "pages": pages.pid}
            first = await measure_round(installation, _FIRST_CHECKS, sources, programs=programs)
            after_first = await installation.read_sizes()
            await pages.change()
            alerts = await measure_round(installation, _ALERTS, sources, programs=programs)
            unsent = await installation.connection.fetchval(_UNSENT)
            after_change = await installation.read_sizes()
    deadlocks = await installation.connection.fetchval(
        "select deadlocks from pg_stat_database where datname = current_database()"
    )
    return {
        "workspaces": workspaces,
        "sources": sources,
        "first_checks": first,
        "alerts": alerts,
        "unsent_deliveries_at_the_last_alert": unsent,
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
                gateway, address = await ending.enter_async_context(run_gateway(environment, folder, name))
                connection = await asyncpg.connect(dsn)
                ending.push_async_callback(connection.close)
                found[name] = await measure(
                    Installation(connection, address, keys.jwt_secret),
                    environment,
                    folder,
                    name=name,
                    sources=workspaces * sources_each,
                    workspaces=count,
                    programs={"postgres": await find_postmaster(connection), "gateway": gateway},
                )
    shares = {
        kind: round(found["many"][kind]["a_second"] / found["one"][kind]["a_second"], 2)
        for kind in ("first_checks", "alerts")
        if with_baseline
    }
    line = {"bench": "tenants", "load_average": os.getloadavg()[0], "share_of_one_workspace": shares}
    print(json.dumps({**line, **found}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", type=int, default=300)
    parser.add_argument("--sources", type=int, default=20, help="sources of each workspace")
    parser.add_argument("--without-baseline", action="store_true", help="leave out the run with one workspace")
    given = parser.parse_args()
    asyncio.run(main(given.workspaces, given.sources, with_baseline=not given.without_baseline))
