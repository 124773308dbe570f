"""A source as it is read from its table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A watched page or feed. `config` is what the table holds, which may be anything; `check_interval` is in seconds.

    The names are those of the columns.
    """

    id: UUID
    workspace_id: UUID
    user_query_id: UUID | None
    url: str
    kind: str
    name: str
    status: str
    config: Any
    check_interval: int
    next_check_at: datetime
    last_checked_at: datetime | None
    last_changed_at: datetime | None
    last_error: str | None
    last_error_kind: str | None
    error_count: int
    created_at: datetime
    updated_at: datetime
