"""What waits for somebody in watch: alerts that nobody acknowledged, sources that can't be checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.database import driver
from headwater.kit.overview import (
    RECENT,
    Attention,
    AttentionQuery,
    Counter,
    Item,
    Tone,
    read_counts,
    read_rows,
)

_TONES: dict[str, Tone] = {"high": "bad", "medium": "warning", "low": "neutral"}

_ASK = f"""
select
    jsonb_build_object(
        'open', (
            select count(*)
            from public.change_alerts
            where workspace_id = $1
                and acknowledged_at is null
        ),
        'failing', (
            select count(*)
            from public.monitored_sources
            where workspace_id = $1
                and status = 'error'
        )
    ) as counts,
    (
        select jsonb_agg(to_jsonb(waiting))
        from (
            select
                alert.id, source.name as title, alert.summary, alert.created_at as at, alert.severity
            from public.change_alerts as alert
            join public.monitored_sources as source on source.id = alert.monitored_source_id
            where alert.workspace_id = $1
                and alert.acknowledged_at is null
            order by array_position(array['high', 'medium', 'low'], alert.severity), alert.id desc
            limit {RECENT}
        ) as waiting
    ) as alerts
"""  # noqa: S608  # a constant of ours


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that nobody acknowledged, as the statement returns it."""

    id: UUID
    title: str
    summary: str
    at: datetime
    severity: str


async def read_attention(connection: AsyncConnection, query: AttentionQuery) -> Attention:
    """Read what waits; a viewer can neither acknowledge an alert nor wake a source."""
    if not query.may("editor"):
        return Attention()
    row = await (await driver(connection)).fetchrow(_ASK, query.workspace_id)
    counts = read_counts(row["counts"])
    items = [
        Item(
            id=one.id,
            kind="watch.alert",
            title=one.title,
            summary=one.summary,
            at=one.at,
            tone=_TONES[one.severity],
            link=f"/watch/alerts/{one.id}",
        )
        for one in read_rows(row["alerts"], OpenAlert)
    ]
    return Attention(
        count=counts["open"] + counts["failing"],
        counters=[
            Counter(name="open", label="alerts to acknowledge", value=counts["open"], link="/watch/alerts"),
            Counter(
                name="failing",
                label="sources that can't be checked",
                value=counts["failing"],
                tone="bad" if counts["failing"] else "neutral",
                link="/watch/sources",
            ),
        ],
        items=items,
    )
