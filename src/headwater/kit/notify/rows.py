"""What the tables of notifications hold, as it is read from them. The names are those of the columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """An entry of somebody's inbox."""

    id: UUID
    kind: str
    title: str
    summary: str
    url: str | None
    severity: str
    occurred_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try of a delivery."""

    delivery_id: UUID
    number: int
    outcome: str
    status_code: int | None
    response: str
    milliseconds: int
    at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One message to one recipient by one channel; `kind`, `title` and `severity` are those of its event, if any."""

    id: UUID
    workspace_id: UUID
    channel: str
    purpose: str
    status: str
    reason: str | None
    mode: str
    user_id: UUID | None
    endpoint_id: UUID | None
    digest_id: UUID | None
    address: str
    kind: str | None
    title: str | None
    severity: str | None
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    created_at: datetime
    attempt_log: tuple[AttemptRow, ...] = ()


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """Where a workspace's events are posted, without its secrets."""

    id: UUID
    workspace_id: UUID
    created_by: UUID | None
    url: str
    description: str
    severity_floor: str
    event_kinds: list[str]
    enabled: bool
    disabled_reason: str | None
    failures: int
    last_delivered_at: datetime | None
    previous_secret_expires_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PreferencesRow:
    """How a member is notified of what happens in a workspace."""

    workspace_id: UUID
    user_id: UUID
    channels: list[str]
    mode: str
    severity_floor: str
    timezone: str
    quiet_start: time | None
    quiet_end: time | None
    digest_hour: int
    email: str | None
    email_verified_at: datetime | None
    unsubscribed_at: datetime | None

    @property
    def subscribed(self) -> bool:
        """Whether the member is sent e-mail."""
        return self.unsubscribed_at is None
