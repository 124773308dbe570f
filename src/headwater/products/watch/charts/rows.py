"""What charts draw, as it is counted. None says that nothing can be known, or that there was nothing to measure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What happened in a span of time: checks by outcome, alerts by severity, milliseconds, the highest score."""

    checks: int | None
    unchanged: int | None
    below_threshold: int | None
    changed: int | None
    failed: int | None
    low: int | None
    medium: int | None
    high: int | None
    ms_median: float | None
    ms_p95: float | None
    top_score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPoint(Counted):
    """One bucket, from `start` up to but without `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Series:
    """Checks and changes over time; `step_seconds` is the usual width of a bucket."""

    since: datetime
    until: datetime
    timezone: str
    step_seconds: int
    known_from: datetime | None
    totals: Counted
    points: list[SeriesPoint]


@dataclass(frozen=True, slots=True)
class Sparkline:
    """The course of one source, a number a bucket."""

    source_id: UUID
    checks: list[int]
    changed: list[int]
    failed: list[int]


@dataclass(frozen=True, slots=True)
class Sparklines:
    """The courses of several sources in the same buckets, which begin at `starts`."""

    timezone: str
    step_seconds: int
    starts: list[datetime]
    sources: list[Sparkline]
