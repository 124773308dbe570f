"""The ASGI application: `/websocket` and `/api/broadcast`, to be mounted at `/realtime/v1`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import asyncpg
import orjson
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from headwater.core.auth import TokenVerifier
from headwater.core.clock import Clock, SystemClock
from headwater.core.telemetry import get_logger
from headwater.local.realtime.changes.dispatch import Dispatcher
from headwater.local.realtime.changes.feed import ChangeFeed
from headwater.local.realtime.changes.feed.reading import FeedNews
from headwater.local.realtime.changes.payloads import Rows
from headwater.local.realtime.changes.subscriptions import Subscriptions
from headwater.local.realtime.channels.authorization import Authorizer
from headwater.local.realtime.channels.messages import read_message
from headwater.local.realtime.channels.topics import Topics
from headwater.local.realtime.config import RealtimeConfig
from headwater.local.realtime.connection import Connection
from headwater.local.realtime.frames import Version
from headwater.local.realtime.hub import Hub
from headwater.local.realtime.protocol import EXTENSION, FrameWriter
from headwater.local.realtime.rest import BroadcastEndpoint
from headwater.local.realtime.tokens import ANONYMOUS, Grant, TokenReader, TokenRefused
from headwater.local.realtime.upkeep import Upkeep

logger = get_logger(__name__)

_VERSIONS: dict[str, Version] = {"1.0.0": "1.0.0", "2.0.0": "2.0.0"}
_SOCKET_PATHS = frozenset({"/websocket", "/socket/websocket"})


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class RealtimeApp:
    """An ASGI application that serves between `start` and `stop`, or inside `running()`."""

    def __init__(
        self, config: RealtimeConfig, dsn: str, verifier: TokenVerifier, *, clock: Clock | None = None
    ) -> None:
        self._config = config
        self._dsn = dsn
        self._tokens = TokenReader(verifier, clock=clock or SystemClock())
        self._clock = clock or SystemClock()
        self._hub: Hub | None = None
        self._broadcasts: BroadcastEndpoint | None = None
        self._dispatcher: Dispatcher | None = None
        self._upkeep: Upkeep | None = None

    @property
    def hub(self) -> Hub:
        """The server's state, while it runs."""
        if self._hub is None:
            raise RuntimeError("the realtime server has not been started")
        return self._hub

    async def start(self) -> None:
        """Connect, begin to read changes. A database that is away is waited for; nothing is raised."""
        seconds = self._config.database_timeout.total_seconds()
        pool = asyncpg.create_pool(
            self._dsn,
            min_size=0,
            max_size=self._config.pool_size,
            timeout=5,
            command_timeout=seconds,
            server_settings={"application_name": "headwater realtime"},
        )
        await pool
        feed = ChangeFeed(self._dsn, self._config, on_news=self._on_feed_news)
        subscriptions = Subscriptions()
        self._hub = Hub(self._config, self._clock, self._tokens, pool, Authorizer(pool), feed, Topics(), subscriptions)
        self._broadcasts = BroadcastEndpoint(self._hub)
        self._dispatcher = Dispatcher(
            self._dsn, self._config, feed=feed, subscriptions=subscriptions, on_message_row=self._on_message_row
        )
        self._upkeep = Upkeep(self._hub)
        feed.start()
        self._dispatcher.start()
        self._upkeep.start()

    async def stop(self) -> None:
        """Close all connections, drop the slot."""
        hub, self._hub = self._hub, None
        if hub is None or self._upkeep is None or self._dispatcher is None:
            return
        self._upkeep.close_connections()
        await self._upkeep.stop()
        await self._dispatcher.stop()
        await hub.feed.stop()
        try:
            async with asyncio.timeout(5):
                await hub.pool.close()
        except TimeoutError:
            hub.pool.terminate()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[RealtimeApp]:
        """Serve as long as the context lasts."""
        await self.start()
        try:
            yield self
        finally:
            await self.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
            return
        if self._broadcasts is None or self._hub is None:
            raise RuntimeError("the realtime server has not been started")
        await self._broadcasts.serve(find_path(scope), scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        try:
            version, grant = await self._let_in(scope)
        except _Refused as refused:
            await _refuse(scope, send, refused)
            return
        await send({"type": "websocket.accept"})
        writer = scope.get("extensions", {}).get(EXTENSION)
        headers = {name: value for name, value in Headers(scope=scope).items() if name.startswith("x-")}
        if isinstance(writer, FrameWriter):
            writer.limit_message(self._config.max_frame_bytes)
        else:
            writer = None
        connection = Connection(self.hub, grant=grant, version=version, headers=headers, send=send, writer=writer)
        await connection.run(receive)

    async def _let_in(self, scope: Scope) -> tuple[Version, Grant]:
        if find_path(scope) not in _SOCKET_PATHS:
            raise _Refused(404, "not found")
        if self._hub is None:
            raise _Refused(503, "Realtime is restarting, please standby")
        query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        version = _VERSIONS.get(query.get("vsn", "1.0.0"))
        if version is None:
            raise _Refused(400, "the protocol's version must be 1.0.0 or 2.0.0")
        if len(self._hub.connections) >= self._config.max_connections:
            raise _Refused(429, "Too many connected users")
        headers = Headers(scope=scope)
        token = headers.get("x-api-key") or query.get("apikey") or headers.get("apikey")
        if not token:
            if self._config.keyless == "anon":
                return version, ANONYMOUS
            raise _Refused(401, "API key is missing")
        try:
            return version, await self._tokens.read(token)
        except TokenRefused as error:
            raise _Refused(401, str(error)) from error

    def _on_message_row(self, rows: Rows) -> None:
        message = read_message(rows.record) if rows.change.action == "INSERT" else None
        if message is None or self._hub is None or len(message.broadcast.payload) > self._config.max_payload_bytes:
            return
        topic = self._hub.topics.find(message.topic, is_private=message.is_private)
        if topic is not None:
            topic.pass_on(message.broadcast, message_id=message.id)

    def _on_feed_news(self, news: FeedNews) -> None:
        if news == "lost" and self._hub is not None:
            for connection in self._hub.connections:
                for channel in connection.channels.values():
                    if channel.listening is not None:
                        channel.listening.tell_lost()


def create_realtime_app(
    config: RealtimeConfig, dsn: str, verifier: TokenVerifier, *, clock: Clock | None = None
) -> RealtimeApp:
    """Make the application; it serves once it is started (`running()`, `start()`, or the lifespan of ASGI).

    `dsn` is that of a role that may replicate and become anon, authenticated and service_role. One process serves one
    database: broadcasts and presence are passed on in memory.
    """
    return RealtimeApp(config, dsn, verifier, clock=clock)


def find_path(scope: Scope) -> str:
    """Return the path below the mount point, as it was sent: names in it may hold an encoded slash."""
    raw = scope.get("raw_path")
    path: str = raw.decode("latin-1").partition("?")[0] if raw else scope["path"]
    root = scope.get("root_path", "")
    return path.removeprefix(root) or "/"


async def _refuse(scope: Scope, send: Send, refused: _Refused) -> None:
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": str(refused)})
        return
    body = orjson.dumps({"error": str(refused)})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "websocket.http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
