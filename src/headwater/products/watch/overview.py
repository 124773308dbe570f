"""What the overview says of watch: changes since the last visit, the health of the sources, checks over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.overview import (
    RECENT,
    Asked,
    Counter,
    Item,
    Section,
    Start,
    Tone,
    Trend,
    ask_once,
    read_counts,
    read_rows,
    read_trend,
)

_START = Start(
    title="What do you want to know about?",
    text="Say it in your own words: pages and feeds with it are found and watched, and you are notified of changes.",
    label="Watch something",
    link="/watch/ask",
)
_TONES: dict[str, Tone] = {"high": "bad", "medium": "warning", "low": "neutral"}


_ASK = f"""
select
    (
        select jsonb_build_object(
            'changes', count(*) filter (where created_at > $2),
            'high', count(*) filter (where created_at > $2 and severity = 'high'),
            'open', count(*) filter (where acknowledged_at is null)
        )
        from public.change_alerts
        where workspace_id = $1
    ) as alerts,
    (
        select count(*)
        from public.source_checks
        where workspace_id = $1
            and at > $2
    ) as checks,
    (
        select jsonb_object_agg(counted.status, counted.value)
        from (
            select status, count(*) as value
            from public.monitored_sources
            where workspace_id = $1
                and status <> 'deleted'
            group by status
        ) as counted
    ) as sources,
    (
        select jsonb_object_agg(extract(epoch from counted.bin)::bigint, counted.value)
        from (
            select date_bin($5, created_at, $3) as bin, count(*) as value
            from public.change_alerts
            where workspace_id = $1
                and created_at >= $3
                and created_at < $4
            group by bin
        ) as counted
    ) as changed,
    (
        select jsonb_object_agg(extract(epoch from counted.bin)::bigint, counted.value)
        from (
            select date_bin($5, at, $3) as bin, count(*) as value
            from public.source_checks
            where workspace_id = $1
                and at >= $3
                and at < $4
            group by bin
        ) as counted
    ) as checked,
    (
        select jsonb_agg(to_jsonb(newest))
        from (
            select alert.id, source.name, alert.summary, alert.severity, alert.created_at
            from public.change_alerts as alert
            join public.monitored_sources as source on source.id = alert.monitored_source_id
            where alert.workspace_id = $1
                and alert.created_at > $2
            order by alert.id desc
            limit {RECENT}
        ) as newest
    ) as recent
"""  # noqa: S608  # a constant of ours


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert since the last visit, as the statement gives it."""

    id: UUID
    name: str
    summary: str
    severity: str
    created_at: datetime


async def read_overview(connection: AsyncConnection, asked: Asked) -> Section:
    """Read the section of watch."""
    row = await ask_once(connection, _ASK, asked)
    now = _show_sources(read_counts(row["sources"]))
    return Section(
        follows=["change_alerts", "monitored_sources"],
        start=None if any(counter.value for counter in now) else _START,
        since=_show_changes(read_counts(row["alerts"]), checks=row["checks"]),
        now=now,
        recent=[_show_alert(alert) for alert in read_rows(row["recent"], NewAlert)],
        trends=[
            Trend(name="changes", label="Changes", tone="warning", points=read_trend(row["changed"], asked.window)),
            Trend(name="checks", label="Checks", points=read_trend(row["checked"], asked.window)),
        ],
    )


def _show_changes(alerts: dict[str, int], *, checks: int) -> list[Counter]:
    high = alerts["high"]
    tone: Tone = "bad" if high else "neutral"
    return [
        Counter(name="changes", label="changes that matter", value=alerts["changes"], link="/watch/alerts"),
        Counter(name="high", label="of high severity", value=high, tone=tone, link="/watch/alerts"),
        Counter(name="open", label="not acknowledged", value=alerts["open"], link="/watch/alerts"),
        Counter(name="checks", label="checks", value=checks),
    ]


def _show_sources(states: dict[str, int]) -> list[Counter]:
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


def _show_alert(alert: NewAlert) -> Item:
    return Item(
        id=alert.id,
        kind="watch.alert",
        title=alert.name,
        summary=alert.summary,
        at=alert.created_at,
        tone=_TONES[alert.severity],
        link=f"/watch/alerts/{alert.id}",
    )
