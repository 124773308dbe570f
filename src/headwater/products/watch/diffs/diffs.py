"""Differences for people to read: of an alert as it was judged, or of any two versions.

First the two sides are read, in the caller's transaction; then they are compared in the pool of processes, while no
connection waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.errors import NotFound
from headwater.kit.processes import ProcessPool
from headwater.products.watch.checks.judging.judgement import Judgement
from headwater.products.watch.diffs.rows import Row, judge_and_lay_out, lay_out_details
from headwater.products.watch.page.lines import split_passages
from headwater.products.watch.sources.config import SourceConfig
from headwater.products.watch.tables import change_alerts, monitored_sources, scraped_contents, source_checks


@dataclass(frozen=True)
class Sides:
    """A source and two of its versions; either is None where it is no longer kept. `alert` is the one to explain."""

    workspace_id: UUID
    source: Mapping[str, Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    alert: Mapping[str, Any] | None = None
    seen_before_at: Any = None


async def find_alert_sides(connection: AsyncConnection, *, alert_id: UUID) -> Sides:
    """Find the two versions that an alert tells of. Raises NotFound."""
    alert = (await connection.execute(select(change_alerts).where(change_alerts.c.id == alert_id))).mappings().first()
    if alert is None:
        raise NotFound("There is no such alert.")
    source = await _read_source(connection, alert["monitored_source_id"])
    versions = await _read_versions(connection, source["id"], alert["from_content_id"], alert["to_content_id"])
    return Sides(
        source["workspace_id"],
        source,
        versions.get(alert["from_content_id"]),
        versions.get(alert["to_content_id"]),
        dict(alert),
        await _find_last_look(connection, dict(alert)),
    )


async def find_version_sides(connection: AsyncConnection, *, source_id: UUID, from_id: UUID, to_id: UUID) -> Sides:
    """Find two versions of a source. Raises NotFound."""
    source = await _read_source(connection, source_id)
    versions = await _read_versions(connection, source_id, from_id, to_id)
    before, after = versions.get(from_id), versions.get(to_id)
    if before is None or after is None:
        raise NotFound("There is no such version of this source.")
    return Sides(source["workspace_id"], source, before, after)


async def lay_out_alert(sides: Sides, *, pool: ProcessPool, context: int) -> dict[str, Any]:
    """Lay out the change that an alert tells of. Its score and reasons are those of its check. Raises WorkStopped."""
    alert = sides.alert
    assert alert is not None  # noqa: S101 — find_alert_sides gave them
    rows, left_out = lay_out_details(alert["details"]), 0
    if sides.before is not None and sides.after is not None:
        _, rows, left_out = await _compare(sides, pool=pool, context=context)
    return {
        **_describe(sides, rows, left_out=left_out),
        **_explain(alert["details"]),
        "alert_id": alert["id"],
        "summary": alert["summary"],
        "score": alert["score"],
        "severity": alert["severity"],
        "is_complete": sides.before is not None and sides.after is not None,
        "seen_before_at": sides.seen_before_at,
        "seen_after_at": alert["created_at"],
    }


async def lay_out_versions(sides: Sides, *, pool: ProcessPool, context: int) -> dict[str, Any]:
    """Lay out what lies between two versions of a source, judged as a check would. Raises WorkStopped."""
    before, after = sides.before, sides.after
    assert before is not None  # noqa: S101 — find_version_sides gave them
    assert after is not None  # noqa: S101 — the same
    judgement, rows, left_out = await _compare(sides, pool=pool, context=context)
    return {
        **_describe(sides, rows, left_out=left_out),
        **_explain(judgement.details),
        "alert_id": None,
        "summary": judgement.summary,
        "score": judgement.comparison.score,
        "severity": judgement.severity.level,
        "is_complete": True,
        "seen_before_at": before["created_at"],
        "seen_after_at": after["created_at"],
    }


async def diff_versions(sides: Sides, *, pool: ProcessPool) -> dict[str, Any]:
    """Compare two versions of a source as a check would, without what was learnt to be noise. Raises WorkStopped."""
    judgement, _, _ = await _compare(sides, pool=pool, context=0)
    return {
        "summary": judgement.summary,
        "score": judgement.comparison.score,
        "severity": judgement.severity.level,
        "details": judgement.details,
    }


async def _read_source(connection: AsyncConnection, source_id: UUID) -> Mapping[str, Any]:
    columns = [monitored_sources.c[name] for name in ("id", "workspace_id", "name", "url", "config")]
    statement: Select[Any] = select(*columns).where(monitored_sources.c.id == source_id)
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        raise NotFound("There is no such source.")
    return dict(row)


async def _read_versions(
    connection: AsyncConnection, source_id: UUID, *version_ids: UUID | None
) -> dict[UUID | None, Mapping[str, Any]]:
    statement = select(scraped_contents).where(
        scraped_contents.c.id.in_([one for one in version_ids if one is not None]),
        scraped_contents.c.monitored_source_id == source_id,
    )
    return {row["id"]: dict(row) for row in (await connection.execute(statement)).mappings()}


async def _find_last_look(connection: AsyncConnection, alert: Mapping[str, Any]) -> Any:
    """Find when the page was last seen as it was before."""
    statement = select(func.max(source_checks.c.at)).where(
        source_checks.c.monitored_source_id == alert["monitored_source_id"],
        source_checks.c.id < alert["check_id"],
        source_checks.c.outcome.not_in(["error", "unusable"]),
    )
    return (await connection.execute(statement)).scalar()


def _read_config(value: Any) -> SourceConfig:
    # Whoever may edit the table may write anything there; the diff is worth having without the keywords.
    try:
        return SourceConfig.model_validate(value)
    except ValidationError:
        return SourceConfig()


async def _compare(sides: Sides, *, pool: ProcessPool, context: int) -> tuple[Judgement, list[Row], int]:
    old, new = (split_passages(one["content"], one["passages"]) for one in (sides.before, sides.after) if one)
    config = _read_config(sides.source["config"])
    return await pool.run(judge_and_lay_out, old, new, config, context, share=str(sides.workspace_id))


def _describe(sides: Sides, rows: Sequence[Row], *, left_out: int) -> dict[str, Any]:
    source, config = sides.source, _read_config(sides.source["config"])
    return {
        "source_id": source["id"],
        "source_name": source["name"],
        "source_url": source["url"],
        "before": _describe_version(sides.before),
        "after": _describe_version(sides.after),
        "thresholds": {"alert": config.threshold, "medium": config.medium_from, "high": config.high_from},
        "rows": rows,
        "left_out": left_out,
    }


def _describe_version(version: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if version is None:
        return None
    return {**version, "characters": len(version["content"])}


def _explain(details: Mapping[str, Any]) -> dict[str, Any]:
    changes = [one for name in ("reworded", "added", "removed") for one in details.get(name, ())]
    gravest = max((one["score"] for one in changes), default=None)
    return {
        "gravest": gravest,
        "share": details.get("share", 0.0),
        "reasons": details.get("reasons", []),
        "keywords": details.get("keywords", []),
        "facts": details.get("facts", []),
        "counts": dict.fromkeys(("added", "removed", "reworded", "moved", "noise"), 0) | details.get("counts", {}),
    }
