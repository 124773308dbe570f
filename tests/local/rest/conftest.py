"""An engine over a small shop, in a database of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from headwater.local.rest import PipelinePool, RestApp, RestConfig, RestVerifier, create_rest_app
from tests.local.rest.clients import SECRET, RestClient

SHOP = Path(__file__).with_name("shop.sql").read_text("utf-8")
CONFIG = RestConfig(schemas=("shop",), extra_search_path=("public", "extensions"), transaction_override=True)


@asynccontextmanager
async def open_app(dsn: str, config: RestConfig = CONFIG, **pool: Any) -> AsyncIterator[RestApp]:
    """Make an engine and close it; it is not listening for reloads."""
    app = create_rest_app(config, PipelinePool(dsn, **pool), verifier=RestVerifier.from_keys(secret=SECRET))
    try:
        yield app
    finally:
        await app.stop()


@pytest.fixture
async def shop_dsn(unmigrated_dsn: str) -> str:
    """A database with the shop in it."""
    connection = await asyncpg.connect(unmigrated_dsn)
    await connection.execute(SHOP)
    await connection.close()
    return unmigrated_dsn


@pytest.fixture
async def rest(shop_dsn: str) -> AsyncIterator[RestClient]:
    """An anonymous client of an engine over the shop."""
    async with open_app(shop_dsn) as app:
        yield RestClient(app)


@pytest.fixture
def member(rest: RestClient) -> RestClient:
    """A signed-in client that is nobody in particular."""
    return rest.acting_as("authenticated")


@pytest.fixture
async def owner(shop_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees and may do everything."""
    connection = await asyncpg.connect(shop_dsn)
    yield connection
    await connection.close()
