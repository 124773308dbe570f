"""Waiting for a condition in the database, with a deadline."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg


async def until(connection: asyncpg.Connection, query: str, *arguments: Any, seconds: float = 20.0) -> None:
    """Ask until `query` answers true. Raises TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        while not await connection.fetchval(query, *arguments):
            await asyncio.sleep(0.02)
