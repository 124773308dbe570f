"""What stands before the data plane at SUPABASE_URL: the project's keys, their precedence, and cross-origin rules."""

from __future__ import annotations

import hmac
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headwater.core.answer_headers import FRAME_OPTIONS, POLICY, RawHeaders, mark_answers
from headwater.core.auth import ClaimRules, StaticKeySource, TokenVerifier, read_bearer
from headwater.core.clock import Clock
from headwater.core.errors import HeadwaterError, RateLimited
from headwater.local.keys import LocalKeys

_SERVED = re.compile(r"/(auth|rest|realtime|storage)/v1(?=/|$)")
# Reached from links and by programs that can't carry a key; each of these routes has its own proof.
_OPEN = re.compile(
    r"/auth/v1/(verify|callback|authorize|sso/saml/(acs|metadata)|\.well-known/.*)"
    r"|/storage/v1/(object|render/image)/(public|sign)/.*"
    r"|/storage/v1/object/info/public/.*"
    r"|/storage/v1/(object/upload/sign|upload/resumable/sign)(/.*)?"
)
_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_REQUEST_HEADERS = (
    "authorization, apikey, x-client-info, content-type, prefer, accept-profile, content-profile, range, range-unit, "
    "x-upsert, x-supabase-api-version, x-retry-count, cache-control, x-metadata, if-none-match, if-modified-since, "
    "tus-resumable, upload-length, upload-metadata, upload-offset, upload-concat, upload-defer-length"
)
_RESPONSE_HEADERS = (
    "Content-Range, Content-Location, Location, Preference-Applied, X-Total-Count, Link, ETag, Content-Length, "
    "Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Supabase-Api-Version, X-Sb-Error-Code, "
    "Sb-Auth-User-Id, Sb-Auth-Session-Id, "
    "Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Upload-Offset, Upload-Length, Upload-Metadata"
)
_PREFLIGHT_SECONDS = "3600"
_HEADER_NAME = re.compile(r"[a-z0-9-]{1,64}")
_KEY_ROLES = frozenset({"anon", "service_role"})
_NO_KEY = ("No API key found in request", "No `apikey` request header or url param was found.")
_BAD_KEY = ("Invalid API key", "Double check your Supabase `anon` or `service_role` API key.")
_MISPLACED_KEY = (
    "API keys of a workspace are taken by the API and at /rest/v1 alone",
    "Sign in, and send the access token that you get.",
)


@dataclass(frozen=True)
class Counted:
    """What became of counting a request: the headers that say how its caller stands, and why it may not go on."""

    headers: RawHeaders
    refusal: RateLimited | None = None


class RequestCounter(Protocol):
    """Counts requests for whoever makes them."""

    async def count(self, scope: Scope) -> Counted | None:
        """Count one request or connection; None for one that has no limit."""
        ...


@dataclass(frozen=True)
class _Refusal:
    message: str
    hint: str
    status: int = 401
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Gateway:
    """ASGI middleware before `/auth/v1`, `/rest/v1`, `/realtime/v1` and `/storage/v1`; it lets other paths through.

    A project's opaque key becomes the token of its role. An Authorization header that holds no opaque key is left as
    it is. With `keyless="refuse"`, as on hosted Supabase, a request without a valid key is answered 401; with "anon"
    it goes on as it came, and the services take it for anonymous.

    Tokens that begin with `workspace_keys` are API keys of a workspace: REST reads them, with or without a project's
    key beside them; nothing else takes them. With `limits` each request and each new connection is counted for its
    caller, those without a valid key too. `answer_headers` are on every answer that doesn't say otherwise.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        keys: LocalKeys,
        keyless: Literal["refuse", "anon"] = "refuse",
        allowed_origins: Sequence[str] = ("*",),
        allow_development_keys: bool = False,
        workspace_keys: str | None = None,
        limits: RequestCounter | None = None,
        answer_headers: RawHeaders | None = None,
        clock: Clock | None = None,
    ) -> None:
        if keys.is_development and not allow_development_keys:
            raise ValueError("the development keys, which everybody knows, are refused")
        self._app = app
        self._opaque = {keys.publishable_key: keys.anon_key, keys.secret_key: keys.service_role_key}
        self._keyless = keyless
        self._workspace_keys = workspace_keys
        self._limits = limits
        self._answer_headers = answer_headers or []
        # What Storage keeps may be shown in other sites' pages.
        self._storage_headers = [one for one in self._answer_headers if one[0] not in {FRAME_OPTIONS, POLICY}]
        self._origins = frozenset(allowed_origins)
        self._verifier = TokenVerifier(
            StaticKeySource(keys.public_keys),
            legacy_secret=keys.jwt_secret,
            rules=ClaimRules(roles=_KEY_ROLES),
            remembered=1_000,
            clock=clock,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection."""
        if scope["type"] not in {"http", "websocket"} or _SERVED.match(scope["path"]) is None:
            await self._app(scope, receive, send)
            return
        if scope["type"] == "http":
            is_storage = scope["path"].startswith("/storage/")
            send = mark_answers(send, self._storage_headers if is_storage else self._answer_headers)
        origin = Headers(scope=scope).get("origin")
        if scope["type"] == "http" and scope["method"] == "OPTIONS" and _is_preflight(scope):
            await _answer(send, 200, b"", self._allow_preflight(scope, origin))
            return
        outcome = await self._let_in(scope)
        asking = scope if isinstance(outcome, _Refusal) else outcome
        counted = await self._limits.count(asking) if self._limits is not None else None
        if counted is not None and counted.refusal is not None:
            await self._refuse(scope, receive, send, _refuse_spent(counted.refusal, counted.headers))
            return
        if isinstance(outcome, _Refusal):
            await self._refuse(scope, receive, send, outcome)
            return
        if scope["type"] == "websocket":
            await self._app(outcome, receive, send)
            return
        headers = self._cross_origin(origin)
        told = counted.headers if counted is not None else []

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                marked = MutableHeaders(scope=message)
                for name, value in headers.items():
                    marked[name] = value
                message["headers"] = [*message["headers"], *told]
            await send(message)

        await self._app(outcome, receive, send_marked)

    async def _let_in(self, scope: Scope) -> Scope | _Refusal:
        """Return the scope with the key's token as its Authorization, or why the request may not go on."""
        authorization = Headers(scope=scope).get("authorization")
        bearer = read_bearer(authorization)
        own_token = authorization is not None and not (bearer or "").startswith("sb_")
        given = _find_key(scope) or ("" if own_token else bearer or "")
        # What stands in Authorization is who asks; an apikey beside it only lets the request in.
        asking = (bearer or "") if own_token else given
        if self._workspace_keys is not None and asking.startswith(self._workspace_keys):
            return _let_in_workspace_key(scope, asking)
        token = await self._resolve(given) if given else None
        if given and token is None and self._keyless == "refuse":
            return _Refusal(*_BAD_KEY)
        if not given and self._keyless == "refuse" and not self._may_lack_key(scope, own_token=own_token):
            return _Refusal(*_NO_KEY)
        if scope["type"] == "websocket" and token is not None:
            scope = _replace_query_key(scope, token)
        if own_token or not given:
            return scope
        if not given.startswith("sb_") and scope["path"].startswith("/auth/"):
            # A legacy key lets a request in, but Auth asks for a user's own token.
            return scope
        return _replace_authorization(scope, token or given)

    async def _resolve(self, given: str) -> str | None:
        """Return the token that a key stands for: that of an opaque key, or the key itself where it is a valid
        token.
        """
        for opaque, token in self._opaque.items():
            if hmac.compare_digest(opaque.encode(), given.encode()):
                return token
        if given.startswith("sb_"):
            return None
        try:
            await self._verifier.verify(given)
        except HeadwaterError:
            return None
        return given

    def _may_lack_key(self, scope: Scope, *, own_token: bool) -> bool:
        path = scope["path"]
        # Storage is called with nothing but a user's token by resumable uploads.
        return _OPEN.fullmatch(path) is not None or (own_token and path.startswith("/storage/v1/"))

    def _cross_origin(self, origin: str | None) -> dict[str, str]:
        headers = {"vary": "Origin"} if "*" not in self._origins else {}
        if origin is None or not ({"*", origin} & self._origins):
            return headers
        headers["access-control-allow-origin"] = "*" if "*" in self._origins else origin
        headers["access-control-expose-headers"] = _RESPONSE_HEADERS
        return headers

    def _allow_preflight(self, scope: Scope, origin: str | None) -> dict[str, str]:
        headers = self._cross_origin(origin)
        if "access-control-allow-origin" in headers:
            # Clients add headers of their own (tracing, custom fetch): none of them opens anything by itself.
            asked = Headers(scope=scope).get("access-control-request-headers", "")
            more = [name for name in re.split(r"[\s,]+", asked.lower()) if _HEADER_NAME.fullmatch(name)]
            headers["access-control-allow-methods"] = _METHODS
            headers["access-control-allow-headers"] = ", ".join([_REQUEST_HEADERS, *more])
            headers["access-control-max-age"] = _PREFLIGHT_SECONDS
        return headers

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, refusal: _Refusal) -> None:
        body = refusal.body or orjson.dumps({"message": refusal.message, "hint": refusal.hint})
        if scope["type"] == "http":
            headers = self._cross_origin(Headers(scope=scope).get("origin"))
            more = {name.decode(): value.decode() for name, value in refusal.headers}
            await _answer(send, refusal.status, body, {"content-type": "application/json", **headers, **more})
            return
        await receive()
        if "websocket.http.response" in scope.get("extensions", {}):
            listed = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            listed += refusal.headers
            await send({"type": "websocket.http.response.start", "status": refusal.status, "headers": listed})
            await send({"type": "websocket.http.response.body", "body": body})
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.message})


def _refuse_spent(error: RateLimited, headers: RawHeaders) -> _Refusal:
    wait = (b"retry-after", str(max(1, math.ceil(error.retry_after))).encode())
    body = orjson.dumps(error.to_body())
    return _Refusal(error.message, error.hint or "", error.status, body, (wait, *headers))


def _is_preflight(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "origin" in headers and "access-control-request-method" in headers


def _let_in_workspace_key(scope: Scope, key: str) -> Scope | _Refusal:
    if not scope["path"].startswith("/rest/v1"):
        return _Refusal(*_MISPLACED_KEY)
    return _replace_authorization(scope, key)


def _find_key(scope: Scope) -> str:
    found = Headers(scope=scope).get("apikey", "")
    query = parse_qsl(scope["query_string"].decode("latin-1"))
    return found or next((value for name, value in query if name == "apikey"), "")


def _replace_authorization(scope: Scope, token: str) -> Scope:
    kept = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
    return {**scope, "headers": [*kept, (b"authorization", f"Bearer {token}".encode("latin-1", "replace"))]}


def _replace_query_key(scope: Scope, token: str) -> Scope:
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    replaced = [(name, token if name == "apikey" else value) for name, value in query]
    return {**scope, "query_string": urlencode(replaced).encode()}


async def _answer(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    listed = [(name.encode(), value.encode()) for name, value in headers.items()]
    start = {"type": "http.response.start", "status": status}
    await send({**start, "headers": [*listed, (b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})
