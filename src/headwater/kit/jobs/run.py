"""One run of a job as the worker fetched it, and how it ended."""

from __future__ import annotations

import random
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import ValidationError

from headwater.core.clock import Clock
from headwater.core.errors import HeadwaterError, RateLimited
from headwater.core.telemetry import redact_lines, redact_text
from headwater.core.text import clean_text
from headwater.kit.jobs.definition import JobDefinition
from headwater.kit.jobs.outcomes import PERMANENT_ERRORS, JobTakenOver, PermanentFailure, RetryLater

_UNKNOWN_KIND_WAIT = timedelta(seconds=30)
_UNKNOWN_KIND_PATIENCE = timedelta(hours=1)
_RATE_LIMIT_PATIENCE = timedelta(days=1)
_TRACEBACK_LENGTH = 20_000
_ERROR_LENGTH = 500

OutcomeLabel = Literal["succeeded", "retried", "postponed", "failed", "cancelled", "requeued", "taken_over"]


@dataclass(frozen=True, slots=True)
class Run:
    """A job in the hands of a worker. `attempts` counts the runs that failed before this one."""

    id: int
    kind: str
    queue: str
    args: str
    workspace_id: UUID | None
    tracking_id: UUID | None
    attempts: int
    max_attempts: int
    timeout_seconds: float
    created_at: datetime
    worker_id: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended and what becomes of its job. `status` is the engine's."""

    label: OutcomeLabel
    status: Literal["succeeded", "todo", "failed", "aborted"]
    counted: bool = True
    delay: timedelta = timedelta()
    error: str | None = None
    details: str | None = None


SUCCEEDED = Outcome("succeeded", "succeeded")
CANCELLED = Outcome("cancelled", "aborted")
REQUEUED = Outcome("requeued", "todo", counted=False)
TAKEN_OVER = Outcome("taken_over", "todo")


class RunTimedOut(Exception):
    """The run took longer than its job may."""


def judge_failure(
    error: BaseException, run: Run, definition: JobDefinition[Any], clock: Clock, *, uptime: timedelta
) -> Outcome:
    """Decide what becomes of a job whose run raised `error`. `uptime` is that of the worker, by monotonic seconds."""
    if isinstance(error, JobTakenOver):
        return TAKEN_OVER
    postponed_for = _find_postponement(error, clock, age=_find_age(run, clock, uptime=uptime))
    if postponed_for is not None:
        return Outcome("postponed", "todo", counted=False, delay=max(postponed_for, timedelta()))
    text, details = describe_error(error), _describe_fully(error)
    attempt = run.attempts + 1
    if isinstance(error, (PermanentFailure, ValidationError, *PERMANENT_ERRORS)) or attempt >= run.max_attempts:
        return Outcome("failed", "failed", error=text, details=details)
    wait = timedelta(seconds=getattr(error, "retry_after", 0.0) or 0.0)
    delay = definition.retry.delay_after(attempt, at_least=wait)
    return Outcome("retried", "todo", delay=delay, error=text, details=details)


def _find_age(run: Run, clock: Clock, *, uptime: timedelta) -> timedelta:
    """Return for how long this worker knows that the job exists: by the clock alone a leap would make it old."""
    return min(clock.now() - run.created_at, uptime)


def _find_postponement(error: BaseException, clock: Clock, *, age: timedelta) -> timedelta | None:
    if isinstance(error, RetryLater):
        return error.after if error.after is not None else (error.at or clock.now()) - clock.now()
    # Whoever is refused for a whole day is not merely early: from then on refusals count.
    if isinstance(error, RateLimited) and age < _RATE_LIMIT_PATIENCE:
        return timedelta(seconds=error.retry_after * random.uniform(1.0, 1.5))
    return None


def judge_unknown_kind(run: Run, clock: Clock, *, uptime: timedelta) -> Outcome:
    """Decide about a job that this worker's code doesn't know: a newer release may, so it waits before it fails."""
    error = f"No worker knows how to do {run.kind}."
    if _find_age(run, clock, uptime=uptime) > _UNKNOWN_KIND_PATIENCE:
        return Outcome("failed", "failed", error=error)
    return Outcome("postponed", "todo", counted=False, delay=_UNKNOWN_KIND_WAIT, error=error)


def describe_error(error: BaseException) -> str:
    """Return a short text that users may read: nothing internal is in it."""
    if isinstance(error, HeadwaterError | PermanentFailure | RunTimedOut):
        text = str(error)
    elif isinstance(error, ValidationError):
        text = "The payload of this job isn't acceptable."
    else:
        text = "Something went wrong on our side."
    return str(redact_text(clean_text(text)))[:_ERROR_LENGTH]


def _describe_fully(error: BaseException) -> str:
    text = "".join(traceback.format_exception(error))
    return redact_lines(clean_text(text))[-_TRACEBACK_LENGTH:]
