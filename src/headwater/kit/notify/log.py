"""The delivery log as people read it, and sending again what was given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.rows import list_columns
from headwater.core.errors import Conflict, NotFound
from headwater.kit.jobs import enqueue
from headwater.kit.notify.delivery.delivering import DeliveryPayload, deliver
from headwater.kit.notify.rows import AttemptRow, DeliveryRow
from headwater.kit.notify.tables import notification_attempts as attempts
from headwater.kit.notify.tables import notification_deliveries as deliveries
from headwater.kit.notify.tables import notification_events as events
from headwater.kit.pages import Page, PageRequest, read_page

REPLAYABLE = ("dead", "uncertain", "suppressed")


def _deliveries() -> Select[Any]:
    of_event = {name: events.c[name] for name in ("kind", "title", "severity")}
    columns = list_columns(DeliveryRow, deliveries, **of_event)
    return select(*columns).join(events, events.c.id == deliveries.c.event_id, isouter=True)


async def list_deliveries(
    connection: AsyncConnection,
    *,
    workspace_id: UUID,
    status: str | None = None,
    channel: str | None = None,
    kind: str | None = None,
    endpoint_id: UUID | None = None,
    event_id: UUID | None = None,
    page: PageRequest,
) -> Page[DeliveryRow]:
    """List what was sent, newest first, each delivery with its attempts.

    `event_id` is the `Event.id` that a product gave: its own id of what happened, the alert's for instance.
    """
    statement = _deliveries().where(deliveries.c.workspace_id == workspace_id)
    for column, wanted in (
        (deliveries.c.status, status),
        (deliveries.c.channel, channel),
        (events.c.kind, kind),
        (deliveries.c.endpoint_id, endpoint_id),
        (events.c.subject_id, event_id),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    found = await read_page(connection, statement, by=deliveries.c.id, page=page, row=DeliveryRow)
    tried = await _list_attempts(connection, [row.id for row in found.items])
    return Page([replace(row, attempt_log=tuple(tried.get(row.id, ()))) for row in found.items], found.next_before)


async def find_delivery(connection: AsyncConnection, delivery_id: UUID) -> DeliveryRow:
    """Find one delivery with its attempts. Raises NotFound."""
    statement = _deliveries().where(deliveries.c.id == delivery_id)
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        raise NotFound("There is no such delivery.")
    tried = await _list_attempts(connection, [delivery_id])
    return DeliveryRow(**row, attempt_log=tuple(tried.get(delivery_id, ())))


async def replay_delivery(connection: AsyncConnection, delivery_id: UUID, *, at: datetime) -> DeliveryRow:
    """Send again what was given up, under the same Message-ID or webhook-id. What went in a digest goes in it again.

    Raises:
        NotFound: there is no such delivery. Conflict: it wasn't given up, or the caller may not send it again.
    """
    found = await find_delivery(connection, delivery_id)
    target = found.digest_id or delivery_id
    statement = (
        update(deliveries)
        .where(deliveries.c.id == target, deliveries.c.status.in_(REPLAYABLE))
        .values(status="pending", reason=None, due_at=at, attempts=0, first_attempt_at=None)
        .returning(deliveries.c.workspace_id)
    )
    workspace_id = (await connection.execute(statement)).scalar()
    if workspace_id is None:
        raise Conflict(
            "Only what was given up can be sent again, by somebody who may work in the workspace.",
            code="not_replayable",
            details={"status": found.status},
        )
    payload = DeliveryPayload(delivery_id=target)
    await enqueue(connection, deliver, payload, workspace_id=workspace_id, deduplication_key=str(target))
    return await find_delivery(connection, target)


async def _list_attempts(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, list[AttemptRow]]:
    if not ids:
        return {}
    statement = (
        select(*list_columns(AttemptRow, attempts))
        .where(attempts.c.delivery_id.in_(ids))
        .order_by(attempts.c.delivery_id, attempts.c.number)
    )
    found: dict[UUID, list[AttemptRow]] = {}
    for row in (await connection.execute(statement)).mappings():
        found.setdefault(row["delivery_id"], []).append(AttemptRow(**row))
    return found
