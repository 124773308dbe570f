"""Whom an API key acts for. Keys carry 256 random bits; their SHA-256 alone is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from headwater.core.database.database import Database, Identity
from headwater.core.errors import Unauthenticated

KEY_PREFIX = "hw_live_"
_USE_NOTED_EVERY = timedelta(minutes=1)


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
