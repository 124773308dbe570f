"""The states of a delivery: loading one to send it, marking it before the effect, recording how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.notify.events import Event, Part
from headwater.kit.notify.planning import Recipient
from headwater.kit.notify.quiet_hours import find_allowed
from headwater.kit.notify.retries import plan_retry
from headwater.kit.notify.tables import notification_attempts as attempts
from headwater.kit.notify.tables import notification_deliveries as deliveries
from headwater.kit.notify.tables import notification_events as events

Outcome = Literal["sent", "failed", "dead", "uncertain", "suppressed"]
OPEN = ("pending", "sending", "failed")
_RESPONSE_LENGTH = 1_000


@dataclass(frozen=True)
class Delivery:
    """One delivery with the event that it tells of (none for a digest, verification or ping)."""

    id: UUID
    workspace_id: UUID
    user_id: UUID | None
    endpoint_id: UUID | None
    channel: str
    purpose: str
    address: str
    status: str
    due_at: datetime
    attempts: int
    first_attempt_at: datetime | None
    created_at: datetime
    event: Event | None = None

    @property
    def is_open(self) -> bool:
        """Say whether there is anything left to do."""
        return self.status in OPEN


@dataclass(frozen=True)
class Result:
    """How an attempt went. `failed` is tried again while patience lasts, not before `retry_after`."""

    outcome: Outcome
    response: str = ""
    status_code: int | None = None
    milliseconds: int = 0
    retry_after: timedelta | None = None


async def lock_delivery(connection: AsyncConnection, delivery_id: UUID) -> Delivery | None:
    """Load a delivery for the rest of the transaction, or None when it was deleted."""
    statement = select(deliveries).where(deliveries.c.id == delivery_id).with_for_update()
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        return None
    event = await _find_event(connection, row["event_id"]) if row["event_id"] else None
    names = Delivery.__dataclass_fields__.keys() - {"event"}
    return Delivery(**{name: row[name] for name in names}, event=event)


async def list_digest_events(connection: AsyncConnection, digest_id: UUID) -> list[Event]:
    """List the events that a digest tells of, the oldest first."""
    statement = (
        select(events)
        .join(deliveries, deliveries.c.event_id == events.c.id)
        .where(deliveries.c.digest_id == digest_id)
        .order_by(events.c.occurred_at, events.c.id)
    )
    return [read_event(row) for row in (await connection.execute(statement)).mappings()]


async def _find_event(connection: AsyncConnection, event_id: UUID) -> Event:
    row = (await connection.execute(select(events).where(events.c.id == event_id))).mappings().one()
    return read_event(row)


def read_event(row: Any) -> Event:
    """Read an event from its row."""
    return Event(
        kind=row["kind"],
        id=row["source_id"],
        title=row["title"],
        occurred_at=row["occurred_at"],
        summary=row["summary"],
        parts=tuple(Part(part["text"], part["tone"], part["label"]) for part in row["parts"]),
        url=row["url"],
        severity=row["severity"],
        data=row["data"],
    )


async def mark_sending(connection: AsyncConnection, delivery: Delivery, *, address: str, at: datetime) -> None:
    """Mark that the effect is about to happen. Whoever finds the mark later knows that it may have happened."""
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery.id)
        .values(
            status="sending",
            sending_since=at,
            address=address,
            first_attempt_at=func.coalesce(deliveries.c.first_attempt_at, at),
        )
    )


async def postpone(connection: AsyncConnection, delivery: Delivery, *, until: datetime) -> None:
    """Put a delivery off without counting an attempt."""
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(due_at=until))


async def record_result(
    connection: AsyncConnection, delivery: Delivery, result: Result, *, recipient: Recipient | None, at: datetime
) -> datetime | None:
    """Record an attempt and what becomes of the delivery; gives when to try again, or None when it is over.

    A digest takes the deliveries that it collects along.
    """
    made = delivery.attempts + 1
    status, due_at = result.outcome, None
    if result.outcome == "failed":
        started = delivery.first_attempt_at or at
        due_at = plan_retry(attempts=made, first_attempt_at=started, at=at, retry_after=result.retry_after)
        # Whoever asked for a ping waits for the answer now.
        if due_at is None or delivery.purpose == "ping":
            status, due_at = "dead", None
        elif delivery.purpose in {"event", "digest"} and delivery.channel == "email" and recipient is not None:
            due_at = find_allowed(due_at, quiet=recipient.quiet, zone=recipient.zone)
    values: dict[str, Any] = {"status": status, "reason": None if status == "sent" else result.response[:500] or None}
    if status == "sent":
        values["sent_at"] = at
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery.id)
        .values(
            **values,
            attempts=made,
            sending_since=None,
            first_attempt_at=func.coalesce(deliveries.c.first_attempt_at, at),
            due_at=due_at or deliveries.c.due_at,
        )
    )
    if status != "failed" and delivery.purpose == "digest":
        followers = (deliveries.c.digest_id == delivery.id) & (deliveries.c.status != "sent")
        await connection.execute(update(deliveries).where(followers).values(**values))
    await _insert_attempt(connection, delivery, result, outcome=status, at=at)
    return due_at


async def _insert_attempt(
    connection: AsyncConnection, delivery: Delivery, result: Result, *, outcome: str, at: datetime
) -> None:
    counted = select(func.count() + 1).where(attempts.c.delivery_id == delivery.id).scalar_subquery()
    await connection.execute(
        insert(attempts).values(
            workspace_id=delivery.workspace_id,
            delivery_id=delivery.id,
            number=counted,
            outcome=outcome,
            status_code=result.status_code,
            response=result.response.replace("\x00", "")[:_RESPONSE_LENGTH],
            milliseconds=result.milliseconds,
            at=at,
        )
    )
