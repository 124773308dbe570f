"""What every route of Storage works with, and the transactions that run as whoever calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from headwater.core.auth import TokenVerifier
from headwater.core.clock import Clock
from headwater.local.storage.config import StorageConfig
from headwater.local.storage.contents.arrivals import Arrivals
from headwater.local.storage.contents.resumable import UploadStore
from headwater.local.storage.contents.stores import ContentStore
from headwater.local.storage.images import ImageRenderer
from headwater.local.storage.signing import UrlSigner

_ASSUME = (
    "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true),"
    " set_config('storage.operation', $3, true), set_config('storage.allow_delete_query', 'true', true)"
)


@dataclass(frozen=True)
class Caller:
    """On whose behalf an operation runs: the database role and the claims of the token."""

    role: str
    claims: Mapping[str, Any] = field(default_factory=dict)

    @property
    def owner_id(self) -> str | None:
        """Who owns what the caller uploads."""
        subject = self.claims.get("sub")
        return subject if isinstance(subject, str) and subject else None

    @property
    def owner(self) -> UUID | None:
        """The same as a UUID, for the column that Supabase keeps for old policies."""
        return read_uuid(self.owner_id)


SERVICE = Caller("service_role", {"role": "service_role"})
"""Storage itself, past every policy: for public and signed reads, and for what lies behind the rows."""


@dataclass(frozen=True)
class StorageServer:
    """The tools of one Storage server; nothing about it is global."""

    config: StorageConfig
    pool: asyncpg.Pool
    verifier: TokenVerifier
    arrivals: Arrivals
    files: ContentStore
    uploads: UploadStore
    signer: UrlSigner
    renderer: ImageRenderer
    clock: Clock

    @asynccontextmanager
    async def transaction(self, caller: Caller, operation: str) -> AsyncIterator[asyncpg.Connection]:
        """Open a transaction as `caller`, committed at the end and rolled back on an error.

        Policies may ask `storage.operation()` what is done. Deleting is allowed in it: only direct SQL is kept from it.
        """
        async with self.pool.acquire() as connection, connection.transaction():
            await assume(connection, caller, operation)
            yield connection

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return self.clock.now()


async def assume(connection: asyncpg.Connection, caller: Caller, operation: str) -> None:
    """Go on as `caller` until the transaction ends, in one round trip."""
    claims = orjson.dumps(dict(caller.claims), default=str).decode()
    await connection.fetchrow(_ASSUME, caller.role, claims, f"storage.{operation}")


def read_uuid(value: str | None) -> UUID | None:
    """Return the UUID that a text is, or None."""
    try:
        return UUID(value) if value else None
    except ValueError:
        return None
