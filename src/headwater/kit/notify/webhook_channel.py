"""Delivers by webhook. The webhook-id is the delivery's, so a receiver drops what it has when it is sent again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.errors import Unavailable
from headwater.kit.jobs import JobContext
from headwater.kit.notify.deliveries import Delivery, Result, mark_sending
from headwater.kit.notify.endpoints import seal_context
from headwater.kit.notify.tables import webhook_endpoints
from headwater.kit.notify.tools import NotifyTools
from headwater.kit.webhooks import WebhookResult, make_body, send_webhook

DISABLED = "The endpoint is disabled."
WANTS_NO_MORE = "The endpoint answered 410 Gone, so it was disabled."
PING = "ping"


async def deliver_webhook(context: JobContext, tools: NotifyTools, delivery: Delivery) -> Result:
    """Post the delivery to its endpoint; never raises for what the receiver does."""
    async with context.transaction() as connection:
        table = webhook_endpoints
        row = (await connection.execute(select(table).where(table.c.id == delivery.endpoint_id))).mappings().first()
        if row is None or not (row["enabled"] or delivery.purpose == PING):
            return Result("suppressed", DISABLED)
        try:
            valid_secrets = _open_secrets(tools, row, at=context.clock.now())
        except Unavailable as error:
            return Result("failed", error.message)
        await mark_sending(connection, delivery, address=row["url"], at=context.clock.now())
    answer = await send_webhook(
        tools.fetcher,
        url=row["url"],
        valid_secrets=valid_secrets,
        id=str(delivery.id),
        body=_make_body(delivery),
        now=context.clock.now(),
    )
    return _read_answer(answer)


async def note_endpoint_result(
    connection: AsyncConnection, delivery: Delivery, result: Result, *, at: datetime
) -> None:
    """Keep count of an endpoint's failures in a row, and disable one that wants no more."""
    table = webhook_endpoints
    values: dict[str, Any]
    if result.outcome == "sent":
        values = {"failures": 0, "last_delivered_at": at}
    elif result.outcome == "dead":
        values = {"failures": table.c.failures + 1, "enabled": False, "disabled_reason": WANTS_NO_MORE}
    elif result.outcome == "failed":
        values = {"failures": table.c.failures + 1}
    else:
        return
    await connection.execute(update(table).where(table.c.id == delivery.endpoint_id).values(**values))


def _read_answer(answer: WebhookResult) -> Result:
    response, status = answer.response, answer.status_code
    if answer.outcome == "delivered":
        return Result("sent", response, status, answer.milliseconds)
    if answer.outcome == "disable":
        return Result("dead", WANTS_NO_MORE, status, answer.milliseconds)
    return Result("failed", response, status, answer.milliseconds, answer.retry_after)


def _open_secrets(tools: NotifyTools, row: Any, *, at: datetime) -> list[str]:
    context = seal_context(row["id"])
    found = [tools.secret_box.open(row["secret_sealed"], context=context)]
    if row["previous_secret_sealed"] and row["previous_secret_expires_at"] > at:
        found.append(tools.secret_box.open(row["previous_secret_sealed"], context=context))
    return found


def _make_body(delivery: Delivery) -> bytes:
    event = delivery.event
    if event is None:
        data = {"workspace_id": delivery.workspace_id, "endpoint_id": delivery.endpoint_id}
        return make_body(kind="headwater.ping", occurred_at=delivery.created_at, data=data)
    return make_body(
        kind=event.kind,
        occurred_at=event.occurred_at,
        data={
            **event.data,
            "id": event.id,
            "workspace_id": delivery.workspace_id,
            "title": event.title,
            "summary": event.summary,
            "severity": event.severity,
            "url": event.url,
            "parts": [part.as_json() for part in event.parts],
        },
    )
