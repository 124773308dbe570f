"""Endpoints for following jobs, the same for every product."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.jobs import following
from headwater.kit.jobs.schemas import JobCounts, JobPage, JobState, JobsToReplay, Replayed, TrackedJob

Kind = Annotated[str | None, Query(description="Only jobs of this kind.", max_length=128, pattern=r"^[a-z0-9_.]+$")]


def create_jobs_router(*, transaction: Any, workspace: Any) -> APIRouter:
    """Make the router. The room of workspaces stands above this one, so its dependencies are handed in.

    Args:
        transaction: `Depends` on the request's transaction as the caller.
        workspace: `Depends` on the workspace that the request acts in.
    """
    router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

    @router.get("", response_model=JobPage)
    async def list_jobs(
        *,
        state: Annotated[
            list[JobState] | None,
            Query(description="Only jobs in this state, or in any of several.", max_length=6),
        ] = None,
        kind: Kind = None,
        cursor: Annotated[UUID | None, Query(description="`next_cursor` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        workspace_id: UUID = workspace,
        connection: AsyncConnection = transaction,
    ) -> dict[str, Any]:
        """List the workspace's jobs, newest first: those that are tracked, and those that failed for good."""
        items = await following.list_jobs(
            connection, workspace_id=workspace_id, states=state or (), kind=kind, before=cursor, limit=limit + 1
        )
        more = len(items) > limit
        return {"items": items[:limit], "next_cursor": items[limit - 1]["id"] if more else None}

    @router.get("/counts", response_model=JobCounts)
    async def count_jobs(
        *, kind: Kind = None, workspace_id: UUID = workspace, connection: AsyncConnection = transaction
    ) -> dict[str, Any]:
        """Count the workspace's jobs by state (those of `kind`, if it is given) and by kind."""
        return await following.count_jobs(connection, workspace_id=workspace_id, kind=kind)

    @router.post("/replay", response_model=Replayed)
    async def replay_jobs(
        *, body: JobsToReplay, workspace_id: UUID = workspace, connection: AsyncConnection = transaction
    ) -> dict[str, int]:
        """Put the jobs that failed for good back into their queues: all, or all of a kind, 500 at once."""
        return await following.replay_jobs(connection, workspace_id=workspace_id, kind=body.kind)

    @router.get("/{job_id}", response_model=TrackedJob)
    async def read_job(job_id: UUID, connection: AsyncConnection = transaction) -> dict[str, Any]:
        """Read a job's state, progress and latest error."""
        return await following.read_job(connection, job_id=job_id)

    @router.post("/{job_id}/cancel", response_model=TrackedJob)
    async def cancel_job(job_id: UUID, connection: AsyncConnection = transaction) -> dict[str, Any]:
        """Cancel a job. A waiting one is cancelled at once, a running one ends within a moment."""
        return await following.cancel_job(connection, job_id=job_id)

    @router.post("/{job_id}/replay", response_model=TrackedJob)
    async def replay_job(job_id: UUID, connection: AsyncConnection = transaction) -> dict[str, Any]:
        """Put a job that failed for good back into its queue."""
        return await following.replay_job(connection, job_id=job_id)

    return router
