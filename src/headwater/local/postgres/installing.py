"""Runs the SQL that makes what a part of the stand-in needs in the database."""

from __future__ import annotations

from pathlib import Path

import asyncpg


async def install_schema(dsn: str, sql: Path, *, lock: int) -> None:
    """Run a file of SQL that is safe to run twice; of several processes at once, one after another.

    `lock` is the number of the advisory lock that all who run the file take.
    """
    connection = await asyncpg.connect(dsn, statement_cache_size=0)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", lock)
            # An IF NOT EXISTS that finds something says so with a notice: no news to anybody.
            await connection.execute("set local client_min_messages = warning")
            await connection.execute(sql.read_text("utf-8"))
    finally:
        await connection.close()
