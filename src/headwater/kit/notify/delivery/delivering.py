"""The job that sends one delivery: once, or visibly not."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from uuid import UUID

from pydantic import BaseModel

from headwater.core.errors import Unavailable
from headwater.core.telemetry import counter, get_logger
from headwater.kit.jobs import JobContext, Retry, RetryLater, job
from headwater.kit.notify.delivery.deliveries import Result, postpone, record_result
from headwater.kit.notify.delivery.loading import Delivery, lock_delivery
from headwater.kit.notify.delivery.mail_channel import deliver_mail
from headwater.kit.notify.delivery.tools import NotifyTools
from headwater.kit.notify.delivery.webhook_channel import deliver_webhook

logger = get_logger(__name__)
_DELIVERIES = counter("notify_attempts_total", "Attempts to deliver, by channel and outcome.", ("channel", "outcome"))

# The engine only counts runs that broke: how often a delivery is tried is the delivery's own matter.
_RUNS = Retry(attempts=12, base=timedelta(seconds=5), cap=timedelta(minutes=5))
_RECORD_WAITS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
LOST = "The worker stopped in the middle of sending, so it may have arrived."


class DeliveryPayload(BaseModel):
    """Which delivery to send."""

    delivery_id: UUID


@job(
    "notify.deliver",
    queue="deliver",
    timeout=timedelta(seconds=150),
    retry=_RUNS,
    lock=lambda payload: f"delivery:{payload.delivery_id}",
)
async def deliver(context: JobContext, payload: DeliveryPayload) -> None:
    """Send one message by e-mail or webhook, and record what the other side said."""
    tools = context.resources.get(NotifyTools)
    async with context.raw_transaction() as connection:
        delivery = await lock_delivery(connection, payload.delivery_id)
    if delivery is None or not delivery.is_open:
        return
    if delivery.status == "sending" and delivery.channel == "email":
        await _finish(context, delivery, Result("uncertain", LOST))
        return
    if delivery.status != "sending" and delivery.due_at > context.clock.now():
        raise RetryLater(at=delivery.due_at)
    await _take_turn(context, tools, delivery)
    send = deliver_mail if delivery.channel == "email" else deliver_webhook
    await _finish(context, delivery, await send(context, tools, delivery))


async def _take_turn(context: JobContext, tools: NotifyTools, delivery: Delivery) -> None:
    """Ask the limit of the workspace. Without Valkey nobody knows how much was sent, so nothing is."""
    rates = tools.rates
    mail = delivery.channel == "email"
    decision = await tools.limiter.allow(
        f"notify:{delivery.channel}:{delivery.workspace_id}",
        rate=rates.mails_per_second if mail else rates.webhooks_per_second,
        burst=rates.mails_at_once if mail else rates.webhooks_at_once,
        on_failure="closed",
    )
    if decision.allowed:
        return
    # A little chance keeps those that were sent away together from coming back together.
    until = context.clock.now() + timedelta(seconds=max(decision.retry_after, 1.0) * (1 + random.random()))
    async with context.raw_transaction() as connection:
        await postpone(connection, delivery, until=until)
    raise RetryLater(at=until, reason="the sending limit is reached, or its state can't be read")


async def _finish(context: JobContext, delivery: Delivery, result: Result) -> None:
    _DELIVERIES.labels(delivery.channel, result.outcome).inc()
    if result.outcome not in {"sent", "suppressed"}:
        logger.warning(
            "delivery_not_sent",
            delivery_id=str(delivery.id),
            channel=delivery.channel,
            outcome=result.outcome,
            status_code=result.status_code,
        )
    for wait in (*_RECORD_WAITS, None):
        try:
            async with context.raw_transaction() as connection:
                due_at = await record_result(connection, delivery, result, at=context.clock.now())
            break
        except Unavailable:
            # The message is out; forgetting that because Postgres restarts would make it uncertain.
            if wait is None:
                raise
            await asyncio.sleep(wait)
    if due_at is not None:
        raise RetryLater(at=due_at)
