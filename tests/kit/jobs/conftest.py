"""What the tests of this room share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import asyncpg
import pytest

from headwater.core.clock import MovableClock
from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.kit.jobs import Outcome, Run, run_until_idle
from tests.kit.jobs.kinds import Journal, chain, hold, hold_long, locked, report, slow, stubborn, write

ALL = [write, hold, hold_long, slow, locked, chain, report, stubborn]
RunAll = Callable[[], Awaitable[list[tuple[Run, Outcome]]]]


@pytest.fixture
async def owner(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the database's owner, as the workers have."""
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


@pytest.fixture
def journal() -> Journal:
    """What handlers did."""
    return Journal()


@pytest.fixture
def tools(database: Database, journal: Journal) -> Resources:
    """The resources that the test jobs need."""
    opened = Resources()
    opened.provide(Database, database)
    opened.provide(Journal, journal)
    return opened


@pytest.fixture
def clock() -> MovableClock:
    """A clock that the test moves."""
    return MovableClock()


@pytest.fixture
def run_all(database: Database, tools: Resources, clock: MovableClock) -> RunAll:
    """Run everything due by `clock`."""

    async def run() -> list[tuple[Run, Outcome]]:
        return await run_until_idle(database, tools, jobs=ALL, clock=clock)

    return run


@pytest.fixture
def workspace_id() -> UUID:
    """A workspace; jobs don't ask whether it exists."""
    return uuid4()
