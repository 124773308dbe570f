"""Each test of a control holds where nothing is shared, with Valkey, and with Postgres."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from headwater.core.telemetry import REGISTRY
from headwater.kit.controls import PostgresState, SharedState, Valkey

#: Opens the same shared state once more, as another process does; it is closed at the end of the test.
OpenState = Callable[[], SharedState]


def read_failures() -> float:
    """Return how often either didn't answer: a control would have fallen back, and the test have shown nothing."""
    names = ("headwater_valkey_failures_total", "headwater_controls_failures_total")
    return sum(REGISTRY.get_sample_value(name) or 0.0 for name in names)


@pytest.fixture(params=["valkey", "postgres"])
async def open_state(request: pytest.FixtureRequest) -> AsyncIterator[OpenState]:
    """Valkey, and then Postgres."""
    failures = read_failures()
    async with AsyncExitStack() as closing:

        def open_one(name: str = request.param) -> SharedState:
            url = request.getfixturevalue("valkey_url" if name == "valkey" else "dsn")
            opened: SharedState = Valkey(url, prefix="test") if name == "valkey" else PostgresState(url)
            closing.push_async_callback(opened.close)
            return opened

        open_one()
        yield open_one
    assert read_failures() == failures


@pytest.fixture(params=["alone", "valkey", "postgres"])
async def shared(request: pytest.FixtureRequest) -> AsyncIterator[SharedState | None]:
    """Nothing shared, then Valkey, then Postgres."""
    opened: SharedState | None = None
    if request.param == "valkey":
        opened = Valkey(request.getfixturevalue("valkey_url"), prefix="test")
    elif request.param == "postgres":
        opened = PostgresState(request.getfixturevalue("dsn"))
    failures = read_failures()
    yield opened
    assert read_failures() == failures
    if opened is not None:
        await opened.close()


@pytest.fixture(params=["valkey", "postgres"])
async def gone(request: pytest.FixtureRequest) -> AsyncIterator[SharedState]:
    """One that is configured and not there."""
    opened: SharedState = (
        Valkey("redis://127.0.0.1:1/0", timeout_seconds=0.5)
        if request.param == "valkey"
        else PostgresState("postgresql://nobody@127.0.0.1:1/nothing", timeout_seconds=0.5)
    )
    yield opened
    await opened.close()
