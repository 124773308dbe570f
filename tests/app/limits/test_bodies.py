"""Limits on what is sent, said or not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from headwater.app.middleware import API_BODY_LIMIT_BYTES
from tests.app.answers.answers import read_error
from tests.fixtures.gateway import Gateway


@pytest.mark.parametrize("length", [API_BODY_LIMIT_BYTES + 1, 10**18, 10**30])
async def test_body_that_says_it_is_too_large_is_not_read(served_gateway: Gateway, length: int) -> None:
    reader, writer = await _connect(served_gateway.url)
    writer.write(
        b"POST /api/v1/auth/verify-token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + f"Content-Length: {length}\r\n\r\n".encode()
    )
    head, body = await _read_answer(reader)
    writer.close()
    # The server itself refuses what no number of bytes can be.
    assert head.split(b" ")[1] in ({b"413"} if length < 2**63 else {b"413", b"400"})
    if b" 413 " in head:
        assert json.loads(body)["code"] == "too_large"


async def test_body_without_a_length_is_counted(served_gateway: Gateway) -> None:
    async def pour() -> AsyncIterator[bytes]:
        for _ in range(API_BODY_LIMIT_BYTES // 65_536 + 2):
            yield b" " * 65_536

    async with served_gateway.client() as client:
        answer = await client.post(
            "/api/v1/auth/verify-token", content=pour(), headers={"content-type": "application/json"}
        )
    assert answer.status_code == 413
    assert read_error(answer)["code"] == "too_large"


async def test_body_up_to_the_limit_is_taken(served_gateway: Gateway) -> None:
    async with served_gateway.client() as client:
        for content in (b" " * (API_BODY_LIMIT_BYTES - 20) + b'{"token": "x"}', b'{"token": "x"}'):
            answer = await client.post(
                "/api/v1/auth/verify-token", content=content, headers={"content-type": "application/json"}
            )
            assert answer.json()["valid"] is False


async def test_caller_who_hangs_up_disturbs_nobody(served_gateway: Gateway) -> None:
    for _ in range(3):
        _, writer = await _connect(served_gateway.url)
        writer.write(b"POST /api/v1/auth/verify-token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        await writer.drain()
        writer.close()
    async with served_gateway.client() as client:
        assert (await client.get("/health")).status_code == 200


async def _connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    return await asyncio.open_connection(parts.hostname, parts.port)


async def _read_answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    body = await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""
    return head, body
