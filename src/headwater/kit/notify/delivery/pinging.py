"""A test message to a webhook endpoint, sent as every other delivery is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.jobs import enqueue
from headwater.kit.notify.delivery.delivering import DeliveryPayload, deliver
from headwater.kit.notify.delivery.endpoints import find
from headwater.kit.notify.tables import notification_deliveries as deliveries


async def ping(connection: AsyncConnection, *, endpoint_id: UUID, at: datetime) -> UUID:
    """Send a test message to an endpoint, enabled or not; returns the delivery that will show the answer.

    Raises:
        NotFound: there is no such endpoint.
    """
    endpoint = await find(connection, endpoint_id=endpoint_id)
    delivery_id: UUID = (await connection.execute(select(func.headwater.uuidv7()))).scalar_one()
    statement = insert(deliveries).values(
        workspace_id=endpoint.workspace_id,
        endpoint_id=endpoint_id,
        channel="webhook",
        purpose="ping",
        address=endpoint.url,
        idempotency_key=f"ping:{delivery_id}",
        status="pending",
        due_at=at,
    )
    made: UUID = (await connection.execute(statement.returning(deliveries.c.id))).scalar_one()
    await enqueue(connection, deliver, DeliveryPayload(delivery_id=made), workspace_id=endpoint.workspace_id)
    return made
