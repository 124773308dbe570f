"""Alerts: the changes that matter, and the private feed of them."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.rows import list_columns
from headwater.core.errors import NotFound
from headwater.kit.pages import Page, PageRequest, read_page
from headwater.products.watch.alerts.rows import AlertRow
from headwater.products.watch.tables import alert_feeds, change_alerts, monitored_sources

_RANK = {"low": 1, "medium": 2, "high": 3}
_EXPOSED = list_columns(
    AlertRow, change_alerts, source_name=monitored_sources.c.name, source_url=monitored_sources.c.url
)


def _alerts() -> Select[Any]:
    return select(*_EXPOSED).join(monitored_sources, monitored_sources.c.id == change_alerts.c.monitored_source_id)


async def list_alerts(
    connection: AsyncConnection,
    *,
    workspace_id: UUID | None = None,
    source_id: UUID | None = None,
    severity_from: str | None = None,
    acknowledged: bool | None = None,
    page: PageRequest,
) -> Page[AlertRow]:
    """List alerts, newest first, of at least the severity `severity_from`."""
    statement = _alerts()
    if workspace_id is not None:
        statement = statement.where(change_alerts.c.workspace_id == workspace_id)
    if source_id is not None:
        statement = statement.where(change_alerts.c.monitored_source_id == source_id)
    if severity_from is not None:
        rank = case(_RANK, value=change_alerts.c.severity, else_=0)
        statement = statement.where(rank >= _RANK[severity_from])
    if acknowledged is not None:
        is_null = change_alerts.c.acknowledged_at.is_(None)
        statement = statement.where(~is_null if acknowledged else is_null)
    return await read_page(connection, statement, by=change_alerts.c.id, page=page, row=AlertRow)


async def read_alert(connection: AsyncConnection, *, alert_id: UUID) -> AlertRow:
    """Read one alert. Raises NotFound."""
    row = (await connection.execute(_alerts().where(change_alerts.c.id == alert_id))).mappings().first()
    if row is None:
        raise NotFound("There is no such alert.")
    return AlertRow(**row)


async def acknowledge(connection: AsyncConnection, *, alert_id: UUID, user_id: UUID, acknowledged: bool) -> AlertRow:
    """Acknowledge an alert, or revert that. The first acknowledgement stands. Raises NotFound."""
    values: dict[str, Any] = {"acknowledged_at": None, "acknowledged_by": None}
    if acknowledged:
        values = {
            "acknowledged_at": func.coalesce(change_alerts.c.acknowledged_at, text("headwater.now()")),
            "acknowledged_by": func.coalesce(change_alerts.c.acknowledged_by, user_id),
        }
    statement = (
        update(change_alerts).where(change_alerts.c.id == alert_id).values(**values).returning(change_alerts.c.id)
    )
    if (await connection.execute(statement)).first() is None:
        raise NotFound("There is no such alert that you may acknowledge.")
    return await read_alert(connection, alert_id=alert_id)


def hash_feed_token(token: str) -> str:
    """Return the SHA-256 of a feed's token in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


async def renew_feed_token(connection: AsyncConnection, *, workspace_id: UUID, user_id: UUID) -> str:
    """Make the token of one's feed anew; an earlier address stops working."""
    token = secrets.token_urlsafe(24)
    statement = insert(alert_feeds).values(
        workspace_id=workspace_id, user_id=user_id, token_hash=hash_feed_token(token)
    )
    statement = statement.on_conflict_do_update(
        index_elements=["workspace_id", "user_id"], set_={"token_hash": statement.excluded.token_hash}
    )
    await connection.execute(statement)
    return token
