"""Differences for people to read: of an alert as it was judged, or of any two versions.

First the two sides are read, in the caller's transaction; then they are compared in the pool of processes, while no
connection waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from headwater.kit.processes import ProcessPool
from headwater.products.watch.checks.judging.judgement import Judgement
from headwater.products.watch.diffs.rows import Row, judge_and_lay_out, lay_out_details
from headwater.products.watch.diffs.sides import ComparedVersion, Sides
from headwater.products.watch.page.lines import split_passages
from headwater.products.watch.sources.config import SourceConfig


@dataclass(frozen=True, slots=True)
class Side:
    """One version, as it is shown above its column."""

    id: UUID
    title: str
    characters: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score the source alerts, and how loud it is."""

    alert: float
    medium: float
    high: float


@dataclass(frozen=True, slots=True)
class Readable:
    """A change laid out for people. The fields are those that the endpoints answer (`schemas.ReadableDiff`)."""

    alert_id: UUID | None
    source_id: UUID
    source_name: str
    source_url: str
    summary: str
    severity: str
    score: float
    gravest: float | None
    share: float
    reasons: list[str]
    keywords: list[str]
    facts: list[Mapping[str, str]]
    thresholds: Thresholds
    before: Side | None
    after: Side | None
    seen_before_at: datetime | None
    seen_after_at: datetime
    counts: dict[str, int]
    rows: Sequence[Row]
    left_out: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class VersionDifference:
    """What a check would say of two versions. `details` are those of `diff_details`."""

    summary: str
    score: float
    severity: str
    details: dict[str, Any]


async def lay_out_alert(sides: Sides, *, pool: ProcessPool, context: int) -> Readable:
    """Lay out the change of an alert. Its score and reasons are those of its check. Raises WorkStopped."""
    alert = sides.alert
    assert alert is not None  # noqa: S101 — find_alert_sides gave them
    rows, left_out = lay_out_details(alert.details), 0
    if sides.before is not None and sides.after is not None:
        _, rows, left_out = await _compare(sides, pool=pool, context=context)
    return _lay_out(
        sides,
        rows,
        left_out=left_out,
        verdict=VersionDifference(alert.summary, alert.score, alert.severity, alert.details),
        seen_before_at=sides.seen_before_at,
        seen_after_at=alert.created_at,
    )


async def lay_out_versions(sides: Sides, *, pool: ProcessPool, context: int) -> Readable:
    """Lay out what lies between two versions of a source, judged as a check would. Raises WorkStopped."""
    before, after = sides.before, sides.after
    assert before is not None  # noqa: S101 — find_version_sides gave them
    assert after is not None  # noqa: S101 — the same
    judgement, rows, left_out = await _compare(sides, pool=pool, context=context)
    return _lay_out(
        sides,
        rows,
        left_out=left_out,
        verdict=_sum_up(judgement),
        seen_before_at=before.created_at,
        seen_after_at=after.created_at,
    )


async def diff_versions(sides: Sides, *, pool: ProcessPool) -> VersionDifference:
    """Compare two versions of a source as a check would, without what was learnt to be noise. Raises WorkStopped."""
    judgement, _, _ = await _compare(sides, pool=pool, context=0)
    return _sum_up(judgement)


def _sum_up(judgement: Judgement) -> VersionDifference:
    return VersionDifference(judgement.summary, judgement.comparison.score, judgement.severity.level, judgement.details)


def _read_config(value: Any) -> SourceConfig:
    # Whoever may edit the table may write anything there; the diff is worth having without the keywords.
    try:
        return SourceConfig.model_validate(value)
    except ValidationError:
        return SourceConfig()


async def _compare(sides: Sides, *, pool: ProcessPool, context: int) -> tuple[Judgement, list[Row], int]:
    old, new = (split_passages(one.content, one.passages) for one in (sides.before, sides.after) if one)
    config = _read_config(sides.source.config)
    return await pool.run(judge_and_lay_out, old, new, config, context, share=str(sides.source.workspace_id))


def _lay_out(
    sides: Sides,
    rows: Sequence[Row],
    *,
    left_out: int,
    verdict: VersionDifference,
    seen_before_at: datetime | None,
    seen_after_at: datetime,
) -> Readable:
    source, config, details = sides.source, _read_config(sides.source.config), verdict.details
    changes = [one for name in ("reworded", "added", "removed") for one in details.get(name, ())]
    return Readable(
        alert_id=sides.alert.id if sides.alert is not None else None,
        source_id=source.id,
        source_name=source.name,
        source_url=source.url,
        summary=verdict.summary,
        severity=verdict.severity,
        score=verdict.score,
        gravest=max((one["score"] for one in changes), default=None),
        share=details.get("share", 0.0),
        reasons=details.get("reasons", []),
        keywords=details.get("keywords", []),
        facts=details.get("facts", []),
        thresholds=Thresholds(config.threshold, config.medium_from, config.high_from),
        before=_describe_version(sides.before),
        after=_describe_version(sides.after),
        seen_before_at=seen_before_at,
        seen_after_at=seen_after_at,
        counts=dict.fromkeys(("added", "removed", "reworded", "moved", "noise"), 0) | details.get("counts", {}),
        rows=rows,
        left_out=left_out,
        is_complete=sides.before is not None and sides.after is not None,
    )


def _describe_version(version: ComparedVersion | None) -> Side | None:
    if version is None:
        return None
    return Side(version.id, version.title, len(version.content), version.created_at)
