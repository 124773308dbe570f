"""Follows jobs: lists them, cancels them, puts dead letters back into their queue."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.rows import list_columns
from headwater.core.errors import Conflict, NotFound
from headwater.kit.jobs.rows import JobRow, JobsCounted, JobsReplayed, KindCount
from headwater.kit.jobs.tables import jobs
from headwater.kit.pages import Page, PageRequest, read_page

STATES = ("queued", "running", "retrying", "succeeded", "failed", "cancelled")
REPLAYED_AT_ONCE = 500
_SHOWN = list_columns(JobRow, jobs)


async def list_jobs(
    connection: AsyncConnection,
    *,
    workspace_id: UUID | None = None,
    states: Sequence[str] = (),
    kind: str | None = None,
    page: PageRequest | None = None,
) -> Page[JobRow]:
    """List jobs that the caller may see, newest first; `page` unset = the newest."""
    statement = select(*_SHOWN)
    for column, wanted in ((jobs.c.workspace_id, workspace_id), (jobs.c.kind, kind)):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if states:
        statement = statement.where(jobs.c.state.in_(states))
    return await read_page(connection, statement, by=jobs.c.id, page=page or PageRequest(), row=JobRow)


async def count_jobs(connection: AsyncConnection, *, workspace_id: UUID, kind: str | None = None) -> JobsCounted:
    """Count a workspace's jobs: `states` of all kinds (or of `kind`), `kinds` with their jobs and dead letters."""
    dead = func.count().filter(jobs.c.state == "failed").label("failed")
    statement = (
        select(jobs.c.kind, jobs.c.state, func.count().label("total"), dead)
        .where(jobs.c.workspace_id == workspace_id)
        .group_by(jobs.c.kind, jobs.c.state)
        .order_by(jobs.c.kind)
    )
    states = dict.fromkeys(STATES, 0)
    kinds: dict[str, KindCount] = {}
    for row in await connection.execute(statement):
        found = kinds.get(row.kind, KindCount(row.kind, 0, 0))
        kinds[row.kind] = KindCount(row.kind, found.total + row.total, found.failed + row.failed)
        if kind in {None, row.kind}:
            states[row.state] += row.total
    return JobsCounted(states, list(kinds.values()))


async def read_job(connection: AsyncConnection, *, job_id: UUID) -> JobRow:
    """Read one job.

    Raises:
        NotFound: there is no such job that the caller may see.
    """
    row = (await connection.execute(select(*_SHOWN).where(jobs.c.id == job_id))).mappings().first()
    if row is None:
        raise NotFound("There is no such job.")
    return JobRow(**row)


async def cancel_job(connection: AsyncConnection, *, job_id: UUID) -> JobRow:
    """Cancel a waiting job, or ask its worker to end a running one, which takes a moment. Return the job as it is now.

    Raises:
        NotFound: there is no such job that the caller may see.
        Forbidden: (by `Database.transaction`) the caller may not act in the workspace.
        Conflict: the job has ended already.
    """
    job = await read_job(connection, job_id=job_id)
    state = (await connection.exec_driver_sql("select headwater.cancel_job($1)", (job_id,))).scalar()
    if state is None:
        raise Conflict(f"This job has ended already: it is {job.state}.", code="job_ended")
    return await read_job(connection, job_id=job_id)


async def replay_job(connection: AsyncConnection, *, job_id: UUID) -> JobRow:
    """Put a job that failed for good back into its queue, with all its attempts. Return the job as it is now.

    Raises:
        NotFound: there is no such job that the caller may see.
        Forbidden: (by `Database.transaction`) the caller may not act in the workspace.
        Conflict: the job is no dead letter.
    """
    job = await read_job(connection, job_id=job_id)
    if not (await connection.exec_driver_sql("select headwater.replay_job($1)", (job_id,))).scalar():
        raise Conflict(f"Only a job that failed for good can be replayed: it is {job.state}.", code="job_not_failed")
    return await read_job(connection, job_id=job_id)


async def replay_jobs(connection: AsyncConnection, *, workspace_id: UUID, kind: str | None = None) -> JobsReplayed:
    """Put the dead letters of a workspace (of one kind) back into their queues, the oldest first and 500 at once.

    Return how many were `replayed` and how many are `left`: some more to ask for, or some that can't be put back.

    Raises:
        Forbidden: (by `Database.transaction`) the caller may not act in the workspace.
    """
    dead = [jobs.c.workspace_id == workspace_id, jobs.c.state == "failed"]
    if kind is not None:
        dead.append(jobs.c.kind == kind)
    some = select(jobs.c.id).where(*dead).order_by(jobs.c.id).limit(REPLAYED_AT_ONCE).subquery()
    replayed = select(func.count()).where(func.headwater.replay_job(some.c.id)).select_from(some)
    done: int = (await connection.execute(replayed)).scalar_one()
    left: int = (await connection.execute(select(func.count()).where(*dead))).scalar_one()
    return JobsReplayed(done, left)
