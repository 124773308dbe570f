"""A bucket of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import httpx2
import pytest

from headwater.core.clock import SystemClock
from headwater.kit.fetch import Fetcher
from headwater.local.storage.contents.s3 import S3Client, S3Config
from headwater.local.storage.contents.s3.signature import EMPTY, sign_request
from tests.local.storage.s3.server import CREDENTIALS, find_program, run_server


@pytest.fixture(scope="session")
def s3_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an S3 server."""
    if find_program() is None:
        pytest.skip("there is no SeaweedFS: it comes with the development requirements on Linux")
    with run_server(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    """What calls the server; no host but the operator's own is private and allowed."""
    opened = Fetcher(user_agent="Headwater-Tests/1")
    yield opened
    await opened.close()


@pytest.fixture
async def s3_config(s3_address: str) -> S3Config:
    """An empty bucket."""
    config = S3Config(f"files-{uuid4().hex[:8]}", "us-east-1", CREDENTIALS, s3_address, path_style=True)
    url = config.address
    signed = sign_request(
        CREDENTIALS, method="PUT", url=url, headers={}, payload=EMPTY, region=config.region, now=SystemClock().now()
    )
    async with httpx2.AsyncClient() as client:
        (await client.put(url, headers=signed)).raise_for_status()
    return config


@pytest.fixture
def s3_client(s3_config: S3Config, fetcher: Fetcher) -> S3Client:
    """A client of the bucket."""
    return S3Client(s3_config, fetcher)
