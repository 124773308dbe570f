from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.kit.notify.world import World, open_world

from headwater.core.database.database import Database


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """A workspace with one owner, a mail server and a webhook receiver."""
    async with open_world(database) as opened:
        yield opened
