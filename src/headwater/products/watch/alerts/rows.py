"""An alert as it is read from its table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AlertRow:
    """A change that matters, with the name and address of its source. The names are those of the columns."""

    id: UUID
    workspace_id: UUID
    monitored_source_id: UUID
    source_name: str
    source_url: str
    from_content_id: UUID | None
    to_content_id: UUID | None
    summary: str
    details: dict[str, Any]
    severity: str
    score: float
    acknowledged_at: datetime | None
    created_at: datetime
