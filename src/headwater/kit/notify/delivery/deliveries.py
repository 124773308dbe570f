"""The states of a delivery: marked before the effect, and what is recorded of how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import asyncpg

from headwater.core.text import clean_text
from headwater.kit.notify.delivery.loading import Delivery
from headwater.kit.notify.delivery.retries import plan_retry
from headwater.kit.notify.planning.quiet_hours import find_allowed

Outcome = Literal["sent", "failed", "dead", "uncertain", "suppressed"]
_RESPONSE_LENGTH = 1_000
_REASON_LENGTH = 500

_MARK = """
update public.notification_deliveries
set status = 'sending',
    sending_since = $2,
    address = $3,
    first_attempt_at = coalesce(first_attempt_at, $2)
where id = $1
"""

_POSTPONE = "update public.notification_deliveries set due_at = $2 where id = $1"

_RECORD = """
with recorded as (
    update public.notification_deliveries
    set status = $2,
        reason = $3,
        attempts = $4,
        sending_since = null,
        first_attempt_at = coalesce(first_attempt_at, $5),
        due_at = coalesce($6, due_at),
        sent_at = case when $2 = 'sent' then $5 else sent_at end
    where id = $1
    returning id, workspace_id
)
insert into public.notification_attempts (
    workspace_id, delivery_id, number, outcome, status_code, response, milliseconds, at
)
select
    workspace_id,
    id,
    (select count(*) + 1 from public.notification_attempts where delivery_id = $1),
    $2, $7, $8, $9, $5
from recorded
"""

# Locked in the order of their keys, as whoever gathers a digest does.
_TAKE_ALONG = """
update public.notification_deliveries
set status = $2,
    reason = $3,
    sent_at = case when $2 = 'sent' then $4 else sent_at end
where id in (
    select id
    from public.notification_deliveries
    where digest_id = $1
        and status <> 'sent'
    order by id
    for no key update
)
"""

# The row of a busy endpoint isn't written for each message: a minute's grain is enough to see that it takes them.
_NOTE_SUCCESS = """
update public.webhook_endpoints
set failures = 0,
    last_delivered_at = $2::timestamptz
where id = $1
    and (failures <> 0 or last_delivered_at is null or last_delivered_at < $2::timestamptz - interval '1 minute')
"""

_NOTE_FAILURE = """
update public.webhook_endpoints
set failures = failures + 1,
    enabled = enabled and $2::text is null,
    disabled_reason = coalesce($2, disabled_reason)
where id = $1
"""


@dataclass(frozen=True)
class Result:
    """How an attempt went. `failed` is tried again while patience lasts, not before `retry_after`."""

    outcome: Outcome
    response: str = ""
    status_code: int | None = None
    milliseconds: int = 0
    retry_after: timedelta | None = None


async def mark_sending(connection: asyncpg.Connection, delivery: Delivery, *, address: str, at: datetime) -> None:
    """Mark that the effect is about to happen. Whoever finds the mark later knows that it may have happened."""
    await connection.execute(_MARK, delivery.id, at, address)


async def postpone(connection: asyncpg.Connection, delivery: Delivery, *, until: datetime) -> None:
    """Put a delivery off without counting an attempt."""
    await connection.execute(_POSTPONE, delivery.id, until)


async def record_result(
    connection: asyncpg.Connection, delivery: Delivery, result: Result, *, at: datetime
) -> datetime | None:
    """Record an attempt and what becomes of the delivery; returns when to try again, or None when it is over.

    A digest takes the deliveries that it gathers along; an endpoint's failures in a row are counted, and one that
    wants no more is disabled.
    """
    made = delivery.attempts + 1
    due_at = _plan_next(delivery, result, attempts=made, at=at)
    status = "dead" if result.outcome == "failed" and due_at is None else result.outcome
    response = clean_text(result.response)
    reason = None if status == "sent" else response[:_REASON_LENGTH] or None
    await connection.execute(
        _RECORD,
        delivery.id,
        status,
        reason,
        made,
        at,
        due_at,
        result.status_code,
        response[:_RESPONSE_LENGTH],
        result.milliseconds,
    )
    if delivery.purpose == "digest" and due_at is None:
        await connection.execute(_TAKE_ALONG, delivery.id, status, reason, at)
    if delivery.receiver is not None:
        if result.outcome == "sent":
            await connection.execute(_NOTE_SUCCESS, delivery.receiver.id, at)
        elif result.outcome in {"failed", "dead"}:
            wants_no_more = result.response if result.outcome == "dead" else None
            await connection.execute(_NOTE_FAILURE, delivery.receiver.id, wants_no_more)
    return due_at


def _plan_next(delivery: Delivery, result: Result, *, attempts: int, at: datetime) -> datetime | None:
    # Whoever asked for a ping waits for the answer now.
    if result.outcome != "failed" or delivery.purpose == "ping":
        return None
    started = delivery.first_attempt_at or at
    planned = plan_retry(attempts=attempts, first_attempt_at=started, at=at, retry_after=result.retry_after)
    recipient = delivery.recipient
    if planned is None or recipient is None or delivery.purpose == "verification":
        return planned
    return find_allowed(planned, quiet=recipient.quiet, zone=recipient.zone)
