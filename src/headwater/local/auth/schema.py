"""Installs the tables of Auth beside `auth.users`, which comes with the foundation."""

from __future__ import annotations

from pathlib import Path

import asyncpg

_SQL = Path(__file__).with_suffix(".sql")
# Any number will do as long as everybody who installs the tables takes the same one.
_LOCK = 5_210_442_987_015_338


async def install_auth_schema(dsn: str) -> None:
    """Make the tables of Auth where they are missing. Safe to run twice, and by several processes at once.

    The schema `auth` and the table `auth.users` must be there, as `install_foundation` or hosted Supabase provides
    them.
    """
    connection = await asyncpg.connect(dsn, statement_cache_size=0)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
            # An IF NOT EXISTS that finds something says so with a notice: no news to anybody.
            await connection.execute("set local client_min_messages = warning")
            await connection.execute(_SQL.read_text("utf-8"))
    finally:
        await connection.close()
