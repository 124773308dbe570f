"""What goes over the wire: messages in protocol 1.0.0 and 2.0.0, text and binary, to and from WebSocket frames.

Format: https://supabase.com/docs/guides/realtime/protocol; framing: RFC 6455, section 5.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import orjson

Version = Literal["1.0.0", "2.0.0"]

_PUSH = 3
_BROADCAST = 4
_TEXT = 0x81
_BINARY = 0x82
_HEADER = 7
_LONGEST_NAME = 255


class MalformedFrame(Exception):
    """A client sent what is no message; the text says why, in a few words."""


@dataclass(frozen=True, slots=True)
class UserBroadcast:
    """A broadcast whose payload is passed on as it came."""

    event: str
    payload: bytes
    is_json: bool
    metadata: bytes = b""
    """JSON, or nothing."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a client."""

    topic: str
    event: str
    payload: Any
    ref: str | None
    join_ref: str | None


class Frame:
    """One message for clients, encoded once for all who get the same."""

    __slots__ = ("_wire", "body", "is_text")

    def __init__(self, body: bytes, *, is_text: bool) -> None:
        self.body = body
        self.is_text = is_text
        self._wire = b""

    @property
    def wire(self) -> bytes:
        """The whole WebSocket frame, unmasked and uncompressed, as a server sends it."""
        if not self._wire:
            self._wire = _make_header(_TEXT if self.is_text else _BINARY, len(self.body)) + self.body
        return self._wire


def _make_header(first: int, length: int) -> bytes:
    if length < 126:
        return bytes((first, length))
    if length < 65_536:
        return bytes((first, 126)) + length.to_bytes(2, "big")
    return bytes((first, 127)) + length.to_bytes(8, "big")


def encode_message(
    version: Version, topic: str, event: str, payload: bytes, *, ref: str | None = None, join_ref: str | None = None
) -> Frame:
    """Encode a text message; `payload` is JSON already."""
    if version == "2.0.0":
        head = orjson.dumps((join_ref, ref, topic, event))
        return Frame(b"%b,%b]" % (head[:-1], payload), is_text=True)
    names: dict[str, Any] = {"topic": topic, "event": event, "ref": ref}
    if join_ref is not None:
        names["join_ref"] = join_ref
    return Frame(b'%b,"payload":%b}' % (orjson.dumps(names)[:-1], payload), is_text=True)


def encode_broadcast(version: Version, topic: str, broadcast: UserBroadcast) -> Frame | None:
    """Encode a broadcast; None where the protocol can't carry it (binary payloads in 1.0.0)."""
    if version == "2.0.0" and (names := _fit_names(topic, broadcast)) is not None:
        sizes = bytes((_BROADCAST, *map(len, names), broadcast.is_json))
        return Frame(sizes + b"".join(names) + broadcast.payload, is_text=False)
    if not broadcast.is_json:
        return None
    head = b'{"event":%b,"type":"broadcast","payload":%b' % (orjson.dumps(broadcast.event), broadcast.payload)
    meta = b',"meta":%b' % broadcast.metadata if broadcast.metadata else b""
    return encode_message(version, topic, "broadcast", head + meta + b"}")


def _fit_names(topic: str, broadcast: UserBroadcast) -> tuple[bytes, bytes, bytes] | None:
    names = (topic.encode(), broadcast.event.encode(), broadcast.metadata)
    return names if all(len(name) <= _LONGEST_NAME for name in names) else None


def decode_frame(version: Version, data: str | bytes) -> Message:
    """Decode one frame of a client.

    Raises:
        MalformedFrame: it isn't a message of this protocol.
    """
    if isinstance(data, bytes):
        if version == "1.0.0":
            raise MalformedFrame("protocol 1.0.0 has no binary frames")
        return _decode_binary(data)
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise MalformedFrame("not valid JSON") from error
    if version == "2.0.0":
        if not isinstance(document, list) or len(document) < 5:
            raise MalformedFrame("expected [join_ref, ref, topic, event, payload]")
        join_ref, ref, topic, event, payload = document[:5]
    else:
        if not isinstance(document, dict):
            raise MalformedFrame("expected an object with topic, event, payload and ref")
        topic, event, payload = document.get("topic"), document.get("event"), document.get("payload")
        ref, join_ref = document.get("ref"), document.get("join_ref")
    if not isinstance(topic, str) or not isinstance(event, str):
        raise MalformedFrame("topic and event must be texts")
    return Message(topic, event, payload, _read_ref(ref), _read_ref(join_ref))


def _read_ref(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    raise MalformedFrame("ref and join_ref must be texts")


def _decode_binary(data: bytes) -> Message:
    if len(data) < _HEADER or data[0] != _PUSH:
        raise MalformedFrame("unknown kind of binary frame")
    *sizes, encoding = data[1:_HEADER]
    end = _HEADER + sum(sizes)
    if end > len(data):
        raise MalformedFrame("binary frame ends too early")
    names: list[str] = []
    at = _HEADER
    try:
        for size in sizes:
            names.append(data[at : at + size].decode())
            at += size
        payload = data[end:]
        if encoding == 1:
            orjson.loads(payload)
    except ValueError as error:
        raise MalformedFrame("binary frame holds no valid text or JSON") from error
    join_ref, ref, topic, event, _ = names
    broadcast = UserBroadcast(event, payload, is_json=encoding == 1)
    return Message(topic, "broadcast", broadcast, ref or None, join_ref or None)
