"""A user query as it is read from its table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class QueryRow:
    """What somebody wants to know, and what was found. The names are those of the columns."""

    id: UUID
    workspace_id: UUID
    created_by: UUID | None
    raw_query: str
    refined_query: str | None
    status: str
    config_hints_json: dict[str, Any]
    suggestions: Any
    error: str | None
    created_at: datetime
    updated_at: datetime
