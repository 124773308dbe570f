"""A run whose job was taken away from it changes nothing, whichever way it reaches for the database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.kit.jobs import JobContext, JobTakenOver, Retry, enqueue, enqueue_tracked, job, run_until_idle
from tests.kit.jobs.kinds import Journal, Note
from tests.kit.jobs.people import make_person

Door = Callable[[JobContext], AbstractAsyncContextManager[object]]
DOORS: dict[str, Door] = {
    "transaction": lambda context: context.transaction(),
    "raw_transaction": lambda context: context.raw_transaction(),
    "service_transaction": lambda context: context.service_transaction(),
}
_JOB = "update procrastinate.procrastinate_jobs set {} where id = $1"
# As the sweep does it, as another worker's fetch does, and as a wish to cancel does.
TAKEN = {
    "put back": _JOB.format("status = 'todo', worker_id = null"),
    "tried again": _JOB.format("attempts = attempts + 1"),
    "given to another": _JOB.format("worker_id = $2"),
    "ended": "delete from procrastinate.procrastinate_jobs where id = $1",
}
_ANOTHER = "insert into procrastinate.procrastinate_workers default values returning id"


@job("test.reach", queue="fetch", timeout=timedelta(seconds=20), retry=Retry(attempts=1))
async def reach(context: JobContext, payload: Note) -> None:
    """Lose the job as the test says, then open a transaction."""
    journal = context.resources.get(Journal)
    door, _, loss = payload.text.partition(":")
    # Put back, it comes here once more.
    if loss and not journal.lines:
        owner = context.resources.get(asyncpg.Connection)
        extra = [await owner.fetchval(_ANOTHER)] if loss == "given to another" else []
        await owner.execute(TAKEN[loss], context.id, *extra)
    try:
        async with DOORS[door](context):
            journal.lines.append("inside")
    except JobTakenOver:
        journal.lines.append("taken over")
        raise


@pytest.fixture
def equipped(tools: Resources, owner: asyncpg.Connection) -> Resources:
    """The tools, with the owner's connection for what happens to the job meanwhile."""
    tools.provide(asyncpg.Connection, owner)
    return tools


@pytest.mark.parametrize("loss", ["", *TAKEN])
@pytest.mark.parametrize("door", DOORS)
async def test_door_is_closed_to_a_run_that_lost_its_job(
    database: Database,
    equipped: Resources,
    journal: Journal,
    owner: asyncpg.Connection,
    workspace_id: UUID,
    door: str,
    loss: str,
) -> None:
    belongs_to = None if door == "service_transaction" else workspace_id
    await enqueue(owner, reach, Note(text=f"{door}:{loss}"), workspace_id=belongs_to)
    runs = await run_until_idle(database, equipped, jobs=[reach])
    assert journal.lines[0] == ("taken over" if loss else "inside")
    assert runs[0][1].label == ("taken_over" if loss else "succeeded")


@job("test.progress", queue="fetch", tracked=True)
async def progress(context: JobContext, payload: Note) -> None:
    """Report twice at once, with the job in other hands in between where the test says so."""
    await context.report_progress(98, 100, "nearly")
    if payload.text == "lost":
        owner = context.resources.get(asyncpg.Connection)
        await owner.execute(TAKEN["tried again"], context.id)
    await context.report_progress(99, 100, "too soon to be written")
    await context.report_progress(100, 100, "done")


@pytest.mark.parametrize(("text", "shown"), [("kept", (100, 100, "done")), ("lost", (98, 100, "nearly"))])
async def test_last_report_is_shown_and_only_that_of_the_owner(
    database: Database, equipped: Resources, owner: asyncpg.Connection, text: str, shown: tuple[int, int, str]
) -> None:
    person = await make_person(owner, "ada@example.com")
    await enqueue_tracked(owner, progress, Note(text=text), workspace_id=person.workspace_id)
    await run_until_idle(database, equipped, jobs=[progress])
    row = await owner.fetchrow("select progress_done, progress_total, progress_note from public.jobs")
    assert tuple(row) == shown
