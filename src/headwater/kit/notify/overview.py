"""What the overview tells of notifications: what was sent since the last visit, what was given up, what waits."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.notify.tables import notification_deliveries as deliveries
from headwater.kit.notify.tables import notifications, webhook_endpoints
from headwater.kit.overview import Asked, Counter, Section, Trend, count_trend

_LOG = "/settings/notifications/deliveries"
_PENDING = ("pending", "sending", "failed")
_GIVEN_UP = ("dead", "uncertain")


async def read_overview(connection: AsyncConnection, asked: Asked) -> Section:
    """Read the section of notifications, as far as the caller sees them."""
    mine = deliveries.c.workspace_id == asked.workspace_id
    outside = mine & (deliveries.c.channel != "in_app")
    counted = select(
        func.count().filter((deliveries.c.status == "sent") & (deliveries.c.sent_at > asked.since)).label("sent"),
        func.count()
        .filter(deliveries.c.status.in_(_GIVEN_UP) & (deliveries.c.updated_at > asked.since))
        .label("given_up"),
        func.count().filter(deliveries.c.status.in_(_PENDING)).label("pending"),
    ).where(outside)
    row = (await connection.execute(counted)).one()
    unread = select(func.count()).where(
        notifications.c.workspace_id == asked.workspace_id,
        notifications.c.user_id == asked.user_id,
        notifications.c.read_at.is_(None),
    )
    disabled = select(func.count()).where(
        webhook_endpoints.c.workspace_id == asked.workspace_id, ~webhook_endpoints.c.enabled
    )
    stopped: int = (await connection.execute(disabled)).scalar_one()
    sent = await count_trend(
        connection, asked.window, at=deliveries.c.sent_at, where=outside & (deliveries.c.status == "sent")
    )
    return Section(
        follows=["notifications", "notification_deliveries"],
        since=[
            Counter(name="sent", label="delivered", value=row.sent, link=f"{_LOG}?status=sent"),
            Counter(
                name="given_up",
                label="not delivered",
                value=row.given_up,
                tone="bad" if row.given_up else "neutral",
                link=f"{_LOG}?status=dead",
            ),
        ],
        now=[
            Counter(name="pending", label="on their way", value=row.pending, link=f"{_LOG}?status=pending"),
            Counter(name="unread", label="unread", value=(await connection.execute(unread)).scalar_one()),
            Counter(
                name="disabled_endpoints",
                label="webhooks disabled",
                value=stopped,
                tone="warning" if stopped else "neutral",
                link="/settings/notifications/webhooks",
            ),
        ],
        trends=[Trend(name="sent", label="Deliveries", tone="good", points=sent)],
    )
