"""What the tables of people and workspaces hold, as it is read from them. The names are those of the columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A person."""

    id: UUID
    email: str
    full_name: str
    avatar_url: str | None
    timezone: str
    locale: str | None
    last_seen_at: datetime | None
    previous_visit_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A person's visit, and when the one before it ended (None on the first)."""

    previous_visit_at: datetime | None
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    """A workspace with the role that somebody has in it."""

    id: UUID
    name: str
    is_personal: bool
    role: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of a workspace."""

    user_id: UUID
    email: str
    full_name: str
    avatar_url: str | None
    role: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation, without the hash of its token."""

    id: UUID
    workspace_id: UUID
    email: str
    role: str
    expires_at: datetime
    accepted_at: datetime | None
    mailed_at: datetime | None
    mail_problem: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationSummaryRow:
    """What an invitation is to, for whoever has its token. `state` is `open`, `accepted` or `expired`."""

    workspace_name: str
    email: str
    role: str
    invited_by: str
    expires_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An API key, without its hash."""

    id: UUID
    workspace_id: UUID
    created_by: UUID
    name: str
    prefix: str
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """Something that was done in a workspace."""

    id: UUID
    actor_id: UUID | None
    actor_kind: str
    action: str
    subject_kind: str
    subject_id: UUID | None
    details: dict[str, Any]
    created_at: datetime
