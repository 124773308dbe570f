"""Hosts that answer too much, too slowly, or wrongly: a classified failure within bounds."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from aiohttp import web

from headwater.kit.fetch import FetchFailed, Limits
from headwater.kit.fetch.wire.decoders import DECODERS
from tests.kit.fetch.servers import Speech, fetching, say, serve, speak

MEGABYTE = 1024 * 1024
SMALL = Limits(body_bytes=MEGABYTE, total_seconds=20)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def deflate_raw(data: bytes) -> bytes:
    """Compress without the wrapper, as some servers understand `deflate`."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", deflate_raw),
    "br": ("br", lambda data: brotli.compress(data, quality=4)),
    "gzip twice": ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    "br in gzip": ("br, gzip", lambda data: gzip.compress(brotli.compress(data, quality=4))),
}
if "zstd" in DECODERS:
    from importlib import import_module

    PACKERS["zstd"] = ("zstd", import_module("backports.zstd").compress)


async def fetch_kind(speech: Speech, *, limits: Limits = SMALL) -> str:
    """Fetch from a server that makes `speech`, and return the kind of the failure."""
    async with speak(speech) as site, fetching(site, limits=limits) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url("/x"))
    return caught.value.kind


def with_length(body: bytes, *headers: bytes) -> bytes:
    """Return a whole answer with `body`."""
    lines = b"".join(header + b"\r\n" for header in headers)
    return OK + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize("name", PACKERS)
async def test_compressed_page_is_read(name: str) -> None:
    coding, pack = PACKERS[name]
    page = b"<p>" + b"plain words " * 50_000 + b"</p>"
    packed = pack(page)
    answer = with_length(packed, b"Content-Encoding: " + coding.encode())
    async with speak(say(answer)) as site, fetching(site, limits=SMALL) as fetcher:
        response = await fetcher.fetch(site.url("/x"))
    assert response.body == page
    assert response.bytes == len(packed)


@pytest.mark.parametrize("name", PACKERS)
async def test_bomb_is_defused(name: str) -> None:
    coding, pack = PACKERS[name]
    bomb = pack(bytes(64 * MEGABYTE))
    answer = with_length(bomb, b"Content-Encoding: " + coding.encode())
    tracemalloc.start()
    try:
        assert await fetch_kind(say(answer)) == "too_large"
        assert tracemalloc.get_traced_memory()[1] < 16 * MEGABYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", PACKERS)
async def test_broken_or_cut_compression_is_no_page(name: str) -> None:
    coding, pack = PACKERS[name]
    packed = pack(b"<p>" + bytes(range(32, 127)) * 5_000 + b"</p>")
    header = b"Content-Encoding: " + coding.encode()
    assert await fetch_kind(say(with_length(packed[: len(packed) // 2], header))) in {"network", "not_text"}
    assert await fetch_kind(say(with_length(b"\x1f\x8b" + b"no data at all " * 9, header))) in {"not_text", "network"}


async def test_gzip_members_follow_each_other_and_padding_is_ignored() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + bytes(64)
    answer = with_length(packed, b"Content-Encoding: gzip")
    async with speak(say(answer)) as site, fetching(site) as fetcher:
        assert (await fetcher.fetch(site.url("/x"))).body == b"one two"


@pytest.mark.parametrize("coding", ["compress", "gzip, gzip, gzip, gzip", "aes128gcm", "gzip, unknown"])
async def test_unknown_coding_is_no_page(coding: str) -> None:
    assert await fetch_kind(say(with_length(b"abc", b"Content-Encoding: " + coding.encode()))) == "not_text"


async def test_declared_size_is_believed_before_reading() -> None:
    assert await fetch_kind(say(OK + b"Content-Length: 52428800\r\n\r\n")) == "too_large"


async def test_body_without_end_is_cut() -> None:
    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
            await writer.drain()

    assert await fetch_kind(pour) == "too_large"


async def test_header_without_end_is_cut() -> None:
    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        while True:
            writer.write(b"X-Flood: " + b"y" * 1_000 + b"\r\n")
            await writer.drain()

    assert await fetch_kind(pour) == "too_large"


@pytest.mark.parametrize(
    "headers",
    [
        b"X-Long: " + b"y" * 20_000 + b"\r\n",
        b"X-Long-" + b"y" * 20_000 + b": z\r\n",
        b"".join(b"X-%d: y\r\n" % number for number in range(500)),
        b"".join(b"X-%d: %s\r\n" % (number, b"y" * 10_000) for number in range(12)),
    ],
)
async def test_large_header_is_refused(headers: bytes) -> None:
    assert await fetch_kind(say(OK + headers + b"Content-Length: 2\r\n\r\nok")) == "too_large"


async def drip_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send one byte of the body at a time, for ever."""
    writer.write(OK + b"\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def drip_header(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send one byte of the header at a time, for ever."""
    writer.write(OK + b"X: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def promise_for_ever(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say `100 Continue` again and again."""
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.001)


async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Wait until the other side gives up."""
    await reader.read()


@pytest.mark.parametrize(
    ("speech", "limits"),
    [
        (drip_body, Limits(grace_seconds=0.1, total_seconds=20)),
        (drip_body, Limits(total_seconds=0.3)),
        (drip_header, Limits(total_seconds=0.3)),
        (promise_for_ever, Limits(total_seconds=0.3)),
        (say_nothing, Limits(silence_seconds=0.2, total_seconds=20)),
        (say_nothing, Limits(total_seconds=0.2)),
    ],
)
async def test_slow_host_is_given_up(speech: Speech, limits: Limits) -> None:
    assert await fetch_kind(speech, limits=limits) == "timeout"


async def test_caller_may_give_less_time() -> None:
    async with speak(say_nothing) as site, fetching(site) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url("/x"), timeout=0.2)
    assert caught.value.kind == "timeout"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 banana\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nNo colon here\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        OK + b"Content-Length: 100\r\n\r\ntoo short",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello world\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
        OK + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"+PONG\r\n\r\n",
    ],
)
async def test_answer_that_is_no_http_is_a_network_failure(answer: bytes) -> None:
    assert await fetch_kind(say(answer)) == "network"


async def test_old_server_that_just_closes_is_understood() -> None:
    async with speak(say(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold")) as site, fetching(site) as fetcher:
        assert (await fetcher.fetch(site.url("/x"))).text == "old"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\n"),
        ("application/pdf", b"%PDF-1.7"),
        ("application/zip", b"PK\x03\x04"),
        ("video/mp4", b"text"),
        ("text/html", b"\x89PNG\r\n\x1a\n\x00\x00"),
        ("text/plain", b"abc\x00def"),
        ("application/octet-stream", b"\x00\x01\x02"),
        ("", b"\x7fELF\x02\x01\x01\x00"),
        ("text/html", b"%PDF-1.7 hello"),
    ],
)
async def test_what_is_no_text_is_refused_or_taken_as_bytes(content_type: str, body: bytes) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, headers={"Content-Type": content_type})

    async with serve(answer) as site, fetching(site) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(site.url())
        assert caught.value.kind == "not_text"
        assert (await fetcher.fetch(site.url(), text_only=False)).body == body


@pytest.mark.parametrize(
    "content_type", ["", "application/octet-stream", "application/rss+xml", "application/vnd.x+json"]
)
async def test_text_under_an_odd_type_is_text(content_type: str) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"plain", headers={"Content-Type": content_type})

    async with serve(answer) as site, fetching(site) as fetcher:
        assert (await fetcher.fetch(site.url())).text == "plain"
