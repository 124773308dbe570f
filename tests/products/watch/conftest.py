"""What the tests of watch share: the simulated world, an installation in it, and somebody who uses it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from tests.fixtures.simulated import SimulatedWorld, open_simulated
from tests.products.watch.factories import House, Member, open_house, shared_pool

from headwater.core.clock import MovableClock
from headwater.core.settings import Settings
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
    """What everybody who watches pages needs; the receiver goes by the test's clock. Tests open more where they do."""
    async with open_simulated(web.system, mail.system, receiver.make_receiver(clock=clock)) as opened:
        yield opened


@pytest.fixture
async def house(settings: Settings, world: SimulatedWorld, clock: MovableClock) -> AsyncIterator[House]:
    """An installation without an AI provider."""
    async with open_house(settings, world, clock=clock) as opened:
        yield opened


@pytest.fixture
async def ada(house: House) -> Member:
    """Somebody who watches pages, told by every channel."""
    member = await house.add_member(email="ada@example.com")
    await member.choose_channels("email", "webhook", "in_app")
    return member
