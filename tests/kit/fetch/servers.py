"""Real servers on loopback: a web application, and one that speaks whatever bytes a test wants."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web

from headwater.core.clock import Clock
from headwater.kit.controls import SharedState
from headwater.kit.fetch import AddressPolicy, Fetcher, Limits, Resolver

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Speech = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
USER_AGENT = "Headwater/0.1 (+https://example.com/bot)"


@dataclass
class Site:
    """A running web application and the requests that it saw."""

    port: int
    seen: list[web.Request] = field(default_factory=list)

    @property
    def authority(self) -> str:
        """Return host and port."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        """Return the address of `path`."""
        return f"http://{self.authority}{path}"

    @property
    def paths(self) -> list[str]:
        """Return the paths asked for, in order, without robots.txt."""
        return [request.path for request in self.seen if request.path != "/robots.txt"]


@asynccontextmanager
async def serve(
    handler: Handler, *, robots: str | None = None, port: int = 0, encryption: ssl.SSLContext | None = None
) -> AsyncIterator[Site]:
    """Serve every path by `handler`; robots.txt is the text given, or 404. `encryption` has it speak TLS."""
    site = Site(port)

    async def answer(request: web.Request) -> web.StreamResponse:
        site.seen.append(request)
        if request.path == "/robots.txt" and robots is not None:
            return web.Response(text=robots)
        if request.path == "/robots.txt" and not getattr(handler, "answers_robots", False):
            raise web.HTTPNotFound
        return await handler(request)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=encryption).start()
        site.port = runner.addresses[0][1]
        yield site
    finally:
        await runner.cleanup()


@asynccontextmanager
async def speak(speech: Speech) -> AsyncIterator[Site]:
    """Answer robots.txt with 404 and every other connection by `speech`, after the request's header was read."""
    site = Site(0)
    speaking: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        speaking.add(task)
        # The task is cancelled only at the end of the test, and the stream's own callback trips over a cancelled one.
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            request = await reader.readuntil(b"\r\n\r\n")
            if request.startswith(b"GET /robots.txt"):
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                await speech(reader, writer)
            await writer.drain()
        writer.close()
        with suppress(ConnectionError, asyncio.CancelledError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        for task in speaking:
            task.cancel()
        await asyncio.gather(*speaking, return_exceptions=True)


def say(*parts: bytes) -> Speech:
    """Return a speech of fixed bytes."""

    async def speech(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return speech


@asynccontextmanager
async def fetching(
    *sites: Site,
    names: Sequence[str] = (),
    limits: Limits | None = None,
    shared: SharedState | None = None,
    clock: Clock | None = None,
    resolver: Resolver | None = None,
    interval: float = 0.0,
    at_once: int = 2,
) -> AsyncIterator[Fetcher]:
    """Open a fetcher to which only `sites` (and `names`) are open beside the public web."""
    fetcher = Fetcher(
        user_agent=USER_AGENT,
        policy=AddressPolicy.allowing([*(site.authority for site in sites), *names]),
        limits=limits or Limits(total_seconds=20, silence_seconds=10),
        shared=shared,
        clock=clock,
        resolver=resolver or Names({}),
        host_interval_seconds=interval,
        max_at_once_per_host=at_once,
    )
    try:
        yield fetcher
    finally:
        await fetcher.close()


@dataclass
class Names:
    """A resolver whose answers a test sets: for each name a list of answers, the last of which is repeated."""

    answers: dict[str, list[list[str]]]
    asked: list[str] = field(default_factory=list)

    async def resolve(self, host: str) -> Sequence[str]:
        """Return the next answer for `host`."""
        self.asked.append(host)
        answers = self.answers.get(host)
        if not answers:
            raise OSError(None, "no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]


async def greet(_: web.Request) -> web.StreamResponse:
    """Answer with a small page."""
    return web.Response(text="<p>hello</p>", content_type="text/html")
