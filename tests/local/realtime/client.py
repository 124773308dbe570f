"""A raw client: sends and receives messages of both protocols as they are on the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed

_PATIENCE = 15.0


@dataclass
class Received:
    """One message of the server."""

    join_ref: str | None
    ref: str | None
    topic: str
    event: str
    payload: Any
    is_binary: bool = False


@dataclass
class Client:
    """One connection; what it receives is kept until a test asks for it."""

    socket: ClientConnection
    version: str
    inbox: list[Received] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))

    async def send(
        self, topic: str, event: str, payload: Any, *, ref: str | None = None, join_ref: str | None = None
    ) -> str:
        """Send a text message; give its reference."""
        ref = ref or str(next(self.numbers))
        if self.version == "2.0.0":
            await self.socket.send(json.dumps([join_ref, ref, topic, event, payload]))
        else:
            message = {"topic": topic, "event": event, "payload": payload, "ref": ref, "join_ref": join_ref}
            await self.socket.send(json.dumps(message))
        return ref

    async def send_binary(
        self, topic: str, event: str, payload: bytes, *, ref: str = "", join_ref: str = "", is_json: bool = False
    ) -> None:
        """Send a broadcast as a binary frame."""
        names = [name.encode() for name in (join_ref, ref, topic, event, "")]
        await self.socket.send(bytes([3, *map(len, names), is_json]) + b"".join(names) + payload)

    async def join(
        self, name: str, *, token: str | None = None, listen: list[dict[str, Any]] | None = None, **config: Any
    ) -> Joined:
        """Join a topic, wait for the answer and, with `listen`, until changes are told."""
        topic = f"realtime:{name}"
        payload: dict[str, Any] = {"config": {"postgres_changes": listen or [], **config}}
        if token is not None:
            payload["access_token"] = token
        ref = str(next(self.numbers))
        await self.send(topic, "phx_join", payload, ref=ref, join_ref=ref)
        reply = await self.take("phx_reply", topic, lambda message: message.ref == ref)
        joined = Joined(self, topic, ref, reply.payload)
        if listen and joined.is_ok:
            joined.system = (await self.take("system", topic)).payload
        return joined

    async def take(
        self,
        event: str,
        topic: str | None = None,
        fits: Callable[[Received], bool] = lambda _: True,
        *,
        seconds: float = _PATIENCE,
    ) -> Received:
        """Take the oldest such message, waiting for it."""
        async with asyncio.timeout(seconds):
            while True:
                for message in self.inbox:
                    if message.event == event and topic in (None, message.topic) and fits(message):
                        self.inbox.remove(message)
                        return message
                self.inbox.append(self._decode(await self.socket.recv()))

    async def beat(self) -> None:
        """Send a heartbeat and take the answer: whatever was sent to us before has arrived then."""
        ref = await self.send("phoenix", "heartbeat", {})
        reply = await self.take("phx_reply", "phoenix", lambda message: message.ref == ref)
        assert reply.payload == {"status": "ok", "response": {}}

    async def count(self, event: str) -> int:
        """Return how many such messages have arrived and not been taken."""
        await self.beat()
        return sum(message.event == event for message in self.inbox)

    async def wait_closed(self) -> tuple[int, str]:
        """Wait until the server has closed the connection; give its code and reason."""
        async with asyncio.timeout(_PATIENCE):
            try:
                while True:
                    self.inbox.append(self._decode(await self.socket.recv()))
            except ConnectionClosed:
                return self.socket.close_code or 0, self.socket.close_reason or ""

    def _decode(self, data: str | bytes) -> Received:
        if isinstance(data, bytes):
            kind, *sizes, is_json = data[:5]
            assert kind == 4
            parts: list[bytes] = []
            at = 5
            for size in sizes:
                parts.append(data[at : at + size])
                at += size
            payload: dict[str, Any] = {"type": "broadcast", "event": parts[1].decode()}
            payload["payload"] = json.loads(data[at:]) if is_json else data[at:]
            if parts[2]:
                payload["meta"] = json.loads(parts[2])
            return Received(None, None, parts[0].decode(), "broadcast", payload, is_binary=True)
        document = json.loads(data)
        if self.version == "2.0.0":
            return Received(*document)
        assert isinstance(document, dict)
        return Received(
            document.get("join_ref"), document["ref"], *(document[n] for n in ("topic", "event", "payload"))
        )


@dataclass
class Joined:
    """A channel that was joined, or not."""

    client: Client
    topic: str
    ref: str
    reply: dict[str, Any]
    system: dict[str, Any] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Whether the join was accepted."""
        return bool(self.reply["status"] == "ok")

    async def send(self, event: str, payload: Any) -> str:
        """Send a message over the channel."""
        return await self.client.send(self.topic, event, payload, join_ref=self.ref)

    async def take(self, event: str, fits: Callable[[Received], bool] = lambda _: True) -> Any:
        """Take the payload of the channel's next such message."""
        return (await self.client.take(event, self.topic, fits)).payload

    async def take_change(self) -> dict[str, Any]:
        """Take the next change."""
        data: dict[str, Any] = (await self.take("postgres_changes"))["data"]
        return data

    async def broadcast(self, event: str, payload: Any) -> str:
        """Send a broadcast as a text frame."""
        return await self.send("broadcast", {"type": "broadcast", "event": event, "payload": payload})

    async def track(self, payload: Any) -> dict[str, Any]:
        """Track and give the answer."""
        ref = await self.send("presence", {"type": "presence", "event": "track", "payload": payload})
        answer: dict[str, Any] = await self.take("phx_reply", lambda message: message.ref == ref)
        return answer


@asynccontextmanager
async def connect(address: str, *, version: str, key: str, **more: Any) -> AsyncIterator[Client]:
    """Open a connection."""
    query = urlencode({"apikey": key, "vsn": version} if key else {"vsn": version})
    async with open_socket(f"{address}?{query}", max_size=None, **more) as socket:
        yield Client(socket, version)
