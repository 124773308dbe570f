"""What products call: plans every delivery of an event, or of many, in the caller's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.clock import now
from headwater.core.database.database import driver
from headwater.kit.jobs import enqueue_many
from headwater.kit.notify.bounding import bound_event
from headwater.kit.notify.delivery.delivering import DeliveryPayload, deliver
from headwater.kit.notify.delivery.digests import DigestPayload, collect_digest
from headwater.kit.notify.events import Event
from headwater.kit.notify.planning.planning import Planned, plan_deliveries
from headwater.kit.notify.planning.recipients import list_endpoints, list_recipients
from headwater.kit.notify.planning.storing import ToDeliver, fill_inboxes, store_deliveries, store_events


async def notify(connection: AsyncConnection, *, workspace_id: UUID, event: Event, at: datetime | None = None) -> int:
    """Notify a workspace's members of `event`, by their preferences; returns the number of deliveries planned.

    All of it is part of the caller's transaction: deliveries exist, and are sent, if and when it commits. Calling it
    again for the same kind and id does nothing and returns 0. `at` is the moment by the caller's clock. To be called by
    a job (`JobContext.transaction`) or the platform; a request enqueues a job that calls it.
    """
    return await notify_many(connection, workspace_id=workspace_id, events=[event], at=at)


async def notify_many(
    connection: AsyncConnection, *, workspace_id: UUID, events: Sequence[Event], at: datetime | None = None
) -> int:
    """Notify of many events as `notify` does of one: who wants to know is read once, everything is written at once."""
    raw = await driver(connection)
    moment = at or now()
    told = await store_events(raw, [bound_event(event) for event in events], workspace_id=workspace_id)
    if not told:
        return 0
    recipients = await list_recipients(connection, workspace_id=workspace_id)
    endpoints = await list_endpoints(connection, workspace_id=workspace_id)
    deliveries = [
        ToDeliver(event_id, planned.key_for(event), planned)
        for event_id, event in told
        for planned in plan_deliveries(event, recipients=recipients, endpoints=endpoints, at=moment)
    ]
    if not deliveries:
        return 0
    stored = await store_deliveries(raw, deliveries, workspace_id=workspace_id)
    await fill_inboxes(raw, deliveries)
    await _enqueue_jobs(connection, stored, workspace_id=workspace_id)
    return len(stored)


async def _enqueue_jobs(
    connection: AsyncConnection, stored: Sequence[tuple[UUID, Planned]], *, workspace_id: UUID
) -> None:
    single = [(delivery_id, one.due_at) for delivery_id, one in stored if _is_single(one)]
    await enqueue_many(
        connection,
        deliver,
        [DeliveryPayload(delivery_id=delivery_id) for delivery_id, _ in single],
        workspace_id=workspace_id,
        deduplication_keys=[str(delivery_id) for delivery_id, _ in single],
        at=[due_at for _, due_at in single],
    )
    digests = {(one.user_id, one.due_at) for _, one in stored if _is_gathered(one) and one.user_id is not None}
    gathered = sorted(digests, key=str)
    await enqueue_many(
        connection,
        collect_digest,
        [DigestPayload(user_id=user_id) for user_id, _ in gathered],
        workspace_id=workspace_id,
        deduplication_keys=[f"{user_id}:{due_at.isoformat()}" for user_id, due_at in gathered],
        at=[due_at for _, due_at in gathered],
    )


def _is_single(one: Planned) -> bool:
    return one.status == "pending" and one.mode == "immediate"


def _is_gathered(one: Planned) -> bool:
    return one.status == "pending" and one.mode != "immediate"
