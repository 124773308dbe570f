"""The inbox in the dashboard."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.rows import list_columns
from headwater.core.errors import NotFound
from headwater.kit.notify.rows import NotificationRow
from headwater.kit.notify.tables import notifications
from headwater.kit.pages import Page, PageRequest, read_page

_SHOWN = list_columns(NotificationRow, notifications)


async def list_inbox(
    connection: AsyncConnection,
    *,
    workspace_id: UUID,
    user_id: UUID,
    unread: bool = False,
    page: PageRequest,
) -> Page[NotificationRow]:
    """List a member's notifications, newest first."""
    statement = select(*_SHOWN).where(notifications.c.workspace_id == workspace_id, notifications.c.user_id == user_id)
    if unread:
        statement = statement.where(notifications.c.read_at.is_(None))
    return await read_page(connection, statement, by=notifications.c.id, page=page, row=NotificationRow)


async def mark_read(connection: AsyncConnection, notification_id: UUID, *, at: datetime) -> NotificationRow:
    """Mark one notification as read; the first time counts. Raises NotFound."""
    statement = (
        update(notifications)
        .where(notifications.c.id == notification_id)
        .values(read_at=func.coalesce(notifications.c.read_at, at))
        .returning(*_SHOWN)
    )
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        raise NotFound("There is no such notification.")
    return NotificationRow(**row)


async def mark_all_read(connection: AsyncConnection, *, workspace_id: UUID, user_id: UUID, at: datetime) -> int:
    """Mark a member's whole inbox as read; returns how many weren't."""
    statement = (
        update(notifications)
        .where(
            notifications.c.workspace_id == workspace_id,
            notifications.c.user_id == user_id,
            notifications.c.read_at.is_(None),
        )
        .values(read_at=at)
        .returning(notifications.c.id)
    )
    return len((await connection.execute(statement)).all())
