"""The metrics of jobs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from headwater.core.database.database import Database, Identity
from headwater.core.telemetry import counter, gauge, histogram

RUNS = counter("job_runs", "Runs of jobs by how they ended.", ("kind", "outcome"))
RUN_SECONDS = histogram(
    "job_run_seconds",
    "How long runs took, in seconds.",
    ("kind",),
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900),
)
RESCUES = counter("job_rescues", "Jobs taken from workers that fell silent or ran past their time.", ("kind", "reason"))
SCHEDULE_RUNS = counter("schedule_runs", "Runs of schedules by how they ended.", ("name", "outcome"))
DEPTH = gauge("job_queue_depth", "Jobs in each queue by state.", ("queue", "state"))
OLDEST_DUE = gauge(
    "job_oldest_due_seconds", "Age of the oldest job that is due, in seconds: alert on this one.", ("queue",)
)
SCHEDULE_AGES = gauge(
    "schedule_age_seconds", "Time since each schedule last ran, in seconds: alert on this one.", ("name",)
)
CLOCK_LEAPS = counter("database_clock_leaps", "Leaps of Postgres' clock that the leading worker saw.", ("direction",))
LEADER = gauge("job_worker_leads", "Whether this worker sweeps and runs the schedules.")


async def measure_queues(database: Database, *, offset: timedelta = timedelta()) -> None:
    """Read the queues' depths and ages into the gauges. The leader does it by itself; other doors before a scrape."""
    async with database.raw(Identity.service()) as connection:
        show_queues(await connection.fetch("select * from headwater.count_jobs($1::interval)", offset))


def show_queues(rows: Iterable[Any]) -> None:
    """Set the gauges of the queues from rows of `headwater.count_jobs`; a queue that emptied shows zero."""
    DEPTH.clear()
    OLDEST_DUE.clear()
    for row in rows:
        for state in ("waiting", "running", "dead"):
            DEPTH.labels(row["queue"], state).set(row[state])
        OLDEST_DUE.labels(row["queue"]).set(row["oldest_due_seconds"])
