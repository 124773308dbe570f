"""What the notification endpoints take and return."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, EmailStr, Field, StringConstraints, WithJsonSchema

from headwater.core.text import KEEPABLE
from headwater.kit.http.fields import Input, Remark, WebAddress
from headwater.kit.notify.events import Channel, Severity

Mode = Literal["immediate", "hourly", "daily"]
Status = Literal["pending", "sending", "sent", "failed", "dead", "suppressed", "uncertain"]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.([a-z_]+|\*)$", max_length=100)]
TimezoneName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=KEEPABLE),
    Field(json_schema_extra={"format": "time-zone"}),
]


def _drop_zone(value: time) -> time:
    # Quiet hours are on the wall clock of `timezone`; seconds would be false precision.
    return value.replace(tzinfo=None, second=0, microsecond=0)


# RFC 3339, which OpenAPI's format `time` follows, wants an offset; a clock on the wall has none.
_WALL = WithJsonSchema({"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"})
WallClock = Annotated[time, AfterValidator(_drop_zone), _WALL]


class Preferences(BaseModel):
    """How one is notified. `address` is where e-mail goes to, and only if it is verified."""

    workspace_id: UUID
    channels: list[Channel]
    mode: Mode
    severity_floor: Severity
    timezone: str
    quiet_start: WallClock | None
    quiet_end: WallClock | None
    digest_hour: int
    email: str | None
    address: str
    address_verified: bool
    subscribed: bool
    unsubscribed_at: datetime | None


class PreferenceChanges(Input):
    """What to change; what is left out stays. Quiet hours end with both set to null, `email` null = sign-in address."""

    channels: Annotated[list[Channel], Field(max_length=3)] | None = None
    mode: Mode | None = None
    severity_floor: Severity | None = None
    timezone: TimezoneName | None = None
    quiet_start: WallClock | None = None
    quiet_end: WallClock | None = None
    digest_hour: Annotated[int, Field(ge=0, le=23)] | None = None
    email: Annotated[EmailStr, Field(max_length=320)] | None = None
    subscribed: bool | None = None

    def to_changes(self) -> dict[str, Any]:
        """Return what was sent; null only where null means something."""
        clearable = {"quiet_start", "quiet_end", "email"}
        sent = self.model_dump(exclude_unset=True)
        if "channels" in sent and sent["channels"] is not None:
            sent["channels"] = list(dict.fromkeys(sent["channels"]))
        return {name: value for name, value in sent.items() if value is not None or name in clearable}


class Attempt(BaseModel):
    """One try of a delivery."""

    number: int
    outcome: str
    status_code: int | None
    response: str
    milliseconds: int
    at: datetime


class Delivery(BaseModel):
    """One message to one recipient by one channel, and how it fared."""

    id: UUID
    workspace_id: UUID
    channel: Channel
    purpose: str
    status: Status
    reason: str | None
    mode: Mode
    user_id: UUID | None
    endpoint_id: UUID | None
    digest_id: UUID | None
    address: str
    kind: str | None
    title: str | None
    severity: Severity | None
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    created_at: datetime
    attempt_log: list[Attempt]


class Endpoint(BaseModel):
    """Where events are posted. `event_kinds` empty = all; `watch.*` = all of one product."""

    id: UUID
    workspace_id: UUID
    created_by: UUID | None
    url: str
    description: str
    severity_floor: Severity
    event_kinds: list[str]
    enabled: bool
    disabled_reason: str | None
    failures: int
    last_delivered_at: datetime | None
    previous_secret_expires_at: datetime | None
    created_at: datetime
    updated_at: datetime


class EventKindDescription(BaseModel):
    """A kind of event that the installed products notify of."""

    kind: str
    title: str
    severity: Severity = Field(description="Of an event that says nothing else.")


class EndpointWithSecret(Endpoint):
    """The only answer that shows the secret."""

    secret: str


class NewEndpoint(Input):
    """An endpoint to add."""

    url: WebAddress
    description: Remark = ""
    severity_floor: Severity = "low"
    event_kinds: list[Kind] = Field([], max_length=50)


class EndpointChanges(Input):
    """What to change of an endpoint; what is left out stays."""

    url: WebAddress | None = None
    description: Remark | None = None
    severity_floor: Severity | None = None
    event_kinds: Annotated[list[Kind], Field(max_length=50)] | None = None
    enabled: bool | None = None


class Notification(BaseModel):
    """An entry of the inbox."""

    id: UUID
    kind: str
    title: str
    summary: str
    url: str | None
    severity: Severity
    occurred_at: datetime
    read_at: datetime | None


class MarkedRead(BaseModel):
    """How many notifications weren't read before."""

    marked: int
