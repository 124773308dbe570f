"""What the tests of the command line share."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from headwater.demo import DemoWeb, open_web
from tests.cli.installation import Installation

if sys.platform != "linux":
    pytest.skip("processes are counted by /proc", allow_module_level=True)


@pytest.fixture
async def web() -> AsyncIterator[DemoWeb]:
    """The simulated web."""
    async with open_web() as opened:
        yield opened


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An installation in a folder that isn't there yet; it may fetch from loopback."""
    return Installation(tmp_path / "home" / "data", {"FETCH_ALLOWED_HOSTS": "127.0.0.1"})
