"""What a person says of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.rows import list_columns
from headwater.core.errors import NotFound
from headwater.kit.workspaces.rows import ProfileRow
from headwater.kit.workspaces.tables import profiles

_SHOWN = list_columns(ProfileRow, profiles)


async def read_profile(connection: AsyncConnection, *, user_id: UUID) -> ProfileRow:
    """Read a profile. Raises NotFound."""
    row = (await connection.execute(select(*_SHOWN).where(profiles.c.id == user_id))).mappings().first()
    if row is None:
        raise NotFound("There is no profile for this user.")
    return ProfileRow(**row)


async def update_profile(connection: AsyncConnection, *, user_id: UUID, changes: Mapping[str, Any]) -> ProfileRow:
    """Change one's own profile and give the new one. Raises NotFound."""
    if changes:
        statement = update(profiles).where(profiles.c.id == user_id).values(**changes).returning(*_SHOWN)
        row = (await connection.execute(statement)).mappings().first()
        if row is None:
            raise NotFound("There is no profile that you may change.")
        return ProfileRow(**row)
    return await read_profile(connection, user_id=user_id)


async def delete_account(connection: AsyncConnection) -> None:
    """Delete the caller's own account with all that is theirs alone. Workspaces with others in them pass on.

    Raises:
        Forbidden: (by `Database.transaction`) the caller is a key.
    """
    await connection.execute(select(func.headwater.delete_account()))
