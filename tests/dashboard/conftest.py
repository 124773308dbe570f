"""One stack and one browser for all tests of the dashboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.dashboard.browsing import open_browser
from tests.dashboard.stack import Stack, open_stack

if TYPE_CHECKING:
    from playwright.async_api import Browser


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """`headwater up`, serving."""
    async with open_stack(tmp_path_factory.mktemp("stack")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with open_browser() as opened:
        yield opened
