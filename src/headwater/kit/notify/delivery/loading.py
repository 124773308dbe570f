"""Loads what sending a delivery needs, in one statement: sending is a hot path."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from headwater.kit.notify.events import Event, Part
from headwater.kit.notify.planning.planning import Recipient
from headwater.kit.notify.planning.recipients import read_recipient

OPEN = ("pending", "sending", "failed")

_LOAD = """
select
    delivery.id, delivery.workspace_id, delivery.user_id, delivery.endpoint_id, delivery.channel, delivery.purpose,
    delivery.address, delivery.status, delivery.due_at, delivery.attempts, delivery.first_attempt_at,
    delivery.created_at, delivery.event_id,
    event.kind, event.subject_id, event.title, event.summary, event.parts, event.url, event.page, event.severity,
    event.data, event.occurred_at,
    member.user_id as member_id,
    coalesce(preference.email, confirmed.email, profile.email, '') as recipient_address,
    case
        when preference.email is not null then preference.email_verified_at is not null
        else confirmed.email is not null
    end as verified,
    preference.channels, preference.mode, preference.severity_floor,
    coalesce(preference.timezone, profile.timezone, 'UTC') as timezone, preference.quiet_start,
    preference.quiet_end, preference.digest_hour, preference.unsubscribed_at,
    endpoint.url as endpoint_url, endpoint.enabled, endpoint.secret_sealed, endpoint.previous_secret_sealed,
    endpoint.previous_secret_expires_at
from public.notification_deliveries as delivery
left join public.notification_events as event on event.id = delivery.event_id
left join public.workspace_members as member
    on member.workspace_id = delivery.workspace_id
    and member.user_id = delivery.user_id
left join public.profiles as profile on profile.id = member.user_id
left join public.notification_preferences as preference
    on preference.workspace_id = member.workspace_id
    and preference.user_id = member.user_id
left join lateral headwater.confirmed_addresses(
    delivery.workspace_id, coalesce(delivery.user_id, '00000000-0000-0000-0000-000000000000')
) as confirmed
    on confirmed.user_id = member.user_id
left join public.webhook_endpoints as endpoint on endpoint.id = delivery.endpoint_id
where delivery.id = $1
for update of delivery
"""

_LIST_DIGEST = """
select event.kind, event.subject_id, event.title, event.summary, event.parts, event.url, event.page, event.severity,
    event.data, event.occurred_at
from public.notification_deliveries as delivery
join public.notification_events as event on event.id = delivery.event_id
where delivery.digest_id = $1
order by event.occurred_at, event.id
"""


@dataclass(frozen=True)
class Receiver:
    """A webhook endpoint as sending sees it, its secrets still sealed."""

    id: UUID
    url: str
    enabled: bool
    secret_sealed: str
    previous_secret_sealed: str | None
    previous_secret_expires_at: datetime | None


@dataclass(frozen=True)
class Delivery:
    """One delivery, its event (none for a digest, verification or ping), and whom it goes to."""

    id: UUID
    workspace_id: UUID
    channel: str
    purpose: str
    address: str
    status: str
    due_at: datetime
    attempts: int
    first_attempt_at: datetime | None
    created_at: datetime
    event: Event | None = None
    recipient: Recipient | None = None
    receiver: Receiver | None = None

    @property
    def is_open(self) -> bool:
        """Say whether there is anything left to do."""
        return self.status in OPEN


async def lock_delivery(connection: asyncpg.Connection, delivery_id: UUID) -> Delivery | None:
    """Load a delivery and hold it for the rest of the transaction; None when it was deleted."""
    row = await connection.fetchrow(_LOAD, delivery_id)
    if row is None:
        return None
    return Delivery(
        id=row["id"],
        workspace_id=row["workspace_id"],
        channel=row["channel"],
        purpose=row["purpose"],
        address=row["address"],
        status=row["status"],
        due_at=row["due_at"],
        attempts=row["attempts"],
        first_attempt_at=row["first_attempt_at"],
        created_at=row["created_at"],
        event=_read_event(row) if row["event_id"] else None,
        recipient=_read_recipient(row) if row["member_id"] else None,
        receiver=_read_receiver(row) if row["endpoint_url"] else None,
    )


async def list_digest_events(connection: asyncpg.Connection, digest_id: UUID) -> list[Event]:
    """List the events of a digest, the oldest first."""
    return [_read_event(row) for row in await connection.fetch(_LIST_DIGEST, digest_id)]


def _read_event(row: Any) -> Event:
    return Event(
        kind=row["kind"],
        id=row["subject_id"],
        title=row["title"],
        occurred_at=row["occurred_at"],
        summary=row["summary"],
        parts=tuple(Part(part["text"], part["tone"], part["label"]) for part in orjson.loads(row["parts"])),
        url=row["url"],
        page=row["page"],
        severity=row["severity"],
        data=orjson.loads(row["data"]),
    )


def _read_recipient(row: Any) -> Recipient:
    return read_recipient(row, user_id=row["member_id"], address=row["recipient_address"], verified=row["verified"])


def _read_receiver(row: Any) -> Receiver:
    return Receiver(
        id=row["endpoint_id"],
        url=row["endpoint_url"],
        enabled=row["enabled"],
        secret_sealed=row["secret_sealed"],
        previous_secret_sealed=row["previous_secret_sealed"],
        previous_secret_expires_at=row["previous_secret_expires_at"],
    )
