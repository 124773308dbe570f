"""No-op jobs a second through kit/jobs against the bare engine, and the pick-up of a job whose worker was killed.

Prints one JSON line. Both engines run on the same embedded Postgres, in turns, with the same concurrency; the bare one
is tuned as its documentation advises (a pool of 20 connections in autocommit, successes deleted).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import procrastinate
import psycopg
from procrastinate.types import JSONDict
from pydantic import BaseModel

from headwater.core.clock import monotonic
from headwater.core.database.database import Database
from headwater.core.database.migrations import apply_migrations
from headwater.core.resources import Resources
from headwater.core.telemetry import configure_logging
from headwater.kit.jobs import JobContext, Worker, enqueue, enqueue_many, job, running_worker
from headwater.local.postgres import LocalPostgres, install_foundation

CONCURRENCY = 20
WORKSPACE = UUID("00000000-0000-7000-8000-000000000001")
KILL_DEADLINE = 30.0


class Nothing(BaseModel):
    """A payload with one field, so that there is something to decode."""

    number: int = 0


class Countdown:
    """Says when as many jobs ran as were enqueued."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.done = asyncio.Event()

    def count(self) -> None:
        """Note that a job ran."""
        self.left -= 1
        if self.left == 0:
            self.done.set()


@job("bench.nothing", queue="fetch")
async def do_nothing(context: JobContext, payload: Nothing) -> None:
    """Count down."""
    context.resources.get(Countdown).count()


@job("bench.hold", queue="fetch")
async def hold(context: JobContext, payload: Nothing) -> None:
    """Say who runs it, then hold the job for ever."""
    async with context.raw_transaction() as connection:
        await connection.execute("insert into public.runs (pid) values ($1)", os.getpid())
    await asyncio.Event().wait()


async def run_kit(dsn: str, number: int) -> float:
    """Return no-op jobs a second through kit/jobs."""
    database = Database(dsn)
    countdown = Countdown(number)
    resources = Resources()
    resources.provide(Countdown, countdown)
    connection = await asyncpg.connect(dsn)
    payloads = [Nothing(number=index) for index in range(number)]
    await enqueue_many(connection, do_nothing, payloads, workspace_id=WORKSPACE)
    await connection.execute("vacuum analyze procrastinate.procrastinate_jobs")
    started = monotonic()
    async with running_worker(
        Worker(database, resources, jobs=[do_nothing], queues=["fetch"], concurrency=CONCURRENCY)
    ):
        await countdown.done.wait()
        seconds = monotonic() - started
    await connection.close()
    await database.close()
    return number / seconds


async def configure_bare(connection: psycopg.AsyncConnection[object]) -> None:
    """Tune a connection as the engine's documentation advises."""
    await connection.set_autocommit(True)


async def run_bare(dsn: str, number: int) -> float:
    """Return no-op jobs a second through Procrastinate alone."""
    connector = procrastinate.PsycopgConnector(conninfo=dsn, min_size=4, max_size=20, configure=configure_bare)
    app = procrastinate.App(connector=connector)
    countdown = Countdown(number)

    @app.task(name="bench.nothing", queue="fetch")
    async def do_nothing_bare(number: int) -> None:
        countdown.count()

    async with app.open_async():
        await do_nothing_bare.batch_defer_async(*[cast(JSONDict, {"number": index}) for index in range(number)])
        async with connector.pool.connection() as connection:
            await connection.execute("vacuum analyze procrastinate_jobs")
        started = monotonic()
        working = asyncio.create_task(
            app.run_worker_async(
                queues=["fetch"], concurrency=CONCURRENCY, delete_jobs="successful", install_signal_handlers=False
            )
        )
        await countdown.done.wait()
        seconds = monotonic() - started
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    return number / seconds


async def measure_pick_up(dsn: str) -> float:
    """Return the seconds from `kill -9` of a worker to the start of its job in another."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("create table public.runs (pid integer, at timestamptz default clock_timestamp())")
    await connection.execute("grant insert on public.runs to workspace_job")
    await enqueue(connection, hold, Nothing(), workspace_id=WORKSPACE)
    workers = [await start_worker(dsn) for _ in range(2)]
    try:
        victim = await wait_for_run(connection, excluding=0)
        os.kill(victim, signal.SIGKILL)
        started = monotonic()
        await wait_for_run(connection, excluding=victim)
        return monotonic() - started
    finally:
        for worker in workers:
            if worker.returncode is None:
                worker.kill()
            await worker.wait()
        await connection.close()


async def start_worker(dsn: str) -> asyncio.subprocess.Process:
    """Start a worker as a process of its own."""
    return await asyncio.create_subprocess_exec(sys.executable, __file__, "--worker", dsn)


async def wait_for_run(connection: asyncpg.Connection, *, excluding: int) -> int:
    """Wait until a process other than `excluding` runs the job; give its id."""
    async with asyncio.timeout(KILL_DEADLINE):
        while True:
            pid = await connection.fetchval("select pid from public.runs where pid <> $1", excluding)
            if pid is not None:
                return int(pid)
            await asyncio.sleep(0.01)


async def work(dsn: str) -> None:
    """Be a worker process."""
    await Worker(Database(dsn), Resources(), jobs=[hold], queues=["fetch"]).run()


async def alternate(
    rounds: int, number: int, contestants: dict[str, Callable[[int], Awaitable[float]]]
) -> dict[str, float]:
    """Let the contestants run in turns, so that a busy moment of the machine hits both; give each one's median."""
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            rates[name].append(await contestant(number))
    return {name: statistics.median(values) for name, values in rates.items()}


async def main(number: int, rounds: int) -> None:
    """Run all and print the line."""
    with tempfile.TemporaryDirectory(prefix="headwater-bench-") as folder:
        postgres = LocalPostgres(Path(folder) / "postgres", port=0)
        server = await postgres.start()
        try:
            kit_dsn, bare_dsn = await prepare(server, "kit"), await prepare(server, "bare")
            await install_foundation(kit_dsn)
            await apply_migrations(kit_dsn)
            connection = await asyncpg.connect(bare_dsn)
            await connection.execute((files(procrastinate) / "sql" / "schema.sql").read_text("utf-8"))
            await connection.close()
            rates = await alternate(
                rounds, number, {"bare": lambda n: run_bare(bare_dsn, n), "kit": lambda n: run_kit(kit_dsn, n)}
            )
            pick_up = await measure_pick_up(kit_dsn)
        finally:
            await postgres.stop()
    result = {
        "bench": "jobs",
        "kit_jobs_per_second": round(rates["kit"]),
        "bare_jobs_per_second": round(rates["bare"]),
        "ratio": round(rates["kit"] / rates["bare"], 3),
        "pick_up_seconds": round(pick_up, 2),
        "jobs": number,
        "rounds": rounds,
    }
    print(json.dumps(result))


async def prepare(server: str, name: str) -> str:
    """Make a database; give its DSN."""
    connection = await asyncpg.connect(server)
    await connection.execute(f"create database {name}")
    await connection.close()
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--worker", metavar="DSN", help="be a worker process (the benchmark starts them itself)")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    configure_logging(level="error")
    asyncio.run(work(arguments.worker) if arguments.worker else main(arguments.jobs, arguments.rounds))
