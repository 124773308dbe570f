"""Stores what was planned: the events, a row a delivery, the inboxes. One statement each, however many there are.

Rows are written in the order of their keys, so that two transactions about the same thing wait for each other and
never in a ring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import orjson

from headwater.kit.notify.events import Event
from headwater.kit.notify.planning.planning import Planned

_STORE_EVENTS = """
insert into public.notification_events (
    workspace_id, kind, subject_id, title, summary, parts, url, page, severity, data, occurred_at
)
select
    $1, item.kind, item.subject_id, item.title, item.summary, item.parts::jsonb, item.url, item.page, item.severity,
    item.data::jsonb, item.occurred_at
from unnest(
    $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::timestamptz[]
) as item (kind, subject_id, title, summary, parts, url, page, severity, data, occurred_at)
order by item.kind, item.subject_id
on conflict (workspace_id, kind, subject_id) do nothing
returning id, kind, subject_id
"""

_STORE_DELIVERIES = """
insert into public.notification_deliveries (
    workspace_id, event_id, user_id, endpoint_id, channel, address, idempotency_key, status, reason, mode, due_at,
    sent_at
)
select
    $1, planned.event_id, planned.user_id, planned.endpoint_id, planned.channel, planned.address, planned.key,
    planned.status, planned.reason, planned.mode, planned.due_at,
    case when planned.status = 'sent' then planned.due_at end
from unnest(
    $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::timestamptz[]
) as planned (event_id, user_id, endpoint_id, channel, address, key, status, reason, mode, due_at)
order by planned.key
on conflict (workspace_id, idempotency_key) do nothing
returning id, idempotency_key
"""

# The inbox is part of the dashboard, so an entry leads to its page.
_FILL_INBOXES = """
insert into public.notifications (
    workspace_id, user_id, event_id, kind, title, summary, url, severity, occurred_at
)
select
    event.workspace_id, item.user_id, event.id, event.kind, event.title, event.summary, coalesce(event.page, event.url),
    event.severity, event.occurred_at
from unnest($1::uuid[], $2::uuid[]) as item (event_id, user_id)
join public.notification_events as event on event.id = item.event_id
order by event.id, item.user_id
on conflict (event_id, user_id) do nothing
"""


@dataclass(frozen=True)
class ToDeliver:
    """A delivery that was planned for an event which is stored."""

    event_id: UUID
    key: str
    planned: Planned


async def store_events(
    connection: asyncpg.Connection, events: Sequence[Event], *, workspace_id: UUID
) -> list[tuple[UUID, Event]]:
    """Store the events that nobody was notified of before; returns them with their ids, in order."""
    rows = await connection.fetch(
        _STORE_EVENTS,
        workspace_id,
        [event.kind for event in events],
        [event.id for event in events],
        [event.title for event in events],
        [event.summary for event in events],
        [orjson.dumps([part.as_json() for part in event.parts]).decode() for event in events],
        [event.url for event in events],
        [event.page for event in events],
        [event.severity for event in events],
        [orjson.dumps(dict(event.data)).decode() for event in events],
        [event.occurred_at for event in events],
    )
    stored: Mapping[tuple[str, UUID], UUID] = {(row["kind"], row["subject_id"]): row["id"] for row in rows}
    found = {(event.kind, event.id): event for event in events}
    return [(stored[key], event) for key, event in found.items() if key in stored]


async def store_deliveries(
    connection: asyncpg.Connection, deliveries: Sequence[ToDeliver], *, workspace_id: UUID
) -> list[tuple[UUID, Planned]]:
    """Store a row for each delivery; returns those that are new with their ids, in order."""
    planned = [one.planned for one in deliveries]
    rows = await connection.fetch(
        _STORE_DELIVERIES,
        workspace_id,
        [one.event_id for one in deliveries],
        [one.user_id for one in planned],
        [one.endpoint_id for one in planned],
        [one.channel for one in planned],
        [one.address for one in planned],
        [one.key for one in deliveries],
        [one.status for one in planned],
        [one.reason for one in planned],
        [one.mode for one in planned],
        [one.due_at for one in planned],
    )
    stored = {row["idempotency_key"]: row["id"] for row in rows}
    return [(stored[one.key], one.planned) for one in deliveries if one.key in stored]


async def fill_inboxes(connection: asyncpg.Connection, deliveries: Sequence[ToDeliver]) -> None:
    """Add the entries of the inboxes among the deliveries."""
    entries = [one for one in deliveries if one.planned.channel == "in_app"]
    if entries:
        await connection.execute(
            _FILL_INBOXES, [one.event_id for one in entries], [one.planned.user_id for one in entries]
        )
