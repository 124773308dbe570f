"""Who is notified of an event, by which channel and when: a pure rule over preferences and the clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from headwater.core.clock import read_zone
from headwater.core.database.readable import read_each
from headwater.core.errors import InvalidInput
from headwater.kit.notify.events import CHANNELS, Channel, Event, reaches_floor
from headwater.kit.notify.planning.quiet_hours import Mode, QuietHours, find_allowed, find_digest_end

UNVERIFIED = "The address isn't verified."
UNSUBSCRIBED = "The recipient unsubscribed."
NO_ADDRESS = "There is no address to send to."


@dataclass(frozen=True)
class Recipient:
    """A member as notify sees them: preferences (`has_chosen`: they set some), and what is known of the address."""

    user_id: UUID
    address: str
    verified: bool
    channels: frozenset[str] = CHANNELS
    mode: Mode = "immediate"
    severity_floor: str = "low"
    timezone: str = "UTC"
    quiet_start: time | None = None
    quiet_end: time | None = None
    digest_hour: int = 8
    unsubscribed_at: datetime | None = None
    has_chosen: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """Return the member's time zone; UTC where the name means nothing any more."""
        try:
            return read_zone(self.timezone)
        except InvalidInput:
            return ZoneInfo("UTC")

    @property
    def quiet(self) -> QuietHours | None:
        """Return the member's quiet hours, if there are any."""
        if self.quiet_start is None or self.quiet_end is None:
            return None
        return QuietHours(self.quiet_start, self.quiet_end)

    @property
    def reason_against_mail(self) -> str | None:
        """Say why no e-mail may be sent, or None when it may."""
        if self.unsubscribed_at is not None:
            return UNSUBSCRIBED
        if not self.address:
            return NO_ADDRESS
        return None if self.verified else UNVERIFIED


@dataclass(frozen=True)
class Endpoint:
    """A webhook endpoint that is enabled."""

    id: UUID
    url: str
    created_by: UUID | None
    severity_floor: str = "low"
    event_kinds: frozenset[str] = frozenset()

    def wants(self, event: Event) -> bool:
        """Say whether the endpoint asked for such events; `watch.*` stands for all of watch's."""
        kinds = self.event_kinds
        product = event.kind.partition(".")[0]
        chosen = not kinds or event.kind in kinds or f"{product}.*" in kinds
        return chosen and reaches_floor(event.severity, self.severity_floor)


@dataclass(frozen=True)
class Planned:
    """One delivery to be: to whom, how, when."""

    channel: Channel
    due_at: datetime
    status: Literal["pending", "sent", "suppressed"] = "pending"
    mode: Mode = "immediate"
    user_id: UUID | None = None
    endpoint_id: UUID | None = None
    address: str = ""
    reason: str | None = None

    def key_for(self, event: Event) -> str:
        """Return the key under which this delivery exists once."""
        return f"{event.kind}:{event.id}:{self.channel}:{self.user_id or self.endpoint_id}"


def plan_deliveries(
    event: Event, *, recipients: Iterable[Recipient], endpoints: Iterable[Endpoint], at: datetime
) -> list[Planned]:
    """Plan every delivery of `event`.

    The inbox and webhooks are served at once: one disturbs nobody's sleep, the other is read by programs. An endpoint
    follows the preferences of the member who made it: without the channel `webhook` it is left alone. A member for whom
    nothing can be planned is left out, reported, and keeps no other from being notified.
    """
    known = list(recipients)
    without_webhooks = {recipient.user_id for recipient in known if "webhook" not in recipient.channels}
    by_recipient = read_each(
        known, lambda recipient: _plan_for(recipient, event, at=at), kind="recipient", key="user_id"
    )
    planned = [one for plans in by_recipient for one in plans]
    for endpoint in endpoints:
        if endpoint.wants(event) and endpoint.created_by not in without_webhooks:
            planned.append(Planned("webhook", at, endpoint_id=endpoint.id, address=endpoint.url))
    return planned


def _plan_for(recipient: Recipient, event: Event, *, at: datetime) -> list[Planned]:
    asked = event.to_users is None or recipient.user_id in event.to_users
    if not asked or not reaches_floor(event.severity, recipient.severity_floor):
        return []
    channels = recipient.channels if recipient.has_chosen else recipient.channels & event.default_channels
    planned: list[Planned] = []
    if "in_app" in channels:
        planned.append(Planned("in_app", at, "sent", user_id=recipient.user_id))
    if "email" in channels:
        planned.append(_plan_mail(recipient, at=at))
    return planned


def _plan_mail(recipient: Recipient, *, at: datetime) -> Planned:
    reason = recipient.reason_against_mail
    if reason is not None:
        return Planned("email", at, "suppressed", user_id=recipient.user_id, address=recipient.address, reason=reason)
    zone = recipient.zone
    window = find_digest_end(at, mode=recipient.mode, zone=zone, digest_hour=recipient.digest_hour)
    due_at = find_allowed(window, quiet=recipient.quiet, zone=zone)
    return Planned("email", due_at, mode=recipient.mode, user_id=recipient.user_id, address=recipient.address)
