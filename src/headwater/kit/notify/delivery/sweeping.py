"""The schedule by which deliveries whose job was lost get a new one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.clock import Clock, SystemClock
from headwater.core.database.database import Database, Identity
from headwater.core.resources import Resources
from headwater.kit.jobs import Schedule, enqueue_many
from headwater.kit.notify.delivery.delivering import DeliveryPayload, deliver
from headwater.kit.notify.delivery.digests import DigestPayload, collect_digest
from headwater.kit.notify.tables import notification_deliveries as deliveries

LOST_AFTER = timedelta(minutes=10)
_AT_ONCE = 1_000


async def sweep(resources: Resources) -> None:
    """Enqueue jobs for the deliveries that are long due. A job that is merely late finds its work done."""
    clock = _find_clock(resources)
    async with resources.get(Database).transaction(Identity.service()) as connection:
        rows = await _list_lost(connection, at=clock.now())
        single = [row for row in rows if row.mode == "immediate"]
        await enqueue_many(
            connection,
            deliver,
            [DeliveryPayload(delivery_id=row.id) for row in single],
            workspace_id=[row.workspace_id for row in single],
            deduplication_keys=[str(row.id) for row in single],
        )
        gathered: dict[tuple[UUID, UUID], None] = {
            (row.workspace_id, row.user_id): None for row in rows if row.mode != "immediate"
        }
        await enqueue_many(
            connection,
            collect_digest,
            [DigestPayload(user_id=user_id) for _, user_id in gathered],
            workspace_id=[workspace_id for workspace_id, _ in gathered],
            deduplication_keys=[f"{user_id}:swept" for _, user_id in gathered],
        )


async def _list_lost(connection: AsyncConnection, *, at: datetime) -> list[Any]:
    statement = (
        select(deliveries.c.id, deliveries.c.workspace_id, deliveries.c.user_id, deliveries.c.mode)
        .where(
            deliveries.c.status.in_(["pending", "failed", "sending"]),
            deliveries.c.digest_id.is_(None),
            # A viewer may not enqueue, so the mail that verifies their address waits for this sweep.
            or_(
                deliveries.c.due_at <= at - LOST_AFTER,
                (deliveries.c.purpose == "verification") & (deliveries.c.due_at <= at) & (deliveries.c.attempts == 0),
            ),
            or_(deliveries.c.sending_since.is_(None), deliveries.c.sending_since <= at - LOST_AFTER),
        )
        .order_by(deliveries.c.due_at)
        .limit(_AT_ONCE)
    )
    return list((await connection.execute(statement)).all())


def _find_clock(resources: Resources) -> Clock:
    if resources.has(Clock):
        return resources.get(Clock)  # type: ignore[type-abstract]  # the registry takes a protocol as a key
    return SystemClock()


schedules = (Schedule("notify.sweep", run=sweep, every=timedelta(seconds=30)),)
