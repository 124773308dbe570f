"""Durable jobs: declared with `@job`, enqueued in the caller's transaction, run by workers at least once.

The engine is Procrastinate on the same Postgres (docs/decisions/0002-jobs-on-procrastinate.md); nothing outside this
room knows it.
"""

from headwater.kit.jobs.context import JobContext
from headwater.kit.jobs.definition import JobDefinition, Retry, job
from headwater.kit.jobs.enqueueing import enqueue, enqueue_many, enqueue_tracked
from headwater.kit.jobs.following import cancel_job, count_jobs, list_jobs, read_job, replay_job, replay_jobs
from headwater.kit.jobs.metrics import measure_queues
from headwater.kit.jobs.outcomes import JobTakenOver, PermanentFailure, RetryLater
from headwater.kit.jobs.run import Outcome, Run
from headwater.kit.jobs.workers.outage import DatabaseGone
from headwater.kit.jobs.workers.schedules import Schedule
from headwater.kit.jobs.workers.timings import WorkerTimings
from headwater.kit.jobs.workers.worker import Worker, run_until_idle, running_worker

__all__ = [
    "DatabaseGone",
    "JobContext",
    "JobDefinition",
    "JobTakenOver",
    "Outcome",
    "PermanentFailure",
    "Retry",
    "RetryLater",
    "Run",
    "Schedule",
    "Worker",
    "WorkerTimings",
    "cancel_job",
    "count_jobs",
    "enqueue",
    "enqueue_many",
    "enqueue_tracked",
    "job",
    "list_jobs",
    "measure_queues",
    "read_job",
    "replay_job",
    "replay_jobs",
    "run_until_idle",
    "running_worker",
]
