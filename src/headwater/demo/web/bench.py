"""Thousands of generated pages at `/bench/<n>`, served fast enough that the client is what gets measured.

A raw protocol with nginx's conditional GET; one command changes every page (or the first so many) in one instant and
gives the time of it. `/robots.txt` allows everything.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import cast

from aiohttp import web

from headwater.core.clock import now
from headwater.core.errors import InvalidInput
from headwater.demo.web.validators import Validators, accepts_gzip, compress_body, is_not_modified, make_validators
from headwater.kit.demo.control import Action, control_routes
from headwater.kit.demo.loopback import HOST, Listener, serve_http

NAMES = {
    b"if-none-match": "If-None-Match",
    b"if-modified-since": "If-Modified-Since",
    b"accept-encoding": "Accept-Encoding",
}
HEADERS_END = b"\r\n\r\n"
LARGEST_REQUEST = 64 * 1024
NOTES = 12
TOPICS = ("timetable", "membership", "laboratory", "warehouse", "festival", "orchestra", "workshop", "reservoir")


@dataclass(frozen=True, slots=True)
class Touched:
    """The pages that were changed at once, and when."""

    pages: int
    at: datetime


@dataclass(slots=True)
class _Drawn:
    version: int
    validators: Validators
    body: bytes
    packed: bytes | None = None


class BenchWeb:
    """Generated pages, each with a version that grows when it is changed."""

    def __init__(self, *, pages: int, notes: int = NOTES) -> None:
        self.pages = pages
        self.notes = notes
        self.ports: list[int] = []
        self.control_port = 0
        self.statuses: Counter[int] = Counter()
        self._versions = [0] * pages
        self._modified = int(now().timestamp()) - 86_400
        self._modified_since_change = self._modified
        self._drawn: dict[int, _Drawn] = {}

    @property
    def url(self) -> str:
        """Return the address of the first host."""
        return f"http://{HOST}:{self.ports[0]}"

    @property
    def control_url(self) -> str:
        """Return the address of the control interface."""
        return f"http://{HOST}:{self.control_port}"

    def page_url(self, number: int) -> str:
        """Return the URL of a page; the pages are spread evenly over the hosts."""
        return f"http://{HOST}:{self.ports[number % len(self.ports)]}/bench/{number}"

    def change_pages(self, count: int | None = None) -> Touched:
        """Change the price on the first `count` pages (all of them where none is given) at once."""
        chosen = self.pages if count is None else count
        if not 0 <= chosen <= self.pages:
            raise InvalidInput(f"there are {self.pages} pages", code="too_many_pages")
        at = now()
        self._modified_since_change = max(int(at.timestamp()), self._modified_since_change + 1)
        for number in range(chosen):
            self._versions[number] += 1
            self._drawn.pop(number, None)
        return Touched(chosen, at)

    def count_answers(self) -> dict[int, int]:
        """Return the number of answers by status."""
        return dict(self.statuses)

    def list_urls(self) -> list[str]:
        """Return the URL of every page."""
        return [self.page_url(number) for number in range(self.pages)]

    def actions(self) -> Mapping[str, Action]:
        """Return what can be done from outside."""
        return {
            "change_pages": self.change_pages,
            "count_answers": self.count_answers,
            "list_urls": self.list_urls,
        }

    def answer(self, target: str, headers: Mapping[str, str], *, head_only: bool = False) -> bytes:
        """Return the whole HTTP answer for a request."""
        path = target.partition("?")[0]
        if path == "/robots.txt":
            return self._write(200, b"User-agent: *\nDisallow:\n", "Content-Type: text/plain\r\n", head_only=head_only)
        digits = path.removeprefix("/bench/")
        if not path.startswith("/bench/") or not digits.isdecimal() or int(digits) >= self.pages:
            return self._write(404, b"<h1>404 Not Found</h1>", "Content-Type: text/html\r\n", head_only=head_only)
        drawn = self._draw(int(digits))
        validators = drawn.validators
        if is_not_modified(validators, headers):
            kept = f"ETag: {validators.etag}\r\nLast-Modified: {validators.last_modified}\r\n"
            return self._write(304, None, kept, head_only=True)
        kind = f"Content-Type: text/html; charset=utf-8\r\nLast-Modified: {validators.last_modified}\r\n"
        if accepts_gzip(headers):
            drawn.packed = drawn.packed or compress_body(drawn.body)
            packed = f"{kind}ETag: W/{validators.etag}\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\n"
            return self._write(200, drawn.packed, packed, head_only=head_only)
        return self._write(200, drawn.body, f"{kind}ETag: {validators.etag}\r\n", head_only=head_only)

    def _write(self, status: int, body: bytes | None, headers: str, *, head_only: bool) -> bytes:
        self.statuses[status] += 1
        length = "" if body is None else f"Content-Length: {len(body)}\r\n"
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nServer: nginx/1.28.0\r\n{headers}{length}\r\n".encode()
        )
        return head if head_only or body is None else head + body

    def _draw(self, number: int) -> _Drawn:
        drawn = self._drawn.get(number)
        if drawn is None:
            version = self._versions[number]
            body = write_page(number, version, notes=self.notes)
            modified = self._modified_since_change if version else self._modified
            drawn = self._drawn[number] = _Drawn(version, make_validators(modified=modified, length=len(body)), body)
        return drawn


def write_page(number: int, version: int, *, notes: int = NOTES) -> bytes:
    """Write a page whose only moving part is its price; with twelve notes it has about 2 kB."""
    topic = TOPICS[number % len(TOPICS)]
    story = "\n".join(
        f"<p>Note {line} on {topic} {number}: the {TOPICS[(number + line) % len(TOPICS)]} committee of district "
        f"{number % 97} keeps record {number * 31 + line} open to every visitor of hall {line % 7}.</p>"
        for line in range(notes)
    )
    return (
        f"<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>The {topic} no. {number}</title></head>"
        f"<body><header><nav><a href='/bench/0'>First</a> <a href='/bench/{number + 1}'>Next</a></nav></header>\n<main>"
        f"<h1>The {topic} no. {number}</h1>\n<p>One ticket costs ${20 + 4 * version}.00 at the door.</p>\n"
        f"{story}\n</main>"
        "<footer><p>© 2026 The districts. All rights reserved.</p></footer></body></html>\n"
    ).encode()


class _FastProtocol(asyncio.Protocol):
    """Reads requests without bodies and answers each at once; keeps the connection, takes pipelining."""

    def __init__(self, demo: BenchWeb) -> None:
        self._demo = demo
        self._received = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to write to."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer every whole request that has arrived."""
        self._received += data
        while (end := self._received.find(HEADERS_END)) >= 0:
            request, self._received = self._received[:end], self._received[end + 4 :]
            self._answer(request)
        if len(self._received) > LARGEST_REQUEST and self.transport is not None:
            self.transport.abort()

    def _answer(self, request: bytes) -> None:
        first, *lines = request.split(b"\r\n")
        method, _, rest = first.partition(b" ")
        headers: dict[str, str] = {}
        closes = False
        for line in lines:
            name, _, value = line.partition(b":")
            lowered = name.lower()
            known = NAMES.get(lowered)
            if known is not None:
                headers[known] = value.strip().decode("latin-1")
            elif lowered == b"connection":
                closes = value.strip().lower() == b"close"
        target = rest.rpartition(b" ")[0].decode("latin-1")
        if self.transport is not None:
            self.transport.write(self._demo.answer(target, headers, head_only=method == b"HEAD"))
            if closes:
                self.transport.close()


@asynccontextmanager
async def open_bench(
    *, pages: int = 300, hosts: int = 1, port: int = 0, control_port: int = 0, notes: int = NOTES
) -> AsyncIterator[BenchWeb]:
    """Serve that many pages while the block runs, spread over `hosts` ports (from `port` on, 0: any free ones).

    `notes`: passages of each page beside its heading, its price and its foot.
    """
    demo = BenchWeb(pages=pages, notes=notes)
    application = web.Application()
    application.add_routes(control_routes(demo.actions))
    async with contextlib.AsyncExitStack() as stack:
        (control,) = await stack.enter_async_context(serve_http(application, port=control_port))
        demo.control_port = control.port
        for number in range(hosts):
            listener = Listener(lambda: _FastProtocol(demo), port=port + number if port else 0)
            await listener.open()
            stack.push_async_callback(listener.close)
            demo.ports.append(listener.port)
        yield demo
