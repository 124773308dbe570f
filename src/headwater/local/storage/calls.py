"""One request to Storage: who calls, what the path and the body say."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from headwater.core.auth import read_bearer
from headwater.core.errors import Unauthenticated
from headwater.core.text import clean_json
from headwater.local.storage import errors
from headwater.local.storage.objects.names import check_bucket_name, check_object_name
from headwater.local.storage.server import Caller, StorageServer

_LARGEST_JSON = 1 << 20
# The words that clients know for the commonest refusals.
_REFUSALS = {"bad_token": "Invalid Compact JWS", "token_expired": '"exp" claim timestamp check failed'}


class BodyBroken(ConnectionError):
    """A body ended before it was whole: its client went away, or sent nothing for too long."""


class Call:
    """A request and the server that answers it."""

    def __init__(self, request: Request, server: StorageServer) -> None:
        self.request = request
        self.server = server

    async def caller(self) -> Caller:
        """Return who calls, by the bearer token, which the gateway puts in for a key. Raises InvalidJWT."""
        token = read_bearer(self.request.headers.get("authorization"))
        if token is None:
            raise errors.bad_token("Invalid Compact JWS")
        try:
            claims = await self.server.verifier.verify(token)
        except Unauthenticated as error:
            raise errors.bad_token(_REFUSALS.get(error.code, str(error))) from error
        return Caller(claims.role or "anon", dict(claims))

    @property
    def bucket(self) -> str:
        """The bucket that the path names. Raises InvalidBucketName."""
        return check_bucket_name(self.request.path_params["bucket"])

    @property
    def name(self) -> str:
        """The object that the path names. Raises InvalidKey."""
        return check_object_name(self.request.path_params["name"])

    @property
    def upserts(self) -> bool:
        """Whether what is there may be replaced."""
        return self.request.headers.get("x-upsert", "").lower() == "true"

    async def read_parts(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes. Raises BodyBroken."""
        parts, patience = self.request.stream(), self.server.config.upload_patience.total_seconds()
        while True:
            try:
                async with asyncio.timeout(patience):
                    part = await anext(parts)
            except StopAsyncIteration:
                return
            except (ClientDisconnect, TimeoutError) as error:
                raise BodyBroken from error
            yield part

    async def read_json(self) -> dict[str, Any]:
        """Return the body, an object of JSON; nothing stands for an empty one."""
        content = await self.read_small_body()
        if not content:
            return {}
        try:
            body = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise errors.bad_request("Body is not valid JSON") from error
        if not isinstance(body, dict):
            raise errors.bad_request("body must be object")
        return body

    async def read_small_body(self) -> bytes:
        """Return a body of at most a mebibyte."""
        content = bytearray()
        try:
            async for part in self.read_parts():
                content += part
                if len(content) > _LARGEST_JSON:
                    raise errors.too_large()
        except BodyBroken as error:
            raise errors.bad_request("The request ended before its body") from error
        return bytes(content)


def read_integer(value: object, name: str, *, default: int, least: int = 0, most: int = 2**31 - 1) -> int:
    """Return a whole number within bounds, also from a text of digits."""
    if value is None:
        return default
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value:
        raise errors.bad_request(f"{name} must be a whole number of at least {least}")
    return min(value, most)


def read_text(value: object, name: str, *, default: str | None = None) -> str:
    """Return a text; without a default it must be there."""
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or "\x00" in value:
        raise errors.bad_request(f"body must have required property '{name}'")
    return value


def read_metadata(encoded: str | bytes | None, decode: Callable[[str | bytes], bytes] | None = None) -> dict[str, Any]:
    """Return the uploader's own metadata: JSON, in headers as base64.

    It is cleaned of what Postgres can't keep. What can't be read, or is nested too deep, counts as none.
    """
    if not encoded:
        return {}
    try:
        value = clean_json(orjson.loads(decode(encoded) if decode else encoded))
    except (binascii.Error, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def decode_base64(value: str | bytes) -> bytes:
    """Decode base64 with or without its padding."""
    raw = value.encode("latin-1", "replace") if isinstance(value, str) else value
    return base64.b64decode(raw + b"=" * (-len(raw) % 4), validate=True)


def answer_json(value: object, status: int = 200, **headers: str) -> Response:
    """Return an answer of JSON; moments are written as the clients know them."""
    content = orjson.dumps(value, default=str)
    return Response(content, status, headers or None, media_type="application/json; charset=utf-8")


def write_moment(moment: datetime | None) -> str | None:
    """Write a moment with milliseconds and a Z."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
