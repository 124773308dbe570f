"""What the job endpoints give."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

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
    next_cursor: UUID | None = Field(description="Give it back as `cursor` for the next page; null on the last one.")
