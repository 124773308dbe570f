"""What happens around every request: an id, one log line, a measure, a limit on the body."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headwater.app.errors import render, render_fault
from headwater.app.mounts import find_prefix
from headwater.core.clock import monotonic
from headwater.core.errors import TooLarge
from headwater.core.telemetry import bound, get_logger, histogram

logger = get_logger(__name__)
_SECONDS = histogram("http_request_seconds", "Time to answer requests", ("method", "route", "status"))
_REQUEST_ID = re.compile(rb"^[\w.-]{8,64}$")
API_BODY_LIMIT_BYTES = 2 * 1024 * 1024


class BoundRequest:
    """Gives each request an id (the caller's own `X-Request-ID` where it is well formed) and measures it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given if _REQUEST_ID.match(given) else secrets.token_hex(8).encode()
        status, started = 500, monotonic()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id)]
            await send(message)

        with bound(request_id=request_id.decode()):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                route = getattr(scope.get("route"), "path", None) or "unmatched"
                _SECONDS.labels(scope["method"], route, status).observe(monotonic() - started)
                logger.debug("request", method=scope["method"], route=route, status=status)


class GuardedRequest:
    """Limits the body and answers a crash, inside the other layers, so that their headers are on those answers too.

    `body_limits` are in bytes by path prefix, the longest prefix of a path counts; elsewhere it is the usual one.
    """

    def __init__(self, app: ASGIApp, *, body_limits: Mapping[str, int]) -> None:
        self._app = app
        self._limits = body_limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False
        limit = self._find_limit(scope["path"])

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            if _says_too_large(dict(scope["headers"]), limit):
                await render(TooLarge(_describe(limit)))(scope, receive, send_noted)
            else:
                await self._app(scope, _limit_body(receive, limit), send_noted)
        except ClientDisconnect:
            # Nobody is there to be answered, and that is no fault of ours.
            return
        except Exception as error:  # whatever crashed, the caller gets an answer and we get to know
            answer = render_fault(error)
            if begun:
                raise
            await answer(scope, receive, send_noted)

    def _find_limit(self, path: str) -> int:
        prefix = find_prefix(path, self._limits)
        return API_BODY_LIMIT_BYTES if prefix is None else self._limits[prefix]


class CrossOrigin:
    """Starlette's rules for calls from other origins, in the way of those calls alone."""

    def __init__(self, app: ASGIApp, /, **rules: Any) -> None:
        self._app = app
        self._guarded = CORSMiddleware(app, **rules)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_browser = any(name == b"origin" for name, _ in scope.get("headers", ()))
        await (self._guarded if is_browser else self._app)(scope, receive, send)


def _describe(limit: int) -> str:
    size = f"{limit / 1024 / 1024:g} MB" if limit >= 1024 * 1024 else f"{limit / 1024:g} KB"
    return f"A request may have {size} at most."


def _says_too_large(headers: dict[bytes, bytes], limit: int) -> bool:
    said = headers.get(b"content-length", b"0")
    return said.isdigit() and int(said[:20]) > limit


def _limit_body(receive: Receive, limit: int) -> Receive:
    """Count what really arrives: a chunked body announces no length."""
    received = 0

    async def receive_counted() -> Any:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            # Frameworks turn any other error in the middle of a body into a 400 of their own.
            raise HTTPException(413, _describe(limit))
        return message

    return receive_counted
