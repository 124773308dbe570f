"""The generated pages: the same conditional GET, all changed at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from headwater.core.clock import now
from headwater.core.errors import InvalidInput
from headwater.demo import BenchWeb, open_bench


@pytest.fixture
async def bench() -> AsyncIterator[BenchWeb]:
    async with open_bench(pages=40, hosts=3) as demo:
        yield demo


async def test_unchanged_pages_are_304_and_changed_ones_are_not(bench: BenchWeb, client: aiohttp.ClientSession) -> None:
    validators: list[dict[str, str]] = []
    for number in range(40):
        async with client.get(bench.page_url(number)) as response:
            assert response.status == 200
            assert "costs $20.00" in await response.text()
            headers = response.headers
            validators.append({"If-None-Match": headers["ETag"], "If-Modified-Since": headers["Last-Modified"]})

    async def recheck(number: int) -> int:
        async with client.get(bench.page_url(number), headers=validators[number]) as response:
            text = await response.text()
            assert ("costs $24.00" in text) == (response.status == 200)
            return response.status

    assert set(await asyncio.gather(*map(recheck, range(40)))) == {304}
    before = now()
    touched = bench.change_pages(30)
    assert touched.pages == 30
    assert before <= touched.at <= now()
    assert await asyncio.gather(*map(recheck, range(40))) == [200] * 30 + [304] * 10
    assert bench.count_answers() == {200: 70, 304: 50}


async def test_pages_differ_and_are_spread_over_the_hosts(bench: BenchWeb, client: aiohttp.ClientSession) -> None:
    texts = set()
    for url in bench.list_urls():
        async with client.get(url) as response:
            texts.add(await response.text())
    assert len(texts) == 40
    assert len({url.split("/")[2] for url in bench.list_urls()}) == 3


async def test_what_is_not_there(bench: BenchWeb, client: aiohttp.ClientSession) -> None:
    for path, status in {"/bench/40": 404, "/bench/x": 404, "/": 404, "/robots.txt": 200}.items():
        async with client.get(f"{bench.url}{path}") as response:
            assert response.status == status
    async with client.head(bench.page_url(0)) as response:
        assert response.status == 200
        assert await response.read() == b""
    with pytest.raises(InvalidInput):
        bench.change_pages(41)


async def test_compressed_pipelined_and_closed(bench: BenchWeb) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", bench.ports[0])
    request = b"GET /bench/0 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n%s\r\n"
    writer.write(request % b"" + (request % b"Connection: close\r\n")[:20])
    await writer.drain()
    writer.write((request % b"Connection: close\r\n")[20:])
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.count(b"Content-Encoding: gzip") == 2
    assert answer.count(b"ETag: W/") == 2


async def test_control_over_http(bench: BenchWeb, client: aiohttp.ClientSession) -> None:
    async with client.post(f"{bench.control_url}/_control/change_pages", json={}) as response:
        assert (await response.json())["result"]["pages"] == 40
