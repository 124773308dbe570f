"""API keys: made once, shown once, kept as a hash. A key acts as its maker in one workspace within its scopes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.database import Database, Identity
from headwater.core.errors import NotFound, Unauthenticated
from headwater.kit.workspaces.tables import api_keys

KEY_PREFIX = "hw_live_"
_SHOWN_CHARACTERS = len(KEY_PREFIX) + 6
_USE_NOTED_EVERY = timedelta(minutes=1)
_READABLE = [column for column in api_keys.columns if column.name != "key_hash"]


@dataclass(frozen=True)
class KeyIdentity:
    """Whom a key acts for."""

    key_id: UUID
    workspace_id: UUID
    user_id: UUID
    email: str
    identity: Identity


def hash_key(key: str) -> str:
    """Return the SHA-256 of a key in hex. Keys carry 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(key.encode()).hexdigest()


async def identify_key(database: Database, key: str) -> KeyIdentity:
    """Find whom `key` acts for.

    Raises:
        Unauthenticated: the key is unknown, revoked or has expired.
    """
    async with database.raw(Identity.service()) as connection:
        row = await connection.fetchrow("select * from headwater.find_api_key($1)", hash_key(key))
        if row is None:
            raise Unauthenticated("This API key is unknown, revoked or has expired.", code="invalid_api_key")
        await connection.execute(
            "update public.api_keys set last_used_at = headwater.now() where id = $1"
            " and (last_used_at is null or last_used_at < headwater.now() - $2::interval)",
            row["id"],
            _USE_NOTED_EVERY,
        )
    claims = {
        "sub": str(row["user_id"]),
        "email": row["email"],
        "headwater_key": {"id": str(row["id"]), "workspace_id": str(row["workspace_id"]), "role": row["role"]},
    }
    return KeyIdentity(row["id"], row["workspace_id"], row["user_id"], row["email"], Identity.user(claims))


async def create_key(
    connection: AsyncConnection,
    *,
    workspace_id: UUID,
    created_by: UUID,
    name: str,
    scopes: list[str],
    expires_at: datetime | None,
) -> tuple[dict[str, Any], str]:
    """Make a key. Give its row and the key itself, which can't be read again."""
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
    return dict(row), key


async def list_keys(connection: AsyncConnection, *, workspace_id: UUID) -> list[dict[str, Any]]:
    """List a workspace's keys, newest first, revoked ones too."""
    statement = select(*_READABLE).where(api_keys.c.workspace_id == workspace_id).order_by(api_keys.c.id.desc())
    return [dict(row) for row in (await connection.execute(statement)).mappings()]


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
