"""Encrypted connections: a certificate that nobody vouches for is no host."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from headwater.kit.fetch import FetchFailed
from tests.kit.fetch.certificates import write_certificate
from tests.kit.fetch.servers import fetching


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    """A port that speaks TLS with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(write_certificate(tmp_path))
    runner = web.AppRunner(web.Application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@pytest.mark.parametrize("scheme", ["https", "http"])
async def test_untrusted_certificate_or_the_wrong_scheme_is_a_network_failure(port: int, scheme: str) -> None:
    url = f"{scheme}://127.0.0.1:{port}/"
    async with fetching(names=[f"127.0.0.1:{port}"]) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(url)
        with pytest.raises(FetchFailed) as trusted:
            await fetcher.request("GET", url, trusted=True)
    assert {caught.value.kind, trusted.value.kind} == {"network"}
    assert ("certificate" in caught.value.message) == (scheme == "https")
