"""Follows jobs: lists them, cancels them, puts dead letters back into their queue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.errors import Conflict, NotFound
from headwater.kit.jobs.tables import jobs


async def list_jobs(
    connection: AsyncConnection,
    *,
    workspace_id: UUID | None = None,
    state: str | None = None,
    kind: str | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """List jobs that the caller may see, newest first, at most `limit` of those before the job `before`."""
    statement = select(jobs).order_by(jobs.c.id.desc()).limit(limit)
    for column, wanted in ((jobs.c.workspace_id, workspace_id), (jobs.c.state, state), (jobs.c.kind, kind)):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if before is not None:
        statement = statement.where(jobs.c.id < before)
    return [dict(row) for row in (await connection.execute(statement)).mappings()]


async def read_job(connection: AsyncConnection, *, job_id: UUID) -> dict[str, Any]:
    """Read one job.

    Raises:
        NotFound: there is no such job that the caller may see.
    """
    row = (await connection.execute(select(jobs).where(jobs.c.id == job_id))).mappings().first()
    if row is None:
        raise NotFound("There is no such job.")
    return dict(row)


async def cancel_job(connection: AsyncConnection, *, job_id: UUID) -> dict[str, Any]:
    """Cancel a waiting job, or ask its worker to end a running one, which takes a moment. Give the job as it is now.

    Raises:
        NotFound: there is no such job that the caller may see.
        Forbidden: (by `Database.transaction`) the caller may not act in the workspace.
        Conflict: the job has ended already.
    """
    job = await read_job(connection, job_id=job_id)
    state = (await connection.exec_driver_sql("select headwater.cancel_job($1)", (job_id,))).scalar()
    if state is None:
        raise Conflict(f"This job has ended already: it is {job['state']}.", code="job_ended")
    return await read_job(connection, job_id=job_id)


async def replay_job(connection: AsyncConnection, *, job_id: UUID) -> dict[str, Any]:
    """Put a job that failed for good back into its queue, with all its attempts. Give the job as it is now.

    Raises:
        NotFound: there is no such job that the caller may see.
        Forbidden: (by `Database.transaction`) the caller may not act in the workspace.
        Conflict: the job is no dead letter.
    """
    job = await read_job(connection, job_id=job_id)
    if not (await connection.exec_driver_sql("select headwater.replay_job($1)", (job_id,))).scalar():
        raise Conflict(f"Only a job that failed for good can be replayed: it is {job['state']}.", code="job_not_failed")
    return await read_job(connection, job_id=job_id)
