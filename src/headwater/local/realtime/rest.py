"""Broadcasts by HTTP: `POST /api/broadcast` for several, `POST /api/broadcast/{topic}/events/{event}` for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from headwater.core.auth import read_bearer
from headwater.core.telemetry import get_logger
from headwater.local.realtime.frames import UserBroadcast
from headwater.local.realtime.hub import UNREACHABLE, Hub
from headwater.local.realtime.tokens import ANONYMOUS, Grant, TokenRefused

logger = get_logger(__name__)

_JSON, _BYTES = "application/json", "application/octet-stream"
_TOO_LARGE = "Payload size exceeds tenant limit"
_MAX_MESSAGES = 1_000


class Refused(Exception):
    """A request is answered with an error."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class _Sent:
    topic: str
    is_private: bool
    event: str
    payload: Any
    message_id: str


class BroadcastEndpoint:
    """The ASGI application of both routes; `path` is what follows the mount point, still encoded."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def serve(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        parts = path.strip("/").split("/")
        try:
            if parts == ["api", "ping"] and request.method == "GET":
                response: Response = JSONResponse({"message": "Success"})
            elif parts[:2] != ["api", "broadcast"] or len(parts) not in (2, 5) or (parts[3:4] not in ([], ["events"])):
                response = _make_error(404, "not found")
            elif request.method != "POST":
                response = _make_error(405, "method not allowed")
            else:
                grant = await self._read_grant(request)
                if len(parts) == 2:
                    await self._send_several(request, grant)
                else:
                    await self._send_one(request, grant, topic=unquote(parts[2]), event=unquote(parts[4]))
                response = Response(status_code=202)
        except Refused as refused:
            response = JSONResponse(refused.body, refused.status)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _read_grant(self, request: Request) -> Grant:
        token = read_bearer(request.headers.get("authorization")) or request.headers.get("apikey")
        if token is None:
            if self._hub.config.keyless == "anon":
                return ANONYMOUS
            raise Refused(401, {"message": "Unauthorized"})
        try:
            return await self._hub.tokens.read(token)
        except TokenRefused as error:
            raise Refused(401, {"message": str(error)}) from error

    async def _send_one(self, request: Request, grant: Grant, *, topic: str, event: str) -> None:
        kind = request.headers.get("content-type", _JSON).partition(";")[0].strip().lower()
        if kind not in {_JSON, _BYTES}:
            raise Refused(415, {"error": f"Unsupported Media Type. Use {_JSON} or {_BYTES}"})
        body = await self._read_body(request, max_bytes=self._hub.config.max_payload_bytes)
        if body is None:
            raise Refused(422, {"errors": {"payload": [_TOO_LARGE]}})
        if kind == _JSON:
            _parse(body)
        missing = {name: ["can't be blank"] for name, value in (("topic", topic), ("event", event)) if not value}
        if missing:
            raise Refused(422, {"errors": missing})
        is_private = parse_qs(request.url.query).get("private") == ["true"]
        if is_private and not await self._may_write(request, grant, topic):
            raise Refused(403, {"message": "Unauthorized"})
        found = self._hub.topics.find(topic, is_private=is_private)
        if found is not None:
            found.pass_on(UserBroadcast(event, body, is_json=kind == _JSON))

    async def _send_several(self, request: Request, grant: Grant) -> None:
        most = self._hub.config.max_payload_bytes
        body = await self._read_body(request, max_bytes=most * 2)
        if body is None:
            raise Refused(413, {"message": "Payload Too Large"})
        document = _parse(body)
        listed = document.get("messages") if isinstance(document, dict) else None
        if not isinstance(listed, list) or not listed or len(listed) > _MAX_MESSAGES:
            raise Refused(422, {"errors": {"messages": ["can't be blank" if not listed else "is invalid"]}})
        read = [_read_message(message, max_bytes=most) for message in listed]
        problems = [problem if isinstance(problem, dict) else {} for problem in read]
        if any(problems):
            raise Refused(422, {"errors": {"messages": problems}})
        allowed: dict[str, bool] = {}
        for message in read:
            if not isinstance(message, _Sent):
                continue
            if message.is_private and message.topic not in allowed:
                allowed[message.topic] = await self._may_write(request, grant, message.topic)
            found = self._hub.topics.find(message.topic, is_private=message.is_private)
            if found is None or (message.is_private and not allowed[message.topic]):
                continue
            payload: dict[str, Any] = {"event": message.event, "payload": message.payload, "type": "broadcast"}
            if message.message_id:
                payload["meta"] = {"id": message.message_id}
            found.pass_on_json(orjson.dumps(payload))

    async def _may_write(self, request: Request, grant: Grant, topic: str) -> bool:
        try:
            rights = await self._hub.authorizer.may_write(grant, topic, dict(request.headers))
        except UNREACHABLE as error:
            logger.warning("realtime_authorization_failed", topic=topic, reason=str(error))
            raise Refused(503, {"message": "Realtime was unable to connect to the project database"}) from error
        return rights.broadcast

    async def _read_body(self, request: Request, *, max_bytes: int) -> bytes | None:
        """Read the body; None for one that is larger."""
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > max_bytes:
                return None
            chunks.append(chunk)
        return b"".join(chunks)


def _parse(body: bytes) -> Any:
    try:
        document = orjson.loads(body)
        # What is nested too deeply can be read, but not passed on.
        orjson.dumps(document)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as error:
        raise Refused(400, {"message": "Bad Request"}) from error
    return document


def _read_message(given: Any, *, max_bytes: int) -> _Sent | dict[str, list[str]]:
    """Read one message of several, or give what is wrong with it."""
    if not isinstance(given, dict):
        return {"message": ["is invalid"]}
    problems = {
        name: ["can't be blank" if given.get(name) in (None, "") else "is invalid"]
        for name, kind in (("topic", str), ("event", str), ("payload", dict))
        if not isinstance(given.get(name), kind) or given.get(name) == ""
    }
    if "payload" not in problems and len(orjson.dumps(given["payload"])) > max_bytes:
        problems["payload"] = [_TOO_LARGE]
    if problems:
        return problems
    message_id = given.get("id")
    private = given.get("private") in (True, "true")
    return _Sent(
        given["topic"], private, given["event"], given["payload"], message_id if isinstance(message_id, str) else ""
    )


def _make_error(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status)
