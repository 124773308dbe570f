"""What the overview tells of watch: changes since the last visit, the health of the sources, checks over time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.overview import RECENT, Asked, Counter, Item, Section, Start, Tone, Trend, count_trend
from headwater.products.watch.alerts import list_alerts
from headwater.products.watch.tables import change_alerts, monitored_sources, source_checks

_START = Start(
    title="What do you want to know about?",
    text="Say it in your own words: pages and feeds that show it are found and watched, and you hear of what changes.",
    label="Watch something",
    link="/watch/ask",
)
_TONES: dict[str, Tone] = {"high": "bad", "medium": "warning", "low": "neutral"}


async def read_overview(connection: AsyncConnection, asked: Asked) -> Section:
    """Read the section of watch."""
    changes = change_alerts.c.workspace_id == asked.workspace_id
    checks = source_checks.c.workspace_id == asked.workspace_id
    alerts = await list_alerts(connection, workspace_id=asked.workspace_id, limit=RECENT)
    checked = await count_trend(connection, asked.window, at=source_checks.c.at, where=checks)
    changed = await count_trend(connection, asked.window, at=change_alerts.c.created_at, where=changes)
    now = await _count_sources(connection, asked)
    return Section(
        follows=["change_alerts", "monitored_sources"],
        start=None if any(counter.value for counter in now) else _START,
        since=await _count_changes(connection, asked),
        now=now,
        recent=[_show_alert(alert) for alert in alerts if alert["created_at"] > asked.since],
        trends=[
            Trend(name="changes", label="Changes", tone="warning", points=changed),
            Trend(name="checks", label="Checks", points=checked),
        ],
    )


async def _count_changes(connection: AsyncConnection, asked: Asked) -> list[Counter]:
    recent = change_alerts.c.created_at > asked.since
    counted = select(
        func.count().filter(recent).label("changes"),
        func.count().filter(recent & (change_alerts.c.severity == "high")).label("high"),
        func.count().filter(change_alerts.c.acknowledged_at.is_(None)).label("open"),
    ).where(change_alerts.c.workspace_id == asked.workspace_id)
    row = (await connection.execute(counted)).one()
    checks = select(func.count()).where(
        source_checks.c.workspace_id == asked.workspace_id, source_checks.c.at > asked.since
    )
    return [
        Counter(name="changes", label="changes that matter", value=row.changes, link="/watch/alerts"),
        Counter(
            name="high",
            label="of high severity",
            value=row.high,
            tone="bad" if row.high else "neutral",
            link="/watch/alerts",
        ),
        Counter(name="open", label="not acknowledged", value=row.open, link="/watch/alerts"),
        Counter(name="checks", label="checks", value=(await connection.execute(checks)).scalar_one()),
    ]


async def _count_sources(connection: AsyncConnection, asked: Asked) -> list[Counter]:
    statement = (
        select(monitored_sources.c.status, func.count().label("value"))
        .where(monitored_sources.c.workspace_id == asked.workspace_id, monitored_sources.c.status != "deleted")
        .group_by(monitored_sources.c.status)
    )
    states = {row.status: row.value for row in await connection.execute(statement)}
    broken = states.get("error", 0)
    return [
        Counter(
            name="active", label="sources watched", value=states.get("active", 0), tone="good", link="/watch/sources"
        ),
        Counter(name="paused", label="paused", value=states.get("paused", 0), link="/watch/sources"),
        Counter(
            name="error", label="failing", value=broken, tone="bad" if broken else "neutral", link="/watch/sources"
        ),
    ]


def _show_alert(alert: dict[str, Any]) -> Item:
    return Item(
        id=alert["id"],
        kind="watch.alert",
        title=alert["source_name"],
        summary=alert["summary"],
        at=alert["created_at"],
        tone=_TONES[alert["severity"]],
        link=f"/watch/alerts/{alert['id']}",
    )
