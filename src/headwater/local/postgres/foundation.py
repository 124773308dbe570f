"""Installs what hosted Supabase provides, so that the same migrations run on the embedded server."""

from __future__ import annotations

from pathlib import Path

import asyncpg

_SQL = Path(__file__).with_suffix(".sql")
# Any number will do as long as everybody who installs the foundation takes the same one.
_LOCK = 5_210_442_987_015_337
_TRIES = 5


async def install_foundation(dsn: str) -> None:
    """Make the roles, schemas, functions and `auth.users` of hosted Supabase where they are missing.

    `dsn` must be that of a superuser. Safe to run twice, and by several processes at once.
    """
    connection = await asyncpg.connect(dsn, statement_cache_size=0)
    try:
        for attempt in range(1, _TRIES + 1):
            try:
                await _install(connection)
            except (asyncpg.InternalServerError, asyncpg.UniqueViolationError, asyncpg.DuplicateObjectError):
                # Roles belong to the server, the lock to one database: two databases may be founded at once, and the
                # later session then trips over a role that the earlier one has just made.
                if attempt == _TRIES:
                    raise
            else:
                return
    finally:
        await connection.close()


async def _install(connection: asyncpg.Connection) -> None:
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
        # An IF NOT EXISTS that finds something says so with a notice: no news to anybody.
        await connection.execute("set local client_min_messages = warning")
        await connection.execute(_SQL.read_text("utf-8"))
