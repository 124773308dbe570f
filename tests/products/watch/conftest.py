"""What the tests of watch share: an installation in the simulated world, and somebody who uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.fixtures.simulated import SimulatedWorld
from tests.products.watch.factories import House, Member, open_house

from headwater.core.clock import MovableClock
from headwater.core.settings import Settings


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
