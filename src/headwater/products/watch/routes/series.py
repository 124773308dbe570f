"""Series: checks and changes over time, for pictures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from headwater.core.clock import read_zone
from headwater.core.database.database import driver
from headwater.kit.http.caller import CallerTransaction, Now, RequestResources, WorkspaceId
from headwater.kit.timeseries.buckets import MAX_BUCKETS, Buckets, choose_buckets
from headwater.products.watch.charts import rows, series
from headwater.products.watch.charts.schemas import Series, Sparklines
from headwater.products.watch.settings import WatchSettings
from headwater.products.watch.sources import sources

router = APIRouter(prefix="/api/v1/monitored-sources", tags=["watch: series"])

Since = Annotated[AwareDatetime | None, Query(description="With its offset; unset = seven days before `until`.")]
Until = Annotated[AwareDatetime | None, Query(description="With its offset; unset = now.")]
Timezone = Annotated[
    str,
    Query(
        min_length=1,
        max_length=64,
        description="Whose days and hours the buckets follow: an IANA name.",
        json_schema_extra={"format": "time-zone"},
    ),
]
_A_WEEK = timedelta(days=7)
_MAX_OF_A_SPARKLINE = 60


def part_range(
    now: Now,
    since: Since = None,
    until: Until = None,
    timezone: Timezone = "UTC",
    points: Annotated[int, Query(ge=2, le=MAX_BUCKETS, description="How many at most.")] = 120,
) -> Buckets:
    """Part the range that is asked for into buckets."""
    end: datetime = until or now
    return choose_buckets(since or end - _A_WEEK, end, max_buckets=points, zone=read_zone(timezone))


def part_short_range(
    now: Now,
    since: Since = None,
    until: Until = None,
    timezone: Timezone = "UTC",
    points: Annotated[int, Query(ge=2, le=_MAX_OF_A_SPARKLINE, description="How many at most.")] = 30,
) -> Buckets:
    """Part the range of a small picture."""
    return part_range(now, since, until, timezone, points)


def read_kept_for(resources: RequestResources) -> timedelta:
    """Return how long checks are kept here."""
    return timedelta(days=resources.get(WatchSettings).keep_checks_days)


KeptFor = Annotated[timedelta, Depends(read_kept_for)]
Parted = Annotated[Buckets, Depends(part_range)]
PartedShortly = Annotated[Buckets, Depends(part_short_range)]


@router.get("/series", response_model=Series)
async def read_series(
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
    buckets: Parted,
    now: Now,
    kept_for: KeptFor,
    timezone: Timezone = "UTC",
) -> rows.Series:
    """Count the workspace's checks and changes over time, at most 500 points, each the sum of its bucket."""
    return await series.read_series(
        await driver(connection), buckets, workspace_id=workspace_id, now=now, kept_for=kept_for, timezone=timezone
    )


@router.get("/sparklines", response_model=Sparklines)
async def read_sparklines(
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
    buckets: PartedShortly,
    source_id: Annotated[list[UUID], Query(min_length=1, max_length=100)],
    timezone: Timezone = "UTC",
) -> rows.Sparklines:
    """Count the checks and changes of up to 100 sources over time, to draw a small line beside each."""
    return await series.read_sparklines(
        await driver(connection), buckets, workspace_id=workspace_id, source_ids=source_id, timezone=timezone
    )


@router.get("/{source_id}/series", response_model=Series)
async def read_source_series(
    source_id: UUID,
    connection: CallerTransaction,
    buckets: Parted,
    now: Now,
    kept_for: KeptFor,
    timezone: Timezone = "UTC",
) -> rows.Series:
    """Count one source's checks and changes over time."""
    source = await sources.read_source(connection, source_id=source_id)
    return await series.read_series(
        await driver(connection),
        buckets,
        workspace_id=source.workspace_id,
        source=source,
        now=now,
        kept_for=kept_for,
        timezone=timezone,
    )
