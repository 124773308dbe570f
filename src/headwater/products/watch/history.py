"""What happened to a source: its checks, and the difference between any two of its versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.kit.ai import HashingEmbedder
from headwater.products.watch.judging import judge_change
from headwater.products.watch.source_config import SourceConfig
from headwater.products.watch.summarise import diff_details, summarise
from headwater.products.watch.tables import change_alerts, source_checks
from headwater.products.watch.versions import read_version


async def list_checks(
    connection: AsyncConnection,
    *,
    source_id: UUID,
    outcomes: list[str] | None,
    before: UUID | None,
    limit: int,
) -> list[dict[str, Any]]:
    """List a source's checks, newest first, those before the check `before`, each with the alert that it made."""
    statement = (
        select(source_checks, change_alerts.c.id.label("alert_id"))
        .outerjoin(change_alerts, change_alerts.c.check_id == source_checks.c.id)
        .where(source_checks.c.monitored_source_id == source_id)
    )
    if outcomes:
        statement = statement.where(source_checks.c.outcome.in_(outcomes))
    if before is not None:
        statement = statement.where(source_checks.c.id < before)
    statement = statement.order_by(source_checks.c.id.desc()).limit(limit)
    return [dict(row) for row in (await connection.execute(statement)).mappings()]


async def diff_versions(
    connection: AsyncConnection, *, source: dict[str, Any], from_id: UUID, to_id: UUID
) -> dict[str, Any]:
    """Compare two versions of a source as a check would, without what was learnt to be noise. Raises NotFound."""
    old = await read_version(connection, version_id=from_id, source_id=source["id"])
    new = await read_version(connection, version_id=to_id, source_id=source["id"])
    judgement = judge_change(
        old.passages,
        new.passages,
        config=SourceConfig.model_validate(source["config"]),
        volatility={},
        model_name=HashingEmbedder().name,
        vectors={},
    )
    return {
        "summary": summarise(judgement.comparison),
        "score": judgement.comparison.score,
        "severity": judgement.severity.level,
        "details": diff_details(judgement.comparison),
    }
