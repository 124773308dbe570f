"""When a person was here last, so that what happened since can be shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.errors import Forbidden
from headwater.kit.workspaces.rows import VisitRow
from headwater.kit.workspaces.tables import profiles

ONE_VISIT = timedelta(minutes=30)
"""Who comes back within this time is still here: opening a second page is no new visit."""


async def note_visit(connection: AsyncConnection, *, user_id: UUID, at: datetime) -> VisitRow:
    """Note that a person is here, and return `previous_visit_at`, when the visit before this one ended.

    It is the same for all of a visit and on all devices; null on the first one.

    Raises:
        Forbidden: the caller is a key, and keys don't visit.
    """
    seen = profiles.c.last_seen_at
    statement = (
        update(profiles)
        .where(profiles.c.id == user_id)
        .values(
            previous_visit_at=case((seen < at - ONE_VISIT, seen), else_=profiles.c.previous_visit_at), last_seen_at=at
        )
        .returning(profiles.c.previous_visit_at, profiles.c.last_seen_at)
    )
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        raise Forbidden("Only people visit.", code="not_a_person")
    return VisitRow(**row)
