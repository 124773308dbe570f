"""The ASGI side: reading requests, CORS, and writing answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from headwater.core.telemetry import get_logger
from headwater.local.rest import errors
from headwater.local.rest.config import RestConfig
from headwater.local.rest.database.pool import PipelinePool
from headwater.local.rest.engine import Incoming, RestEngine
from headwater.local.rest.errors import RestError
from headwater.local.rest.listener import ReloadListener
from headwater.local.rest.responses import Answer, Headers, answer_error
from headwater.local.rest.tokens import RestTokenVerifier, RestVerifier

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
logger = get_logger(__name__)
EXPOSED = (
    "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, "
    "Range-Unit"
)
VARY = ("Vary", "Accept, Prefer, Range")


class RestApp:
    """An ASGI application. Alone it starts and stops by its lifespan; mounted, by `start` and `stop`."""

    def __init__(self, engine: RestEngine) -> None:
        self.engine = engine
        self._listener: ReloadListener | None = None

    async def start(self) -> None:
        """Start listening for reloads; the listener's first connection, or the first request, reads the catalog."""
        channel = self.engine.base_config.channel
        if channel and self._listener is None:
            self._listener = ReloadListener(self.engine, channel)
            self._listener.start()

    async def stop(self) -> None:
        """Stop listening and close the pool."""
        if self._listener is not None:
            await self._listener.stop()
            self._listener = None
        await self.engine.pool.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[str, str] = {}
        prefer: list[str] = []
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1"), raw_value.decode("utf-8", "replace")
            headers[name] = value
            if name == "prefer":
                prefer.append(value)
        config = self.engine.config
        origin = headers.get("origin") if config.cors_origins is not None else None
        if origin is not None and "access-control-request-method" in headers and scope["method"] == "OPTIONS":
            result = Answer(200, preflight(headers), b"")
        else:
            result = await self._answer(scope, receive, headers, prefer)
        if origin is not None:
            add_cors(result.headers, config, origin)
        trace = config.trace_header
        if trace:
            result.headers.append((trace, headers.get(trace.lower(), "")))
        await send(
            {
                "type": "http.response.start",
                "status": result.status,
                "headers": [(name.encode("latin-1"), value.encode("utf-8")) for name, value in result.headers],
            }
        )
        await send({"type": "http.response.body", "body": result.body})

    async def _answer(self, scope: Scope, receive: Receive, headers: dict[str, str], prefer: list[str]) -> Answer:
        method = scope["method"]
        try:
            body = b"" if method in ("GET", "HEAD", "OPTIONS") else await self._read_body(receive, headers)
            incoming = Incoming(
                method, find_path(scope), scope["query_string"].decode("utf-8", "replace"), headers, prefer, body
            )
            result = await self.engine.answer(incoming)
        except RestError as error:
            result = answer_error(error, self.engine.config)
            if method == "HEAD":
                result.body = b""
            return result
        except Exception:  # the last resort: a fault of ours is logged, and its text kept from the client
            logger.exception("rest_request_failed", method=method, path=scope.get("path"))
            fault = RestError(500, "PGRSTX00", "Internal server error")
            return answer_error(fault, self.engine.config)
        if not any(name == "Vary" for name, _ in result.headers):
            result.headers.append(VARY)
        return result

    async def _read_body(self, receive: Receive, headers: dict[str, str]) -> bytes:
        """Read the body; raises 413 once it is too large, without keeping the rest."""
        limit = self.engine.config.max_body_bytes
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            raise errors.body_too_large(limit)
        parts: list[bytes] = []
        size = 0
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                # Half a body must never be taken for a whole one.
                raise errors.invalid_body("The request ended before its body did")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                raise errors.body_too_large(limit)
            more = message.get("more_body", False)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def find_path(scope: Scope) -> str:
    """Return the decoded address without the prefix that the application is mounted at."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root) else path


def preflight(headers: dict[str, str]) -> Headers:
    """Answer a browser's question before its request (CORS)."""
    asked = [part.strip() for part in headers.get("access-control-request-headers", "").split(",") if part.strip()]
    allowed = ["Authorization", *asked, "Accept", "Accept-Language", "Content-Language"]
    return [
        ("Access-Control-Allow-Methods", "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD"),
        ("Access-Control-Allow-Headers", ", ".join(allowed)),
        ("Access-Control-Max-Age", "86400"),
        ("Content-Length", "0"),
    ]


def add_cors(headers: Headers, config: RestConfig, origin: str) -> None:
    """Add the CORS headers of an answer, where the origin is allowed."""
    origins = config.cors_origins or ()
    kept = [pair for pair in headers if pair[0] != "Access-Control-Allow-Origin"]
    if not origins:
        kept.append(("Access-Control-Allow-Origin", "*"))
    elif origin in origins:
        kept += [("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true")]
    kept.append(("Access-Control-Expose-Headers", EXPOSED))
    headers[:] = kept


def create_rest_app(config: RestConfig, pool: PipelinePool, *, verifier: RestTokenVerifier | None = None) -> RestApp:
    """Make the application over a pool; without a verifier every token is refused (PGRST300)."""
    return RestApp(RestEngine(config, pool, verifier or RestVerifier()))
