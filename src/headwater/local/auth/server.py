"""What every route of Auth works with: the configuration, the database, keys, mail, limits and the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from headwater.core.auth import TokenVerifier
from headwater.core.clock import Clock
from headwater.local.auth.config import AuthConfig
from headwater.local.auth.limits import Limiter
from headwater.local.auth.outgoing import Mailer
from headwater.local.auth.sign_in.signing import TokenSigner


@dataclass(frozen=True)
class AuthServer:
    """The tools of one Auth server; nothing about it is global."""

    config: AuthConfig
    pool: asyncpg.Pool
    signer: TokenSigner
    verifier: TokenVerifier
    public_keys: list[dict[str, object]]
    mailer: Mailer | None
    limiter: Limiter
    clock: Clock

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """Open a transaction, committed at the end and rolled back on an error."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return self.clock.now()
