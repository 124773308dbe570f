"""What the job endpoints return."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from headwater.kit.http.fields import Input

JobState = Literal["queued", "running", "retrying", "succeeded", "failed", "cancelled"]


class TrackedJob(BaseModel):
    """A piece of work as people follow it."""

    id: UUID
    workspace_id: UUID
    kind: str = Field(description="What is done, `<product>.<verb>`.")
    queue: str
    summary: str = Field(description="What it is about.")
    state: JobState
    progress_done: int
    progress_total: int | None = Field(description="How much there is to do; null while unknown.")
    progress_note: str
    attempts: int = Field(description="How often it was started.")
    max_attempts: int
    error: str | None = Field(description="What went wrong in the latest attempt.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    next_attempt_at: datetime | None


class JobPage(BaseModel):
    """Some jobs, newest first."""

    items: list[TrackedJob]
    next_cursor: UUID | None = Field(description="Send it as `before` for the next page; null on the last one.")


class JobStates(BaseModel):
    """How many jobs are in each state."""

    queued: int
    running: int
    retrying: int
    succeeded: int
    failed: int = Field(description="Failed for good: the dead letters.")
    cancelled: int


class JobKind(BaseModel):
    """How many jobs there are of a kind."""

    kind: str
    total: int
    failed: int = Field(description="How many of them can be replayed.")


class JobCounts(BaseModel):
    """A workspace's jobs, counted."""

    states: JobStates
    kinds: list[JobKind]


class JobsToReplay(Input):
    """Which dead letters to replay; unset = all of the workspace."""

    kind: str | None = Field(None, max_length=128, pattern=r"^[a-z0-9_.]+$")


class Replayed(BaseModel):
    """How many dead letters went back into their queues, and how many are left."""

    replayed: int
    left: int = Field(description="Ask again while it shrinks: 500 are replayed at once.")
