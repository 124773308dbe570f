"""What the endpoints of alerts return."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from headwater.kit.notify import Severity


class Alert(BaseModel):
    """A change that matters."""

    id: UUID
    workspace_id: UUID
    monitored_source_id: UUID
    source_name: str
    source_url: str
    from_content_id: UUID | None
    to_content_id: UUID | None
    summary: str
    details: dict[str, Any]
    severity: Severity
    score: float
    acknowledged_at: datetime | None
    created_at: datetime


class AlertFeed(BaseModel):
    """The private address of the RSS feed of one's alerts; it is shown once."""

    url: str
