"""Delivers by webhook. The webhook-id is the delivery's, so a receiver drops what it has when it is sent again."""

from __future__ import annotations

from datetime import datetime

from headwater.core.errors import Unavailable
from headwater.kit.jobs import JobContext
from headwater.kit.notify.delivery.deliveries import Result, mark_sending
from headwater.kit.notify.delivery.endpoints import seal_context
from headwater.kit.notify.delivery.loading import Delivery, Receiver
from headwater.kit.notify.delivery.tools import NotifyTools
from headwater.kit.webhooks import WebhookResult, make_body, send_webhook

DISABLED = "The endpoint is disabled."
WANTS_NO_MORE = "The endpoint answered 410 Gone, so it was disabled."


async def deliver_webhook(context: JobContext, tools: NotifyTools, delivery: Delivery) -> Result:
    """Post the delivery to its endpoint; never raises for what the receiver does."""
    receiver = delivery.receiver
    if receiver is None or not (receiver.enabled or delivery.purpose == "ping"):
        return Result("suppressed", DISABLED)
    try:
        valid_secrets = _open_secrets(tools, receiver, at=context.clock.now())
    except Unavailable as error:
        return Result("failed", error.message)
    if delivery.status != "sending":
        async with context.raw_transaction() as connection:
            await mark_sending(connection, delivery, address=receiver.url, at=context.clock.now())
    answer = await send_webhook(
        tools.fetcher,
        url=receiver.url,
        valid_secrets=valid_secrets,
        id=str(delivery.id),
        body=_make_body(delivery, receiver),
        now=context.clock.now(),
    )
    return _read_answer(answer)


def _read_answer(answer: WebhookResult) -> Result:
    response, status = answer.response, answer.status_code
    if answer.outcome == "delivered":
        return Result("sent", response, status, answer.milliseconds)
    if answer.outcome == "disable":
        return Result("dead", WANTS_NO_MORE, status, answer.milliseconds)
    return Result("failed", response, status, answer.milliseconds, answer.retry_after)


def _open_secrets(tools: NotifyTools, receiver: Receiver, *, at: datetime) -> list[str]:
    context = seal_context(receiver.id)
    found = [tools.secret_box.open(receiver.secret_sealed, context=context)]
    until = receiver.previous_secret_expires_at
    if receiver.previous_secret_sealed and until is not None and until > at:
        found.append(tools.secret_box.open(receiver.previous_secret_sealed, context=context))
    return found


def _make_body(delivery: Delivery, receiver: Receiver) -> bytes:
    event = delivery.event
    if event is None:
        data = {"workspace_id": delivery.workspace_id, "endpoint_id": receiver.id}
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
