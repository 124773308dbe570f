"""What the tests of this room share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.clock import MovableClock
from headwater.core.database.database import Database
from headwater.core.errors import HeadwaterError
from headwater.core.resources import Resources
from headwater.kit.http import caller
from headwater.kit.jobs import Outcome, Run, run_until_idle
from headwater.kit.jobs.routes import router
from tests.kit.jobs.kinds import Journal, chain, hold, hold_long, locked, report, slow, stubborn, write
from tests.kit.jobs.people import Person, make_person

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


@pytest.fixture
async def ada(owner: asyncpg.Connection) -> Person:
    """Owns a workspace."""
    return await make_person(owner, "ada@example.com")


@pytest.fixture
async def http(database: Database, ada: Person) -> AsyncIterator[httpx2.AsyncClient]:
    """A client whose requests are Ada's."""
    app = FastAPI()

    async def open_transaction() -> AsyncIterator[AsyncConnection]:
        async with database.transaction(ada.identity) as connection:
            yield connection

    @app.exception_handler(HeadwaterError)
    async def render(_: Request, error: HeadwaterError) -> JSONResponse:
        return JSONResponse(error.to_body(), error.status)

    app.dependency_overrides = {
        caller.open_transaction: open_transaction,
        caller.choose_workspace: lambda: ada.workspace_id,
    }
    app.include_router(router)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://headwater.test") as client:
        yield client
