"""The page of jobs and schedules."""

from __future__ import annotations

import inspect
from datetime import timedelta

from generating.markdown import code, end_page, make_table, start_page
from headwater.catalogue import list_jobs, list_schedules
from headwater.kit.jobs import JobDefinition, Retry, Schedule

_ABOUT = (
    "Durable jobs are run by workers at least once, each in the workspace that it was enqueued for. *Tracked* jobs are"
    " shown by `GET /api/v1/jobs` from the start; the others only when they failed for good."
)
_SCHEDULES = "Run by one worker at a time, the leader. Cron lines are in UTC."


def write_jobs() -> str:
    """Return the page."""
    lines = start_page("Jobs", _ABOUT)
    lines += make_table(("kind", "queue", "time limit", "retry", "tracked", "what"), map(_make_row, list_jobs()))
    lines += ["## Schedules", "", _SCHEDULES, ""]
    lines += make_table(("name", "when", "what"), map(_make_schedule_row, list_schedules()))
    return end_page(lines)


def _make_row(job: JobDefinition[object]) -> tuple[str, ...]:  # type: ignore[type-var]  # whatever the payload is
    tracked = "yes" if job.tracked else "no"
    return code(job.kind), job.queue, _say(job.timeout), _describe_retry(job.retry), tracked, _first_line(job.about)


def _describe_retry(retry: Retry) -> str:
    if retry.attempts == 1:
        return "none"
    return f"{retry.attempts} attempts, from {_say(retry.base)} doubling to {_say(retry.cap)} at most"


def _make_schedule_row(schedule: Schedule) -> tuple[str, ...]:
    when = code(schedule.cron) if schedule.cron else f"every {_say(schedule.every or timedelta())}"
    return code(schedule.name), when, _first_line(schedule.about or inspect.getdoc(schedule.run) or "")


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0]


def _say(span: timedelta) -> str:
    seconds = span.total_seconds()
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"
