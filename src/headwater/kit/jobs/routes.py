"""Endpoints for following jobs, the same for every product."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from headwater.kit.http.caller import CallerTransaction, WorkspaceId
from headwater.kit.http.pages import PAGED, CursorPage
from headwater.kit.jobs import following
from headwater.kit.jobs.rows import JobRow, JobsCounted, JobsReplayed, JobsShown
from headwater.kit.jobs.schemas import JobCounts, JobPage, JobState, JobsToReplay, Replayed, TrackedJob

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])
Kind = Annotated[str | None, Query(description="Only jobs of this kind.", max_length=128, pattern=r"^[a-z0-9_.]+$")]


@router.get("", response_model=JobPage, responses=PAGED)
async def list_jobs(
    *,
    state: Annotated[
        list[JobState] | None,
        Query(description="Only jobs in this state, or in any of several.", max_length=6),
    ] = None,
    kind: Kind = None,
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
    paging: CursorPage,
) -> JobsShown:
    """List the workspace's jobs, newest first: those that are tracked, and those that failed for good."""
    found = await following.list_jobs(
        connection, workspace_id=workspace_id, states=state or (), kind=kind, page=paging.page
    )
    return JobsShown(paging.answer(found), found.next_before)


@router.get("/counts", response_model=JobCounts)
async def count_jobs(*, kind: Kind = None, workspace_id: WorkspaceId, connection: CallerTransaction) -> JobsCounted:
    """Count the workspace's jobs by state (those of `kind`, if it is set) and by kind."""
    return await following.count_jobs(connection, workspace_id=workspace_id, kind=kind)


@router.post("/replay", response_model=Replayed)
async def replay_jobs(*, body: JobsToReplay, workspace_id: WorkspaceId, connection: CallerTransaction) -> JobsReplayed:
    """Put the jobs that failed for good back into their queues: all, or all of a kind, 500 at once."""
    return await following.replay_jobs(connection, workspace_id=workspace_id, kind=body.kind)


@router.get("/{job_id}", response_model=TrackedJob)
async def read_job(job_id: UUID, connection: CallerTransaction) -> JobRow:
    """Read a job's state, progress and latest error."""
    return await following.read_job(connection, job_id=job_id)


@router.post("/{job_id}/cancel", response_model=TrackedJob)
async def cancel_job(job_id: UUID, connection: CallerTransaction) -> JobRow:
    """Cancel a job. A waiting one is cancelled at once, a running one ends within a moment."""
    return await following.cancel_job(connection, job_id=job_id)


@router.post("/{job_id}/replay", response_model=TrackedJob)
async def replay_job(job_id: UUID, connection: CallerTransaction) -> JobRow:
    """Put a job that failed for good back into its queue."""
    return await following.replay_job(connection, job_id=job_id)
