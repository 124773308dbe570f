"""What the workspace endpoints take and return."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, EmailStr, Field, StringConstraints

from headwater.kit.http.fields import Input, Remark, ShortName

Role = Literal["owner", "admin", "editor", "viewer"]
Scope = Literal["read", "write", "admin"]


def _know_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no timezone of the IANA database, such as Europe/Berlin")
    return name


Timezone = Annotated[
    str, Field(max_length=64, json_schema_extra={"format": "time-zone"}), AfterValidator(_know_timezone)
]


class Profile(BaseModel):
    """A person."""

    id: UUID
    email: str
    full_name: str
    avatar_url: str | None
    timezone: str
    locale: str | None = Field(description="BCP 47, such as `en-GB`; null = as the browser says.")
    created_at: datetime


class ProfileChanges(Input):
    """What to change of one's profile; what is left out stays. Null clears `avatar_url` and `locale`."""

    full_name: Remark | None = None
    avatar_url: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https://[^\x00]+$")] | None = None
    timezone: Timezone | None = None
    locale: Annotated[str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")] | None = (
        None
    )

    def to_changes(self) -> dict[str, Any]:
        """Return what was sent; null only where null means something."""
        sent = self.model_dump(exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name in {"avatar_url", "locale"}}


class Visit(BaseModel):
    """This visit and the one before it."""

    previous_visit_at: datetime | None = Field(description="When the visit before this one ended; null on the first.")
    last_seen_at: datetime


class AccountDeletion(Input):
    """The address of the account, typed again: a guard against deleting by mistake."""

    email: Annotated[str, StringConstraints(max_length=320)]


class Workspace(BaseModel):
    """A workspace with the caller's role in it."""

    id: UUID
    name: str
    is_personal: bool
    role: Role
    created_at: datetime


class WorkspaceName(Input):
    """A workspace's name."""

    name: ShortName


class Member(BaseModel):
    """A member of a workspace."""

    user_id: UUID
    email: str
    full_name: str
    avatar_url: str | None
    role: Role
    created_at: datetime


class RoleChange(Input):
    """A member's new role."""

    role: Role


class NewInvitation(Input):
    """Whom to invite, and as what."""

    email: EmailStr
    role: Literal["admin", "editor", "viewer"] = "editor"


class Invitation(BaseModel):
    """An invitation; `token` and `url` are there once, when it is made."""

    id: UUID
    workspace_id: UUID
    email: str
    role: str
    expires_at: datetime
    accepted_at: datetime | None
    mailed_at: datetime | None = Field(description="When the mail was taken by the mail server.")
    mail_problem: str | None = Field(description="Why no mail arrives, so that the link is to be handed over.")
    created_at: datetime
    token: str | None = None
    url: str | None = Field(None, description="The page of the dashboard where the invitation is accepted.")


class InvitationToken(Input):
    """The token of an invitation."""

    token: Annotated[str, StringConstraints(min_length=20, max_length=200, pattern=r"^[\w-]+$")]


class InvitationSummary(BaseModel):
    """What an invitation is to, for whoever has its token."""

    workspace_name: str
    email: str = Field(description="Only somebody who signs in with this address can accept.")
    role: Role
    invited_by: str
    expires_at: datetime
    state: Literal["open", "accepted", "expired"]


class NewApiKey(Input):
    """What a key is for, and how far it reaches."""

    name: ShortName
    scopes: list[Scope] = Field(["read"], min_length=1, max_length=3)
    expires_at: AwareDatetime | None = None


class ApiKey(BaseModel):
    """A key; `key` is there once, when it is made."""

    id: UUID
    workspace_id: UUID
    created_by: UUID
    name: str
    prefix: str
    scopes: list[Scope]
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime
    key: str | None = None


class Activity(BaseModel):
    """Something that was done in a workspace."""

    id: UUID
    actor_id: UUID | None
    actor_kind: str
    action: str
    subject_kind: str
    subject_id: UUID | None
    details: dict[str, Any]
    created_at: datetime


class Me(BaseModel):
    """Who is calling."""

    user_id: UUID
    email: str
    api_key_id: UUID | None
    profile: Profile
    workspaces: list[Workspace]


class TokenToVerify(Input):
    """A token to look at."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=16_384)]


class VerifiedToken(BaseModel):
    """What a token says, when it holds."""

    valid: bool
    user_id: UUID | None = None
    email: str | None = None
    role: str | None = None
    expires_at: datetime | None = None
    reason: str | None = None
