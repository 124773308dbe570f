"""A worker as a process of its own, which tests kill, freeze and block.

Run as `python -m tests.kit.jobs.process DSN`. The jobs write into the table `public.diary` that the test made.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta

import psycopg

from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.core.telemetry import configure_logging
from headwater.kit.jobs import JobContext, Retry, Schedule, Worker, job
from tests.fixtures.waiting import wait_until
from tests.kit.jobs.kinds import Note

DIARY = """
create table public.diary (id bigserial primary key, line text not null, pid integer not null);
grant insert on public.diary to workspace_job, service_role;
grant usage on sequence public.diary_id_seq to workspace_job, service_role;
create table public.gate (name text);
"""
_WRITE = "insert into public.diary (line, pid) values ($1, $2)"


@job("process.gated", queue="fetch")
async def gated(context: JobContext, payload: Note) -> None:
    """Wait until the test opens the gate, then finish in a transaction of the job."""
    await _write(context, "begin")
    await wait_until(lambda: context.engine_pool.fetchval("select exists (select from public.gate)"), seconds=60)
    await _write(context, "end")


@job("process.block", queue="fetch")
async def block(context: JobContext, payload: Note) -> None:
    """Block the event loop until the test opens the gate."""
    await _write(context, "begin")
    with psycopg.connect(context.database.dsn, autocommit=True) as connection:
        while connection.execute("select not exists (select from public.gate)").fetchone() == (True,):
            connection.execute("select pg_sleep(0.05)")
    await _write(context, "end")


@job("process.poison", queue="fetch", retry=Retry(attempts=2))
async def poison(context: JobContext, payload: Note) -> None:
    """Take the whole worker down."""
    await _write(context, "begin")
    os.kill(os.getpid(), signal.SIGKILL)


@job("process.step", queue="fetch", retry=Retry(attempts=20, base=timedelta(milliseconds=100)))
async def step(context: JobContext, payload: Note) -> None:
    """Write one line, once however often it is tried."""
    async with context.transaction() as connection:
        await connection.exec_driver_sql(
            "insert into public.diary (line, pid) values ($1, $2) on conflict do nothing", (payload.text, os.getpid())
        )


async def tick(resources: Resources) -> None:
    """Write a line at each tick."""
    pool = resources.get(Database)
    async with pool.engine.begin() as connection:
        await connection.exec_driver_sql(_WRITE, ("tick", os.getpid()))


async def _write(context: JobContext, line: str) -> None:
    async with context.transaction() as connection:
        await connection.exec_driver_sql(_WRITE, (line, os.getpid()))


JOBS = [gated, block, poison, step]


async def main(dsn: str) -> None:
    """Work until stopped."""
    database = Database(dsn)
    resources = Resources()
    resources.provide(Database, database)
    schedules = [Schedule("process.tick", tick, every=timedelta(seconds=0.2))]
    await Worker(database, resources, jobs=JOBS, schedules=schedules, concurrency=4).run()
    await database.close()


if __name__ == "__main__":
    configure_logging(level="warning")
    asyncio.run(main(sys.argv[1]))
