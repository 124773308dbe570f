"""Each test of a control holds without Valkey and with one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from headwater.kit.controls import Valkey


@pytest.fixture(params=["alone", "shared"])
async def valkey(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[Valkey | None]:
    """No Valkey, and then one."""
    opened = Valkey(valkey_url, prefix="test") if request.param == "shared" else None
    yield opened
    if opened is not None:
        await opened.close()


@pytest.fixture
async def gone() -> AsyncIterator[Valkey]:
    """A Valkey that is configured and not there."""
    opened = Valkey("redis://127.0.0.1:1/0", timeout_seconds=0.5)
    yield opened
    await opened.close()
