"""Serves an application with uvicorn, and lets no client keep a connection by sending slowly."""

from __future__ import annotations

from asyncio import TimerHandle
from typing import Any, ClassVar, Literal

import orjson
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from headwater.core.settings import Settings
from headwater.core.telemetry import counter

_SLOW = counter("slow_requests_total", "Requests that were ended because they arrived too slowly.", ("part",))
BODY_PIECE_BYTES = 16 * 1024
_TOO_SLOW = {
    "code": "too_slow",
    "message": "The request arrived too slowly.",
    "details": None,
    "hint": "Send it again over a better connection, or in smaller parts.",
}
_HEADERS = (
    b"content-type: application/json\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n"
    b"x-frame-options: DENY\r\nreferrer-policy: no-referrer\r\n"
    b"content-security-policy: default-src 'none'; frame-ancestors 'none'\r\nconnection: close\r\n"
)

Part = Literal["head", "body", "answer", "idle"]


class TimeLimitedProtocol(HttpToolsProtocol):
    """Ends connections whose next head is not there in time, or whose body doesn't move.

    Each 16 KB of a body have their time, so that a long upload over a slow line goes on as long as it moves. While the
    application reads slower than the client sends, no time passes. A timer a connection looks, rather than one a
    request, so that a quick request costs nothing.
    """

    head_seconds: ClassVar[float] = 15.0
    body_seconds: ClassVar[float] = 30.0

    _part: Part = "head"
    _since: float = 0.0
    _piece: int = 0
    _looking: TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._begin("head")
        self._look_in(self._find_shortest())

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop looking."""
        self._stop_looking()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came: after an answer it begins the next head, even if it is an empty line."""
        if self._part == "idle":
            self._begin("head")
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Note that a head begins, which may be behind another request of the same packet."""
        if self._part != "head":
            self._begin("head")
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head is there."""
        self._begin("body")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Note that the body moves."""
        self._piece += len(body)
        if self._piece >= BODY_PIECE_BYTES:
            self._begin("body")
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that all of the request is there."""
        self._part = "answer"
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Leave the wait for another request to uvicorn, which bounds it."""
        if self._part == "answer":
            self._part = "idle"
        super().on_response_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand over to the WebSocket protocol, which has times of its own."""
        self._stop_looking()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Refuse what isn't HTTP, in the shape of every other error."""
        body = {"code": "bad_request", "message": msg, "details": None, "hint": None}
        self._answer(b"400 Bad Request", orjson.dumps(body))

    def _begin(self, part: Part) -> None:
        self._part, self._since, self._piece = part, self.loop.time(), 0

    def _find_limit(self) -> float:
        return self.body_seconds if self._part == "body" else self.head_seconds

    def _find_shortest(self) -> float:
        return min((one for one in (self.head_seconds, self.body_seconds) if one > 0), default=0.0)

    def _look_in(self, seconds: float) -> None:
        self._looking = self.loop.call_later(seconds, self._look) if seconds > 0 else None

    def _stop_looking(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def _look(self) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        shortest, limit = self._find_shortest(), self._find_limit()
        if self._part not in {"head", "body"} or limit <= 0:
            self._look_in(shortest)
            return
        if self._part == "body" and self.flow.read_paused:
            self._begin("body")
        left = self._since + limit - self.loop.time()
        if left > 0:
            self._look_in(min(left, shortest))
        else:
            self._end()

    def _end(self) -> None:
        _SLOW.labels(self._part).inc()
        cycle = self.cycle
        waiting = cycle is not None and not cycle.response_complete
        if waiting:
            # The application learns that nobody waits any more, as when a client hangs up.
            cycle.disconnected = True
            cycle.message_event.set()
        if waiting and cycle.response_started:
            self.transport.close()
        else:
            self._answer(b"408 Request Timeout", orjson.dumps(_TOO_SLOW))

    def _answer(self, status: bytes, body: bytes) -> None:
        length = b"content-length: %d\r\n\r\n" % len(body)
        self.transport.write(b"HTTP/1.1 " + status + b"\r\n" + _HEADERS + length + body)
        self.transport.close()


def make_protocol(settings: Settings) -> type[TimeLimitedProtocol]:
    """Return the protocol with the times that are set; 0 waits for ever."""
    times = {"head_seconds": settings.request_head_seconds, "body_seconds": settings.request_body_seconds}
    return type("TimedProtocol", (TimeLimitedProtocol,), times)


async def serve(app: Any, *, settings: Settings, websocket_protocol: Any = "none") -> None:
    """Serve `app` at HOST and PORT until SIGTERM or SIGINT, then let running requests finish."""
    configuration = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=make_protocol(settings),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=30,
        ws=websocket_protocol,
        ws_max_size=4 * 1024 * 1024,
        lifespan="off",
    )
    await uvicorn.Server(configuration).serve()
