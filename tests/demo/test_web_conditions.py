"""Conditional GET and compression: a client that sends back the server's own strings gets 304, and nobody else."""

from __future__ import annotations

import gzip

import aiohttp
import pytest

from headwater.demo import DemoWeb

PAGE = "/acme/pricing"


async def read_validators(client: aiohttp.ClientSession, url: str) -> tuple[str, str]:
    async with client.get(url) as response:
        assert response.status == 200
        return response.headers["ETag"], response.headers["Last-Modified"]


async def ask(client: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> int:
    async with client.get(url, headers=headers) as response:
        body = await response.read()
        assert (response.status == 304) == (body == b"")
        return response.status


async def test_own_strings_give_304(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    url = web.page_url(PAGE)
    etag, modified = await read_validators(client, url)
    for headers in (
        {"If-None-Match": etag, "If-Modified-Since": modified},
        {"If-None-Match": etag},
        {"If-None-Match": f"W/{etag}"},
        {"If-None-Match": f'"other", {etag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": modified},
    ):
        assert await ask(client, url, headers) == 304, headers


@pytest.mark.parametrize("later", ["Sat, 21 Nov 2026 23:59:59 GMT", "Mon, 01 Jan 2001 00:00:00 GMT", "yesterday"])
async def test_a_clients_own_clock_loses_the_304(web: DemoWeb, client: aiohttp.ClientSession, later: str) -> None:
    url = web.page_url(PAGE)
    etag, _ = await read_validators(client, url)
    assert await ask(client, url, {"If-Modified-Since": later}) == 200
    assert await ask(client, url, {"If-None-Match": etag, "If-Modified-Since": later}) == 200
    assert await ask(client, url, {"If-None-Match": '"6b000399-6e9"'}) == 200


async def test_every_change_gives_new_validators_even_within_one_second(
    web: DemoWeb, client: aiohttp.ClientSession
) -> None:
    url = web.page_url(PAGE)
    seen = {await read_validators(client, url)}
    for _ in range(3):
        web.change(PAGE, "price")
        seen.add(await read_validators(client, url))
    assert len(seen) == 4
    assert len({modified for _, modified in seen}) == 4


async def test_compression_weakens_the_etag_and_keeps_the_304(web: DemoWeb, client: aiohttp.ClientSession) -> None:
    url = web.page_url(PAGE)
    async with client.get(url) as plain:
        body = await plain.read()
    headers = {"Accept-Encoding": "gzip"}
    async with aiohttp.ClientSession(auto_decompress=False) as raw, raw.get(url, headers=headers) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["ETag"] == f"W/{plain.headers['ETag']}"
        assert gzip.decompress(await packed.read()) == body
    assert await ask(client, url, {**headers, "If-None-Match": packed.headers["ETag"]}) == 304
    async with client.get(url, headers={"Accept-Encoding": "gzip;q=0"}) as refused:
        assert "Content-Encoding" not in refused.headers


async def test_a_page_that_moves_at_every_request_has_no_validators(
    web: DemoWeb, client: aiohttp.ClientSession
) -> None:
    web.set_live_noise(PAGE, ["clock", "token", "adverts"])
    bodies = set()
    for _ in range(3):
        async with client.get(web.page_url(PAGE), headers={"If-None-Match": "*"}) as response:
            assert response.status == 200
            assert not {"ETag", "Last-Modified"} & set(response.headers)
            bodies.add(await response.text())
    assert len(bodies) == 3
