"""What the endpoints of checks and changes over time return."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class Counted(BaseModel):
    """What happened in a span of time; null = nothing can be known of it, or there was nothing to measure."""

    checks: int | None
    unchanged: int | None = Field(description="Nothing new, only noise, or the first look.")
    below_threshold: int | None = Field(description="Changed, too little for an alert.")
    changed: int | None
    failed: int | None = Field(description="No page came back, or an unusable one.")
    low: int | None = Field(description="Alerts of this severity.")
    medium: int | None
    high: int | None
    ms_median: float | None = Field(description="Milliseconds of the answers: the median.")
    ms_p95: float | None = Field(description="Milliseconds of the answers: 95 of 100 took no longer.")
    top_score: float | None = Field(description="The highest score of a change.")


class SeriesPoint(Counted):
    """One bucket, from `start` up to but without `end`."""

    start: datetime
    end: datetime


class Series(BaseModel):
    """Checks and changes over time. Points touch each other and cover the whole range, at most 500."""

    since: datetime
    until: datetime
    timezone: str
    step_seconds: int = Field(description="The usual width of a bucket; where clocks are moved one may differ.")
    known_from: datetime | None = Field(description="Since when there is something to know; null = never yet.")
    totals: Counted
    points: list[SeriesPoint]


class Sparkline(BaseModel):
    """The course of one source, a number a bucket."""

    source_id: UUID
    checks: list[int]
    changed: list[int]
    failed: list[int]


class Sparklines(BaseModel):
    """The courses of several sources in the same buckets; a source without a check in them isn't listed."""

    timezone: str
    step_seconds: int
    starts: list[datetime]
    sources: list[Sparkline]
