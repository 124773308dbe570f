"""Jobs as they are read from their table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class JobRow:
    """A piece of work as people follow it. The names are those of the columns."""

    id: UUID
    workspace_id: UUID | None
    kind: str
    queue: str
    summary: str
    state: str
    progress_done: int
    progress_total: int | None
    progress_note: str
    attempts: int
    max_attempts: int
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many jobs there are of a kind, and how many of them failed for good."""

    kind: str
    total: int
    failed: int


@dataclass(frozen=True, slots=True)
class JobsCounted:
    """A workspace's jobs by state (every state there is) and by kind."""

    states: dict[str, int]
    kinds: list[KindCount]


@dataclass(frozen=True, slots=True)
class JobsReplayed:
    """How many dead letters went back into their queues, and how many are left."""

    replayed: int
    left: int


@dataclass(frozen=True, slots=True)
class JobsShown:
    """A page of jobs as it is answered. `next_cursor` is None on the last one."""

    items: list[JobRow]
    next_cursor: UUID | None
