"""The systems of the simulated world, one of each for every test, and a client to reach them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from headwater.demo import (
    DemoMail,
    DemoModels,
    DemoReceiver,
    DemoWeb,
    World,
    open_mail,
    open_models,
    open_receiver,
    open_web,
    open_world,
)


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client that asks for no compression and gives up after ten seconds."""
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout, headers={"Accept-Encoding": "identity"}) as session:
        yield session


@pytest.fixture
async def web() -> AsyncIterator[DemoWeb]:
    """The simulated web."""
    async with open_web() as demo:
        yield demo


@pytest.fixture
async def mail() -> AsyncIterator[DemoMail]:
    """The mail server, in clear text."""
    async with open_mail() as demo:
        yield demo


@pytest.fixture
async def receiver() -> AsyncIterator[DemoReceiver]:
    """The webhook receiver, by the machine's clock."""
    async with open_receiver() as demo:
        yield demo


@pytest.fixture
async def models(web: DemoWeb) -> AsyncIterator[DemoModels]:
    """The AI provider, which knows the simulated web."""
    async with open_models(find_listings=web.list_catalogue) as demo:
        yield demo


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """All of it."""
    async with open_world(bench_pages=10) as demo:
        yield demo
