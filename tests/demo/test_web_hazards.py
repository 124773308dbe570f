"""Each trap is what it says, and a client can walk away from it."""

from __future__ import annotations

import zlib

import aiohttp
import pytest

from headwater.demo import DemoWeb
from headwater.demo.web import hazards

STATUSES = {
    "empty": 200, "blank": 200, "captcha": 403, "soft_captcha": 200, "login": 200, "unauthorized": 401,
    "forbidden": 403, "gone": 410, "missing": 404, "error": 500, "binary": 200, "image": 200, "disguised_binary": 200,
    "rate_limited": 429, "unavailable": 503,
}  # fmt: skip


@pytest.mark.parametrize(("mode", "status"), STATUSES.items())
async def test_a_page_misbehaves_once_and_is_itself_again(
    web: DemoWeb, client: aiohttp.ClientSession, mode: str, status: int
) -> None:
    url = web.page_url("/orchard/lamp")
    async with client.get(url) as response:
        usual = await response.read()
    web.set_mode("/orchard/lamp", mode, times=1)
    async with client.get(url) as response:
        assert response.status == status
        assert await response.read() != usual
        assert "ETag" not in response.headers
    async with client.get(url) as response:
        assert await response.read() == usual


async def test_every_trap_has_a_page_of_its_own(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    for mode, status in STATUSES.items():
        async with client.get(web.host_url("hazards", f"/{mode.replace('_', '-')}")) as response:
            assert response.status == status, mode


async def test_fifty_megabytes_are_announced_or_not(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    async with client.get(web.page_url("/hazards/large")) as response:
        assert int(response.headers["Content-Length"]) == hazards.LARGE_BYTES >= 50 * hazards.MEGABYTE
        received = 0
        async for piece in response.content.iter_any():
            received += len(piece)
    assert received == hazards.LARGE_BYTES
    async with client.get(web.page_url("/hazards/large-unannounced")) as response:
        assert "Content-Length" not in response.headers
        assert len(await response.content.read(4096)) > 0


@pytest.mark.parametrize("mode", ["endless", "drip"])
async def test_bodies_without_an_end(web: DemoWeb, client: aiohttp.ClientSession, mode: str) -> None:
    web.set_mode("/acme/", mode, seconds=0.001)
    received = b""
    async with client.get(web.page_url("/acme/")) as response:
        while len(received) < 2000:
            received += await response.content.read(500)
    assert received.count(b"<p>") > 5


async def test_a_gzip_bomb_is_small_and_grows(web: DemoWeb) -> None:
    async with aiohttp.ClientSession(auto_decompress=False) as raw, raw.get(web.page_url("/hazards/bomb")) as response:
        packed = await response.read()
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(packed) < 2 * hazards.MEGABYTE
    unpacked = zlib.decompressobj(wbits=31).decompress(packed, 20 * hazards.MEGABYTE)
    assert len(unpacked) == 20 * hazards.MEGABYTE


async def test_a_million_nodes_and_a_deep_page(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    async with client.get(web.page_url("/hazards/many-nodes")) as response:
        assert (await response.read()).count(b"<b>") == 1_000_000
    async with client.get(web.page_url("/hazards/deep")) as response:
        assert (await response.read()).count(b"<div>") == hazards.DEEP_NODES


async def test_letters_that_are_not_what_the_header_says(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    async with client.get(web.page_url("/hazards/wrong-charset")) as response:
        assert response.charset == "utf-8"
        body = await response.read()
    with pytest.raises(UnicodeDecodeError):
        body.decode()
    assert "Crème brûlée" in body.decode("cp1252")


async def test_connections_that_break(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
        await client.get(web.page_url("/hazards/reset"))
    with pytest.raises(aiohttp.ClientPayloadError):
        async with client.get(web.page_url("/hazards/truncated")) as response:
            await response.read()
    with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ClientResponseError)):
        async with client.get(web.page_url("/hazards/broken-gzip")) as response:
            await response.read()
