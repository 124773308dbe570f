"""What happened to a source: its checks."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.rows import list_columns
from headwater.kit.pages import Page, PageRequest, read_page
from headwater.products.watch.checks.rows import CheckRow
from headwater.products.watch.tables import change_alerts, source_checks

_EXPOSED = list_columns(CheckRow, source_checks, alert_id=change_alerts.c.id)


async def list_checks(
    connection: AsyncConnection,
    *,
    source_id: UUID,
    outcomes: list[str] | None,
    page: PageRequest,
) -> Page[CheckRow]:
    """List a source's checks, newest first, each with the alert that it made."""
    statement = (
        select(*_EXPOSED)
        .outerjoin(change_alerts, change_alerts.c.check_id == source_checks.c.id)
        .where(source_checks.c.monitored_source_id == source_id)
    )
    if outcomes:
        statement = statement.where(source_checks.c.outcome.in_(outcomes))
    return await read_page(connection, statement, by=source_checks.c.id, page=page, row=CheckRow)
