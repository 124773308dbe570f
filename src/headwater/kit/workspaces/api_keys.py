"""API keys: made once, shown once, kept as a hash. A key acts as its maker in one workspace within its scopes."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.rows import list_columns
from headwater.core.errors import NotFound
from headwater.kit.http.keys import KEY_PREFIX, hash_key
from headwater.kit.workspaces.rows import KeyRow
from headwater.kit.workspaces.tables import api_keys

_SHOWN_CHARACTERS = len(KEY_PREFIX) + 6
_READABLE = list_columns(KeyRow, api_keys)


async def create_key(
    connection: AsyncConnection,
    *,
    workspace_id: UUID,
    created_by: UUID,
    name: str,
    scopes: list[str],
    expires_at: datetime | None,
) -> tuple[KeyRow, str]:
    """Make a key. Return its row and the key itself, which can't be read again."""
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    statement = (
        insert(api_keys)
        .values(
            workspace_id=workspace_id,
            created_by=created_by,
            name=name,
            prefix=key[:_SHOWN_CHARACTERS],
            key_hash=hash_key(key),
            scopes=scopes,
            expires_at=expires_at,
        )
        .returning(*_READABLE)
    )
    row = (await connection.execute(statement)).mappings().one()
    return KeyRow(**row), key


async def list_keys(connection: AsyncConnection, *, workspace_id: UUID) -> list[KeyRow]:
    """List a workspace's keys, newest first, revoked ones too."""
    statement = select(*_READABLE).where(api_keys.c.workspace_id == workspace_id).order_by(api_keys.c.id.desc())
    return [KeyRow(**row) for row in (await connection.execute(statement)).mappings()]


async def revoke_key(connection: AsyncConnection, *, key_id: UUID) -> None:
    """Revoke a key; it is refused from the next request on.

    Raises:
        NotFound: there is no such key that the caller may revoke.
    """
    statement = (
        update(api_keys)
        .where(api_keys.c.id == key_id)
        .values(revoked_at=func.coalesce(api_keys.c.revoked_at, text("headwater.now()")))
        .returning(api_keys.c.id)
    )
    if (await connection.execute(statement)).first() is None:
        raise NotFound("There is no such API key.")
