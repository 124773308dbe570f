"""What the overview says of notifications: what was sent since the last visit, what was given up, what waits."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.overview import Asked, Counter, Section, Trend, ask_once, read_trend

_LOG = "/settings/notifications/deliveries"
_ASK = """
select
    counted.sent, counted.given_up, counted.pending,
    (
        select count(*)
        from public.notifications
        where workspace_id = $1
            and user_id = $6
            and read_at is null
    ) as unread,
    (
        select count(*)
        from public.webhook_endpoints
        where workspace_id = $1
            and not enabled
    ) as stopped,
    (
        select jsonb_object_agg(extract(epoch from binned.bin)::bigint, binned.value)
        from (
            select date_bin($5, sent_at, $3) as bin, count(*) as value
            from public.notification_deliveries
            where workspace_id = $1
                and channel <> 'in_app'
                and status = 'sent'
                and sent_at >= $3
                and sent_at < $4
            group by bin
        ) as binned
    ) as trend
from (
    select
        count(*) filter (where status = 'sent' and sent_at > $2) as sent,
        count(*) filter (where status in ('dead', 'uncertain') and updated_at > $2) as given_up,
        count(*) filter (where status in ('pending', 'sending', 'failed')) as pending
    from public.notification_deliveries
    where workspace_id = $1
        and channel <> 'in_app'
) as counted
"""


async def read_overview(connection: AsyncConnection, asked: Asked) -> Section:
    """Read the section of notifications, as far as the caller sees them."""
    row = await ask_once(connection, _ASK, asked, asked.user_id)
    return Section(
        follows=["notifications", "notification_deliveries"],
        since=[
            Counter(name="sent", label="delivered", value=row["sent"], link=f"{_LOG}?status=sent"),
            Counter(
                name="given_up",
                label="not delivered",
                value=row["given_up"],
                tone="bad" if row["given_up"] else "neutral",
                link=f"{_LOG}?status=dead",
            ),
        ],
        now=[
            Counter(name="pending", label="on their way", value=row["pending"], link=f"{_LOG}?status=pending"),
            Counter(name="unread", label="unread", value=row["unread"]),
            Counter(
                name="disabled_endpoints",
                label="webhooks disabled",
                value=row["stopped"],
                tone="warning" if row["stopped"] else "neutral",
                link="/settings/notifications/webhooks",
            ),
        ],
        trends=[Trend(name="sent", label="Deliveries", tone="good", points=read_trend(row["trend"], asked.window))],
    )
