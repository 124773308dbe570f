"""A Postgres that is gone without a word: whoever waits for it hears so, and nobody waits for good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from headwater.core.database.database import Database, Identity
from headwater.core.errors import Unavailable
from tests.fixtures.relay import Relay

# The tests' limit for what hangs; what works takes a fraction of it.
PATIENCE_SECONDS = 60


@pytest.fixture
async def relay(dsn: str) -> AsyncIterator[Relay]:
    """A relay to the test's database, whose connections can be silenced."""
    async with Relay(dsn) as made:
        yield made


@pytest.fixture
async def behind(relay: Relay) -> AsyncIterator[Database]:
    """A database behind the relay, with one connection a pool."""
    opened = Database(relay.dsn, pool_size=1, statement_timeout_seconds=0.5, answer_seconds=0.5)
    yield opened
    async with asyncio.timeout(PATIENCE_SECONDS):
        await opened.close()


async def test_a_transaction_on_a_dead_connection_is_refused_and_the_next_works(relay: Relay, behind: Database) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(Unavailable):
            await _run_composed(behind, relay, freeze_before="statement")
        await _run_composed(behind, relay)


async def test_a_bare_transaction_on_a_dead_connection_is_refused_and_the_next_works(
    relay: Relay, behind: Database
) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(Unavailable):
            await _run_bare(behind, relay, freeze_before="statement")
        await _run_bare(behind, relay)


async def test_a_commit_that_is_never_answered_is_an_error(relay: Relay, behind: Database) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        for run in (_run_composed, _run_bare):
            with pytest.raises(Unavailable):
                await run(behind, relay, freeze_before="commit")
            await run(behind, relay)


async def test_a_dead_connection_holds_up_no_end(relay: Relay, behind: Database) -> None:
    await _run_bare(behind, relay)
    await _run_composed(behind, relay)
    relay.freeze()


async def _run_composed(database: Database, relay: Relay, *, freeze_before: str = "") -> None:
    async with database.transaction(Identity.anonymous()) as connection:
        if freeze_before == "statement":
            relay.freeze()
        await connection.exec_driver_sql("select 1")
        if freeze_before == "commit":
            relay.freeze()


async def _run_bare(database: Database, relay: Relay, *, freeze_before: str = "") -> None:
    async with database.raw(Identity.anonymous()) as connection:
        if freeze_before == "statement":
            relay.freeze()
        assert await connection.fetchval("select 1") == 1
        if freeze_before == "commit":
            relay.freeze()
