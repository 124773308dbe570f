"""Waiting for a condition in the database, with a deadline."""

from __future__ import annotations

from typing import Any

import asyncpg

from tests.fixtures.waiting import wait_until


async def until(connection: asyncpg.Connection, query: str, *arguments: Any, seconds: float = 30.0) -> None:
    """Ask until `query` answers true."""
    await wait_until(lambda: connection.fetchval(query, *arguments), what=query, seconds=seconds)
