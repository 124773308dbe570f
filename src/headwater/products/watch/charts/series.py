"""Checks and changes over time, added up in buckets by the database: what the charts draw.

Counts are sums of a bucket, never samples, so that they add up to what happened. Milliseconds are the median and the
95th percentile of the answers in a bucket. A bucket in which nothing was checked counts 0; one of which nothing can be
known, because nobody watched yet or the history is no longer kept, is null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from headwater.kit.timeseries.buckets import Buckets
from headwater.products.watch.charts.rows import Counted, Series, SeriesPoint, Sparkline, Sparklines
from headwater.products.watch.sources.rows import SourceRow

COUNTS = ("checks", "unchanged", "below_threshold", "changed", "failed")
_SEVERITIES = ("low", "medium", "high")
# A check's id is made when it is claimed and begins with that moment (UUIDv7), so the index on source and id narrows to
# a time as well. A check is recorded within minutes of its claim or never: a day of slack is ample.
_SLACK = timedelta(days=1)

OF_WORKSPACE = "workspace_id = $4"
OF_SOURCE = "monitored_source_id = $4 and id >= $5"

COUNT_CHECKS = """
select
    width_bucket(at, $1::timestamptz[]) as bucket,
    count(*) as checks,
    count(*) filter (where outcome in ('first', 'unchanged', 'noise')) as unchanged,
    count(*) filter (where outcome = 'below_threshold') as below_threshold,
    count(*) filter (where outcome = 'changed') as changed,
    count(*) filter (where outcome in ('error', 'unusable')) as failed,
    percentile_cont(array[0.5, 0.95]) within group (order by ms) filter (where outcome <> 'error') as ms,
    max(change_score) as top_score
from public.source_checks
where {scope}
    and at >= $2
    and at < $3
group by grouping sets ((bucket), ())
"""

_COUNT_ALERTS = """
select
    width_bucket(created_at, $1::timestamptz[]) as bucket,
    severity,
    count(*) as alerts
from public.change_alerts
where {scope}
    and created_at >= $2
    and created_at < $3
group by bucket, severity
"""

_COUNT_BY_SOURCE = """
select
    monitored_source_id as source_id,
    width_bucket(at, $1::timestamptz[]) as bucket,
    count(*) as checks,
    count(*) filter (where outcome in ('changed', 'below_threshold')) as changed,
    count(*) filter (where outcome in ('error', 'unusable')) as failed
from public.source_checks
where workspace_id = $4
    and monitored_source_id = any ($5)
    and id >= $6
    and at >= $2
    and at < $3
group by source_id, bucket
"""

_FIRST_WATCHED = "select min(created_at) from public.monitored_sources where workspace_id = $1"


async def read_series(
    connection: asyncpg.Connection,
    buckets: Buckets,
    *,
    workspace_id: UUID,
    source: SourceRow | None = None,
    now: datetime,
    kept_for: timedelta,
    timezone: str,
) -> Series:
    """Read what was checked and what changed, of a workspace or one of its sources, a point a bucket.

    `kept_for` is how long checks are kept: of what lies further back nothing can be known. `timezone` is the one that
    the buckets follow.
    """
    since, until = buckets.edges[0], buckets.edges[-1]
    arguments: list[Any] = [buckets.edges[:-1], since, until]
    if source is None:
        scope, started = OF_WORKSPACE, await connection.fetchval(_FIRST_WATCHED, workspace_id)
        arguments.append(workspace_id)
    else:
        scope, started = OF_SOURCE, source.created_at
        arguments += [source.id, lowest_id(since - _SLACK)]
    checks = {row["bucket"]: row for row in await connection.fetch(COUNT_CHECKS.format(scope=scope), *arguments)}
    alerts: dict[int, dict[str, int]] = {}
    for row in await connection.fetch(_COUNT_ALERTS.format(scope=scope), *arguments):
        alerts.setdefault(row["bucket"], {})[row["severity"]] = row["alerts"]
    known_from = None if started is None else max(started, now - kept_for)
    points = []
    for number, (start, end) in enumerate(buckets.spans, start=1):
        row = checks.get(number)
        is_known = known_from is not None and end > known_from and start <= now
        notified = alerts.get(number, {})
        counted = _count(row, notified, is_known=is_known)
        points.append(SeriesPoint(start=start, end=end, **asdict(counted)))
    told_of = {severity: sum(one.get(severity, 0) for one in alerts.values()) for severity in _SEVERITIES}
    totals = _count(checks.get(None), told_of, is_known=True)
    return Series(since, until, timezone, buckets.step, known_from, totals, points)


def _count(row: asyncpg.Record | None, notified: Mapping[str, int], *, is_known: bool) -> Counted:
    """Put together what was checked (None where nothing was) and how many alerts there were, by severity."""
    unchecked = 0 if is_known else None
    median, p95 = (row["ms"] if row else None) or (None, None)
    return Counted(
        **{name: row[name] if row else unchecked for name in COUNTS},
        **{severity: notified.get(severity, 0) if is_known or notified else None for severity in _SEVERITIES},
        ms_median=median,
        ms_p95=p95,
        top_score=row["top_score"] if row else None,
    )


async def read_sparklines(
    connection: asyncpg.Connection,
    buckets: Buckets,
    *,
    workspace_id: UUID,
    source_ids: Sequence[UUID],
    timezone: str,
) -> Sparklines:
    """Read the course of several sources at once; those without a check in the range are left out."""
    since, until = buckets.edges[0], buckets.edges[-1]
    rows = await connection.fetch(
        _COUNT_BY_SOURCE,
        buckets.edges[:-1],
        since,
        until,
        workspace_id,
        list(source_ids),
        lowest_id(since - _SLACK),
    )
    lines: dict[UUID, Sparkline] = {}
    for row in rows:
        source_id, bucket = row["source_id"], row["bucket"] - 1
        if source_id not in lines:
            lines[source_id] = Sparkline(source_id, *([0] * len(buckets.spans) for _ in range(3)))
        line = lines[source_id]
        line.checks[bucket], line.changed[bucket], line.failed[bucket] = row["checks"], row["changed"], row["failed"]
    return Sparklines(timezone, buckets.step, list(buckets.edges[:-1]), list(lines.values()))


def lowest_id(moment: datetime) -> UUID:
    """Return the least UUIDv7 (RFC 9562) of a moment."""
    return UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)
