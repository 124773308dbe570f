"""Keeps a process on the clock of Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from headwater.core.clock import DatabaseClock, now
from headwater.core.database.database import Database, Identity
from headwater.core.errors import Unavailable
from headwater.core.telemetry import get_logger

_ASK_SECONDS = 2.0

logger = get_logger(__name__)


@asynccontextmanager
async def following_database(clock: DatabaseClock, database: Database) -> AsyncIterator[None]:
    """Keep `clock` on Postgres' while the block runs. While Postgres is away it goes on as it was."""
    task = asyncio.create_task(_follow(clock, database), name="follow the clock of Postgres")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _follow(clock: DatabaseClock, database: Database) -> None:
    while True:
        before = clock.apart
        try:
            await ask_time(clock, database)
        except Unavailable:
            # Whoever needs Postgres says so.
            await asyncio.sleep(_ASK_SECONDS)
            continue
        if abs(clock.apart - before).total_seconds() > 1:
            logger.warning(
                "clocks_differ", seconds=round(clock.apart.total_seconds(), 1), effect="the clock of Postgres is used"
            )
        await asyncio.sleep(_ASK_SECONDS)


async def ask_time(clock: DatabaseClock, database: Database) -> None:
    """Ask Postgres for its time once. Raises Unavailable."""
    # Over the bare pool, which so keeps a connection at hand however little is asked of it otherwise.
    async with database.raw(Identity.anonymous()) as connection:
        asked = now()
        moment = await connection.fetchval("select clock_timestamp()")
        clock.note(moment, asked=asked, answered=now())
