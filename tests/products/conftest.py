"""What the tests of products share: the simulated world, and a pool of processes for a whole run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from tests.fixtures.installation import shared_pool
from tests.fixtures.simulated import SimulatedWorld, open_simulated

from headwater.core.clock import MovableClock
from headwater.core.telemetry import configure_logging
from headwater.demo.systems import mail, receiver, web


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    """Log as a deployment does; drawing tracebacks with every local takes seconds."""
    configure_logging(level="warning", form="json")


@pytest.fixture(scope="session", autouse=True)
def _processes() -> Iterator[None]:
    """End the processes that read pages."""
    yield
    asyncio.run(shared_pool().close())


@pytest.fixture
async def world(clock: MovableClock) -> AsyncIterator[SimulatedWorld]:
    """What most products need; the receiver goes by the test's clock. Tests open more where they do."""
    async with open_simulated(web.system, mail.system, receiver.make_receiver(clock=clock)) as opened:
        yield opened
