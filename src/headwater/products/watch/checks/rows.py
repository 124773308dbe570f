"""Checks and versions as they are read from their tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check of a source, and the alert that it made. The names are those of the columns."""

    id: UUID
    at: datetime
    outcome: str
    reason: str | None
    http_status: int | None
    bytes: int | None
    ms: int | None
    change_score: float | None
    alert_id: UUID | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a source's content."""

    id: UUID
    title: str
    content: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version without its content; `characters` says how long that is."""

    id: UUID
    title: str
    characters: int
    is_current: bool
    created_at: datetime
