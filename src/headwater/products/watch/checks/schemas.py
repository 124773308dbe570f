"""What the endpoints of checks and versions return."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class CheckRequested(BaseModel):
    """A check that was asked for; `already_running` says that one was under way."""

    check_id: UUID
    already_running: bool


class Check(BaseModel):
    """One check of a source."""

    id: UUID
    at: datetime
    outcome: str
    reason: str | None
    http_status: int | None
    bytes: int | None
    ms: int | None
    change_score: float | None
    alert_id: UUID | None


class Version(BaseModel):
    """A distinct version of a source's content."""

    id: UUID
    title: str
    content: str
    created_at: datetime


class VersionSummary(BaseModel):
    """A version without its content."""

    id: UUID
    title: str
    characters: int
    is_current: bool
    created_at: datetime
