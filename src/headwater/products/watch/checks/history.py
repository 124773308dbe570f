"""What happened to a source: its checks."""

from __future__ import annotations

from dataclasses import fields
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.products.watch.checks.rows import CheckRow
from headwater.products.watch.tables import change_alerts, source_checks

_EXPOSED = [source_checks.c[field.name] for field in fields(CheckRow) if field.name != "alert_id"]


async def list_checks(
    connection: AsyncConnection,
    *,
    source_id: UUID,
    outcomes: list[str] | None,
    before: UUID | None,
    limit: int,
) -> list[CheckRow]:
    """List a source's checks, newest first, those before the check `before`, each with the alert that it made."""
    statement = (
        select(*_EXPOSED, change_alerts.c.id.label("alert_id"))
        .outerjoin(change_alerts, change_alerts.c.check_id == source_checks.c.id)
        .where(source_checks.c.monitored_source_id == source_id)
    )
    if outcomes:
        statement = statement.where(source_checks.c.outcome.in_(outcomes))
    if before is not None:
        statement = statement.where(source_checks.c.id < before)
    statement = statement.order_by(source_checks.c.id.desc()).limit(limit)
    return [CheckRow(**row) for row in (await connection.execute(statement)).mappings()]
