"""The one function that products call: plans every delivery of an event, in the caller's own transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.clock import now
from headwater.kit.jobs import enqueue, enqueue_many
from headwater.kit.notify.bounding import bound_event
from headwater.kit.notify.delivering import DeliveryPayload, deliver
from headwater.kit.notify.digests import DigestPayload, collect_digest
from headwater.kit.notify.events import Event
from headwater.kit.notify.planning import Planned, plan_deliveries
from headwater.kit.notify.recipients import list_endpoints, list_recipients
from headwater.kit.notify.tables import notification_deliveries, notification_events, notifications

_ROWS_AT_ONCE = 1_000


async def notify(connection: AsyncConnection, *, workspace_id: UUID, event: Event, at: datetime | None = None) -> int:
    """Tell a workspace's members of `event`, by their preferences; gives the number of deliveries planned.

    All of it is part of the caller's transaction: deliveries exist, and are sent, if and when it commits. Calling it
    again for the same kind and id does nothing and gives 0. `at` is the moment by the caller's clock. To be called by
    a job (`JobContext.transaction`) or the platform; a request enqueues a job that calls it.
    """
    event = bound_event(event)
    moment = at or now()
    event_id = await _insert_event(connection, event, workspace_id=workspace_id)
    if event_id is None:
        return 0
    planned = plan_deliveries(
        event,
        recipients=await list_recipients(connection, workspace_id=workspace_id),
        endpoints=await list_endpoints(connection, workspace_id=workspace_id),
        at=moment,
    )
    if not planned:
        return 0
    ids = await _insert_deliveries(connection, event, planned, workspace_id=workspace_id, event_id=event_id)
    await _fill_inboxes(connection, event, planned, workspace_id=workspace_id, event_id=event_id)
    await _enqueue_jobs(connection, ids, workspace_id=workspace_id, moment=moment)
    return len(ids)


async def _insert_event(connection: AsyncConnection, event: Event, *, workspace_id: UUID) -> UUID | None:
    statement = (
        insert(notification_events)
        .values(
            workspace_id=workspace_id,
            kind=event.kind,
            source_id=event.id,
            title=event.title,
            summary=event.summary,
            parts=[part.as_json() for part in event.parts],
            url=event.url,
            page=event.page,
            severity=event.severity,
            data=dict(event.data),
            occurred_at=event.occurred_at,
        )
        .on_conflict_do_nothing(index_elements=["workspace_id", "kind", "source_id"])
        .returning(notification_events.c.id)
    )
    found: UUID | None = (await connection.execute(statement)).scalar()
    return found


async def _insert_deliveries(
    connection: AsyncConnection, event: Event, planned: list[Planned], *, workspace_id: UUID, event_id: UUID
) -> list[tuple[UUID, Planned]]:
    rows = [
        {
            "workspace_id": workspace_id,
            "event_id": event_id,
            "user_id": one.user_id,
            "endpoint_id": one.endpoint_id,
            "channel": one.channel,
            "address": one.address,
            "idempotency_key": one.key_for(event),
            "status": one.status,
            "reason": one.reason,
            "mode": one.mode,
            "due_at": one.due_at,
            "sent_at": one.due_at if one.status == "sent" else None,
        }
        for one in planned
    ]
    by_key: dict[str, UUID] = {}
    for batch in _cut(rows):
        statement = (
            insert(notification_deliveries)
            .values(batch)
            .on_conflict_do_nothing(index_elements=["workspace_id", "idempotency_key"])
            .returning(notification_deliveries.c.id, notification_deliveries.c.idempotency_key)
        )
        by_key |= {row.idempotency_key: row.id for row in await connection.execute(statement)}
    return [(by_key[key], one) for one in planned if (key := one.key_for(event)) in by_key]


async def _fill_inboxes(
    connection: AsyncConnection, event: Event, planned: list[Planned], *, workspace_id: UUID, event_id: UUID
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "workspace_id": workspace_id,
            "user_id": one.user_id,
            "event_id": event_id,
            "kind": event.kind,
            "title": event.title,
            "summary": event.summary,
            # The inbox is part of the dashboard, so it leads to its page.
            "url": event.page or event.url,
            "severity": event.severity,
            "occurred_at": event.occurred_at,
        }
        for one in planned
        if one.channel == "in_app"
    ]
    for batch in _cut(rows):
        statement = insert(notifications).values(batch)
        await connection.execute(statement.on_conflict_do_nothing(index_elements=["event_id", "user_id"]))


async def _enqueue_jobs(
    connection: AsyncConnection, ids: list[tuple[UUID, Planned]], *, workspace_id: UUID, moment: datetime
) -> None:
    at_once = [delivery_id for delivery_id, one in ids if _is_single(one) and one.due_at <= moment]
    payloads = [DeliveryPayload(delivery_id=delivery_id) for delivery_id in at_once]
    keys = [str(delivery_id) for delivery_id in at_once]
    await enqueue_many(connection, deliver, payloads, workspace_id=workspace_id, deduplication_keys=keys)
    for delivery_id, one in ids:
        if _is_single(one) and one.due_at > moment:
            payload = DeliveryPayload(delivery_id=delivery_id)
            key = str(delivery_id)
            await enqueue(connection, deliver, payload, workspace_id=workspace_id, deduplication_key=key, at=one.due_at)
        elif one.status == "pending" and one.mode != "immediate" and one.user_id is not None:
            digest = DigestPayload(user_id=one.user_id)
            key = f"{one.user_id}:{one.due_at.isoformat()}"
            await enqueue(
                connection, collect_digest, digest, workspace_id=workspace_id, deduplication_key=key, at=one.due_at
            )


def _cut(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    # A statement takes 32,767 parameters.
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        yield rows[start : start + _ROWS_AT_ONCE]


def _is_single(one: Planned) -> bool:
    return one.status == "pending" and one.mode == "immediate"
