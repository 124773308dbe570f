"""The job that gathers what waited for a digest into one e-mail."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import insert, select, update

from headwater.kit.jobs import JobContext, Retry, enqueue, job
from headwater.kit.notify.delivery.delivering import DeliveryPayload, deliver
from headwater.kit.notify.tables import notification_deliveries as deliveries


class DigestPayload(BaseModel):
    """Whose digest is due."""

    user_id: UUID


@job(
    "notify.digest",
    queue="deliver",
    timeout=timedelta(seconds=60),
    retry=Retry(attempts=10),
    lock=lambda payload: f"digest:{payload.user_id}",
)
async def collect_digest(context: JobContext, payload: DigestPayload) -> None:
    """Gather the deliveries of a member whose window ended into one, and send that."""
    async with context.transaction(with_members=True) as connection:
        waiting = (
            select(deliveries.c.id, deliveries.c.address, deliveries.c.mode)
            .where(
                deliveries.c.workspace_id == context.workspace_id,
                deliveries.c.user_id == payload.user_id,
                deliveries.c.status == "pending",
                deliveries.c.mode != "immediate",
                deliveries.c.purpose == "event",
                deliveries.c.digest_id.is_(None),
                deliveries.c.due_at <= context.clock.now(),
            )
            .order_by(deliveries.c.id)
            .with_for_update()
        )
        rows = (await connection.execute(waiting)).all()
        if not rows:
            return
        statement = insert(deliveries).values(
            workspace_id=context.workspace_id,
            user_id=payload.user_id,
            channel="email",
            purpose="digest",
            address=rows[-1].address,
            # Whatever is gathered is gathered once, so its first delivery names the digest.
            idempotency_key=f"digest:{rows[0].id}",
            status="pending",
            due_at=context.clock.now(),
        )
        digest_id: UUID = (await connection.execute(statement.returning(deliveries.c.id))).scalar_one()
        members = deliveries.c.id.in_([row.id for row in rows])
        await connection.execute(update(deliveries).where(members).values(digest_id=digest_id))
        await enqueue(
            connection,
            deliver,
            DeliveryPayload(delivery_id=digest_id),
            workspace_id=context.workspace_id,
            deduplication_key=str(digest_id),
        )
