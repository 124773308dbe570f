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
    open_mail,
    open_models,
    open_receiver,
    open_web,
)
from headwater.demo.systems import list_systems
from headwater.demo.systems.bench import make_bench
from tests.fixtures.simulated import SimulatedWorld, open_simulated


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
async def world() -> AsyncIterator[SimulatedWorld]:
    """All of it."""
    async with open_simulated(*{**list_systems(), "bench": make_bench(pages=10)}.values()) as demo:
        yield demo
