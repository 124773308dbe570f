"""The jobs that the tests of this room run, here and in worker processes of their own."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from pydantic import BaseModel

from headwater.core.errors import RateLimited
from headwater.kit.jobs import JobContext, JobTakenOver, PermanentFailure, Retry, RetryLater, enqueue, job


class Note(BaseModel):
    """What a test job is told."""

    text: str = ""
    seconds: float = 0.0


@dataclass
class Journal:
    """Where handlers write what they did, and what holds or fails them."""

    lines: list[str] = field(default_factory=list)
    failures: dict[str, list[BaseException]] = field(default_factory=dict)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    bound: dict[str, object] = field(default_factory=dict)
    far_future: datetime = datetime(2999, 1, 1, tzinfo=UTC)


@job("test.write", queue="fetch", retry=Retry(attempts=3, base=timedelta(seconds=10)))
async def write(context: JobContext, payload: Note) -> None:
    """Note the text, or fail as the test asks."""
    journal = context.resources.get(Journal)
    journal.lines.append(payload.text)
    if failures := journal.failures.get(payload.text):
        raise failures.pop(0)


@job("test.hold", queue="ai", tracked=True, describe=lambda payload: f"holds {payload.text}")
async def hold(context: JobContext, payload: Note) -> None:
    """Wait until the test opens the gate."""
    journal = context.resources.get(Journal)
    journal.lines.append(payload.text)
    journal.started.set()
    await journal.gate.wait()
    journal.lines.append(f"{payload.text} done")


@job("test.hold_long", queue="bulk", timeout=timedelta(hours=1))
async def hold_long(context: JobContext, payload: Note) -> None:
    """Be one of eight chunks of long work, which ends when the test opens the gate."""
    journal = context.resources.get(Journal)
    journal.lines.append(payload.text)
    if journal.lines.count(payload.text) == 8:
        journal.started.set()
    await journal.gate.wait()


@job("test.slow", queue="fetch", timeout=timedelta(seconds=0.2), retry=Retry(attempts=1))
async def slow(context: JobContext, payload: Note) -> None:
    """Outlast the time limit."""
    context.resources.get(Journal).started.set()
    await asyncio.Event().wait()


@job("test.locked", queue="fetch", lock=lambda payload: payload.text, retry=Retry(attempts=3, base=timedelta(hours=1)))
async def locked(context: JobContext, payload: Note) -> None:
    """Run alone under its text as the lock."""
    journal = context.resources.get(Journal)
    journal.lines.append(f"begin {context.id}")
    await asyncio.sleep(0)
    journal.lines.append(f"end {context.id}")
    if failures := journal.failures.get(payload.text):
        raise failures.pop(0)


@job("test.chain", queue="fetch")
async def chain(context: JobContext, payload: Note) -> None:
    """Enqueue the next job in the same transaction."""
    context.resources.get(Journal).bound = structlog.contextvars.get_contextvars()
    async with context.transaction() as connection:
        await enqueue(connection, write, payload, workspace_id=context.workspace_id)


@job("test.report", queue="rollup")
async def report(context: JobContext, payload: Note) -> None:
    """Report progress at each of seven steps, or reach beyond the workspace."""
    if payload.text == "sweep":
        async with context.service_transaction() as connection:
            await connection.exec_driver_sql("select count(*) from public.workspaces")
        return
    for done in range(1, 8):
        await context.report_progress(done, 7, payload.text)


@job("test.stubborn", queue="fetch", timeout=timedelta(seconds=0.1), retry=Retry(attempts=1))
async def stubborn(context: JobContext, payload: Note) -> None:
    """Go on although the time is up, as code does that swallows its cancellation."""
    journal = context.resources.get(Journal)
    journal.lines.append(payload.text)
    journal.started.set()
    while not journal.gate.is_set():
        with suppress(asyncio.CancelledError):
            await journal.gate.wait()
    try:
        async with context.transaction():
            journal.lines.append(f"{payload.text} kept")
    except JobTakenOver:
        journal.lines.append(f"{payload.text} taken over")
        raise


def limited(seconds: float) -> BaseException:
    """A rate limit that says when to come back."""
    return RateLimited("slow down", retry_after=seconds)


def later(seconds: float) -> BaseException:
    """A wish to run again later."""
    return RetryLater(after=timedelta(seconds=seconds))


def never() -> BaseException:
    """A failure that no retry mends."""
    return PermanentFailure("the feed is gone")
