"""Clients that send slowly, over raw sockets: they are let go in time; whoever moves may take their time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from headwater.app.serving import BODY_PIECE_BYTES, make_protocol
from headwater.core.settings import Settings
from headwater.local.realtime import FrameWebSocketProtocol

HEAD = b"POST /count HTTP/1.1\r\nHost: x\r\n"
FOREVER = 3600.0


async def count(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer how many bytes a body had, or at once where the path says so."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        return
    request, size = Request(scope, receive), 0
    if scope["path"] != "/at-once":
        async for piece in request.stream():
            size += len(piece)
    await Response(str(size))(scope, receive, send)


@asynccontextmanager
async def serving(app: Any, settings: Settings, *, head: float, body: float) -> AsyncIterator[int]:
    """Serve `app` as the gateway is, with these times; gives the port."""
    given = settings.model_copy(update={"request_head_seconds": head, "request_body_seconds": body})
    configuration = uvicorn.Config(
        app,
        port=0,
        http=make_protocol(given),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws=FrameWebSocketProtocol,
        timeout_keep_alive=3600,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(configuration)
    configuration.load()
    server.lifespan = configuration.lifespan_class(configuration)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


async def read_end(reader: asyncio.StreamReader) -> bytes:
    """Read until the other side closes, which it must."""
    return await asyncio.wait_for(reader.read(), 30)


def check_too_slow(answer: bytes) -> None:
    """See that an answer says what was wrong, as every error does, with the headers that every answer has."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 "), answer
    assert json.loads(body)["code"] == "too_slow"
    for header in (b"nosniff", b"frame-ancestors 'none'", b"no-store", b"connection: close"):
        assert header in head.lower() or header in head


@pytest.mark.parametrize(
    "sent",
    [b"", b"\r\n", b"G", b"GET / HT", HEAD, HEAD + b"X-Padding: ", HEAD + b"Content-Length: 5\r\n"],
)
async def test_half_a_head_is_let_go(settings: Settings, sent: bytes) -> None:
    async with serving(count, settings, head=0.2, body=FOREVER) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        check_too_slow(await read_end(reader))
        writer.close()


async def test_head_that_comes_byte_by_byte_is_let_go(settings: Settings) -> None:
    async with serving(count, settings, head=0.5, body=FOREVER) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD)

        async def drip() -> None:
            while not reader.at_eof() and not writer.is_closing():
                writer.write(b"x-drip: 1\r\n")
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        check_too_slow(await read_end(reader))
        dripping.cancel()
        writer.close()


@pytest.mark.parametrize("sent", [b"", b"12", b"x" * (BODY_PIECE_BYTES + 5)])
async def test_half_a_body_is_let_go(settings: Settings, sent: bytes) -> None:
    async with serving(count, settings, head=FOREVER, body=0.3) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"Content-Length: 100000\r\n\r\n" + sent)
        check_too_slow(await read_end(reader))
        writer.close()


async def test_body_that_moves_may_take_longer_than_any_piece_of_it(settings: Settings) -> None:
    pieces = 12
    async with serving(count, settings, head=FOREVER, body=2.0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % (pieces * BODY_PIECE_BYTES))
        for _ in range(pieces):
            # Twelve pieces of a quarter of a second each are three seconds, which is more than one piece has.
            writer.write(b"x" * BODY_PIECE_BYTES)
            await asyncio.sleep(0.25)
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert await reader.readexactly(6) == b"%d" % (pieces * BODY_PIECE_BYTES)
        writer.close()


async def test_application_that_reads_slowly_is_not_the_clients_fault(settings: Settings) -> None:
    go_on = asyncio.Event()

    async def read_late(scope: Scope, receive: Receive, send: Send) -> None:
        await go_on.wait()
        await count(scope, receive, send)

    async with serving(read_late, settings, head=0.2, body=0.2) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        size = 4 * 1024 * 1024
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % size + b"x" * size)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 1.0)
        go_on.set()
        assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).startswith(b"HTTP/1.1 200 ")
        writer.close()


async def test_next_head_of_a_kept_connection_has_its_time_too(settings: Settings) -> None:
    async with serving(count, settings, head=0.5, body=FOREVER) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET /at-once HTTP/1.1\r\nHost: x\r\n\r\n")
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n0"), 30)
        writer.write(b"\r\n")
        check_too_slow(await read_end(reader))
        writer.close()


async def test_slow_body_of_an_answered_request_is_let_go(settings: Settings) -> None:
    async with serving(count, settings, head=FOREVER, body=0.3) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /at-once HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
        await read_end(reader)
        writer.close()


async def test_websocket_is_no_slow_request(settings: Settings) -> None:
    async with serving(count, settings, head=0.2, body=0.2) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).startswith(b"HTTP/1.1 101 ")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 1.0)
        writer.close()


async def test_zero_waits_for_ever(settings: Settings) -> None:
    async with serving(count, settings, head=0, body=0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 1.0)
        writer.write(b"Content-Length: 2\r\n\r\nok")
        assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).startswith(b"HTTP/1.1 200 ")
        writer.close()


async def test_what_is_no_http_is_refused_as_every_error_is(settings: Settings) -> None:
    async with serving(count, settings, head=5, body=5) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x16\x03\x01nonsense\r\n\r\n")
        head, _, body = (await read_end(reader)).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 ")
        assert b"nosniff" in head
        assert set(json.loads(body)) == {"code", "message", "details", "hint"}
        writer.close()


async def test_six_hundred_half_heads_hold_nobody_up(settings: Settings) -> None:
    async with serving(count, settings, head=1.0, body=5) as port:
        lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(600)]
        for _, writer in lines:
            writer.write(HEAD)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /at-once HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).startswith(b"HTTP/1.1 200 ")
        answers = await asyncio.gather(*(read_end(one) for one, _ in lines))
        for answer in answers:
            check_too_slow(answer)
        for _, one in [*lines, (reader, writer)]:
            one.close()
