"""Differences for people to read: of an alert as it was judged, or of any two versions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.errors import NotFound
from headwater.kit.ai import HashingEmbedder
from headwater.products.watch.diff_rows import Row, lay_out_details, lay_out_rows
from headwater.products.watch.judging import Judgement, judge_change
from headwater.products.watch.passages import Passage
from headwater.products.watch.source_config import SourceConfig
from headwater.products.watch.summarise import diff_details, summarise
from headwater.products.watch.tables import change_alerts, monitored_sources, scraped_contents, source_checks
from headwater.products.watch.versions import split_passages

# Above so many characters on both sides a comparison runs in a thread, so that other requests don't wait for it.
_COMPARED_ASIDE_FROM = 20_000


async def read_alert_diff(connection: AsyncConnection, *, alert_id: UUID, context: int) -> dict[str, Any]:
    """Lay out the change that an alert tells of. Its score and reasons are those of its check. Raises NotFound."""
    alert = (await connection.execute(select(change_alerts).where(change_alerts.c.id == alert_id))).mappings().first()
    if alert is None:
        raise NotFound("There is no such alert.")
    source = await _read_source(connection, alert["monitored_source_id"])
    versions = await _read_versions(connection, source["id"], alert["from_content_id"], alert["to_content_id"])
    before, after = versions.get(alert["from_content_id"]), versions.get(alert["to_content_id"])
    details, rows, left_out = alert["details"], lay_out_details(alert["details"]), 0
    if before is not None and after is not None:
        _, rows, left_out = await _compare(before, after, config=_read_config(source["config"]), context=context)
    return {
        **_describe(source, before, after, rows, left_out=left_out),
        **_explain(details),
        "alert_id": alert["id"],
        "summary": alert["summary"],
        "score": alert["score"],
        "severity": alert["severity"],
        "is_complete": before is not None and after is not None,
        "seen_before_at": await _find_last_look(connection, dict(alert)),
        "seen_after_at": alert["created_at"],
    }


async def read_versions_diff(
    connection: AsyncConnection, *, source_id: UUID, from_id: UUID, to_id: UUID, context: int
) -> dict[str, Any]:
    """Lay out what lies between two versions of a source, judged as a check would. Raises NotFound."""
    source = await _read_source(connection, source_id)
    versions = await _read_versions(connection, source_id, from_id, to_id)
    before, after = versions.get(from_id), versions.get(to_id)
    if before is None or after is None:
        raise NotFound("There is no such version of this source.")
    config = _read_config(source["config"])
    judgement, rows, left_out = await _compare(before, after, config=config, context=context)
    return {
        **_describe(source, before, after, rows, left_out=left_out),
        **_explain(diff_details(judgement.comparison)),
        "alert_id": None,
        "summary": summarise(judgement.comparison),
        "score": judgement.comparison.score,
        "severity": judgement.severity.level,
        "is_complete": True,
        "seen_before_at": before["created_at"],
        "seen_after_at": after["created_at"],
    }


async def _read_source(connection: AsyncConnection, source_id: UUID) -> Mapping[str, Any]:
    columns = [monitored_sources.c[name] for name in ("id", "name", "url", "config")]
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


async def _compare(
    before: Mapping[str, Any], after: Mapping[str, Any], *, config: SourceConfig, context: int
) -> tuple[Judgement, list[Row], int]:
    old, new = (split_passages(one["content"], one["passages"]) for one in (before, after))
    if len(before["content"]) + len(after["content"]) >= _COMPARED_ASIDE_FROM:
        return await asyncio.to_thread(_judge_and_lay_out, old, new, config, context)
    return _judge_and_lay_out(old, new, config, context)


def _judge_and_lay_out(
    old: Sequence[Passage], new: Sequence[Passage], config: SourceConfig, context: int
) -> tuple[Judgement, list[Row], int]:
    model_name = HashingEmbedder().name
    judgement = judge_change(old, new, config=config, volatility={}, model_name=model_name, vectors={})
    rows, left_out = lay_out_rows(old, new, judgement.comparison, context=context)
    return judgement, rows, left_out


def _describe(
    source: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    rows: Sequence[Row],
    *,
    left_out: int,
) -> dict[str, Any]:
    config = _read_config(source["config"])
    return {
        "source_id": source["id"],
        "source_name": source["name"],
        "source_url": source["url"],
        "before": _describe_version(before),
        "after": _describe_version(after),
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
