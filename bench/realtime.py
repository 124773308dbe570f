"""Realtime under load: changes to 500 subscribers under row-level security, broadcasts to 1,000 clients, memory.

Prints one JSON line. `own`: every subscriber is another user and each row is its owner's alone, so that each change
is 500 questions to the policy and one message. `shared`: everybody may see every row, so each is 500 messages too.
Latency of a change is from its commit (as Postgres stamped it) to the client, of a broadcast from the sender's write.
Server and writer run in processes of their own over an embedded Postgres; the clients are this process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import uvloop
from bench.parts.realtime_clients import open_clients
from bench.parts.realtime_server import read_memory, run_server

from headwater.core.telemetry import configure_logging
from headwater.local.postgres import LocalPostgres, install_foundation
from headwater.local.realtime import (
    install_realtime_schema,
)

TABLES = """
create table public.own (id bigint generated always as identity primary key, owner uuid not null, body text);
create table public.shared (id bigint generated always as identity primary key, owner uuid not null, body text);
alter table public.own enable row level security;
alter table public.shared enable row level security;
create policy owners on public.own for select to authenticated using (owner = (select auth.uid()));
create policy everybody on public.shared for select to authenticated using ((select auth.uid()) is not null);
grant select on public.own, public.shared to authenticated;
alter publication supabase_realtime add table public.own, public.shared;
"""
BODY = "x" * 100
STAMP = re.compile(rb'"commit_timestamp":"([^"]+)"')
SENT = re.compile(rb'"sent":([0-9.]+)')


async def bench_changes(
    dsn: str, port: int, table: str, *, subscribers: int, rate: float, seconds: float
) -> dict[str, Any]:
    """Insert at a rate; give what arrived and when."""
    waits: list[float] = []

    def look(frame: bytes) -> None:
        found = STAMP.search(frame)
        if found is not None:
            waits.append(time.time() - datetime.fromisoformat(found[1].decode()).timestamp())

    wish = {"event": "INSERT", "schema": "public", "table": table}
    clients = await open_clients(
        port,
        subscribers,
        {"postgres_changes": [wish]},
        look,
        mark=b'"commit_timestamp"',
        heard=1 if table == "own" else 25,
    )
    asked = json.dumps({"dsn": dsn, "table": table, "owners": subscribers, "rate": rate, "seconds": seconds})
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.realtime", "--write", asked, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await writer.communicate()
    written, wrote, start = json.loads(output)
    expected = written * (1 if table == "own" else subscribers)
    with suppress(TimeoutError):
        async with asyncio.timeout(20):
            while sum(client.frames for client in clients) < expected:  # noqa: ASYNC110 - counts, no event
                await asyncio.sleep(0.01)
    took = time.monotonic() - start
    delivered = sum(client.frames for client in clients)
    for client in clients:
        client.close()
    return {
        "written_per_second": round(written / wrote, 1),
        "delivered_per_second": round(delivered / took, 1),
        "missing": expected - delivered,
        **summarise(waits),
    }


async def write_changes(*, dsn: str, table: str, owners: int, rate: float, seconds: float) -> None:
    """Be the writer: insert at a rate; print how many rows, how long it took, and when it began."""
    connection = await asyncpg.connect(dsn)
    statement = await connection.prepare(f"insert into public.{table} (owner, body) values ($1, $2)")  # noqa: S608
    start, written = time.monotonic(), 0
    while (passed := time.monotonic() - start) < seconds:
        if written < passed * rate:
            await statement.fetch(UUID(int=written % owners), BODY)
            written += 1
        else:
            await asyncio.sleep(0.001)
    print(json.dumps([written, time.monotonic() - start, start]))
    await connection.close()


async def bench_broadcast(port: int, *, listeners: int, rate: float, seconds: float) -> dict[str, Any]:
    """One of many sends at a rate; give what arrived at the others and when."""
    waits: list[float] = []

    def look(frame: bytes) -> None:
        found = SENT.search(frame)
        if found is not None:
            waits.append(time.monotonic() - float(found[1]))

    clients = await open_clients(port, listeners + 1, {}, look, mark=b'"sent"', heard=10)
    sender = clients[-1]
    start, sent = time.monotonic(), 0
    while (passed := time.monotonic() - start) < seconds:
        if sent < passed * rate:
            payload = {"sent": round(time.monotonic(), 6), "body": BODY}
            sender.send("realtime:bench", "broadcast", {"type": "broadcast", "event": "tick", "payload": payload})
            sent += 1
        await asyncio.sleep(0.001)
    expected = sent * listeners
    with suppress(TimeoutError):
        async with asyncio.timeout(20):
            while sum(client.frames for client in clients) < expected:  # noqa: ASYNC110 - counts, no event
                await asyncio.sleep(0.01)
    took = time.monotonic() - start
    delivered = sum(client.frames for client in clients)
    for client in clients:
        client.close()
    return {
        "delivered_per_second": round(delivered / took, 1),
        "missing": expected - delivered,
        **summarise(waits),
    }


async def bench_memory(port: int, process: int, *, subscribers: int) -> float:
    """Return the kilobytes of the server's memory that a subscriber costs."""
    before = read_memory(process)
    wish = {"event": "INSERT", "schema": "public", "table": "own"}
    clients = await open_clients(port, subscribers, {"postgres_changes": [wish]}, lambda _: None, mark=b"", heard=1)
    after = read_memory(process)
    for client in clients:
        client.close()
    return round((after - before) / subscribers, 1)


def summarise(waits: list[float]) -> dict[str, float]:
    """Return quantiles in milliseconds."""
    if len(waits) < 2:
        return {}
    cuts = statistics.quantiles(waits, n=100)
    return {
        "p50_ms": round(cuts[49] * 1000, 2),
        "p95_ms": round(cuts[94] * 1000, 2),
        "p99_ms": round(cuts[98] * 1000, 2),
    }


async def main(options: argparse.Namespace) -> None:
    """Run everything; print the line."""
    configure_logging(level="error")
    result: dict[str, Any] = {"cores": os.cpu_count(), "load": [round(os.getloadavg()[0], 2)]}
    with tempfile.TemporaryDirectory(prefix="headwater-bench-") as folder:
        postgres = LocalPostgres(Path(folder) / "postgres", port=0)
        dsn = await postgres.start()
        try:
            await install_foundation(dsn)
            await install_realtime_schema(dsn)
            connection = await asyncpg.connect(dsn)
            await connection.execute(TABLES)
            await connection.close()
            async with run_server(dsn) as (port, process):
                result["kilobytes_a_subscriber"] = await bench_memory(port, process, subscribers=500)
            async with run_server(dsn) as (port, _):
                for table in ("own", "shared"):
                    result[table] = await bench_changes(
                        dsn, port, table, subscribers=500, rate=options.rate, seconds=options.seconds
                    )
                result["broadcast"] = await bench_broadcast(
                    port, listeners=1000, rate=options.broadcasts, seconds=options.seconds
                )
        finally:
            await postgres.stop()
    result["load"].append(round(os.getloadavg()[0], 2))
    print(json.dumps(result))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each part writes")
    parser.add_argument("--rate", type=float, default=320.0, help="changes a second")
    parser.add_argument("--broadcasts", type=float, default=11.0, help="broadcasts a second to 1,000 clients")
    parser.add_argument("--write", type=json.loads, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        uvloop.run(write_changes(**given.write))
    else:
        uvloop.run(main(given))
