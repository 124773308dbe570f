"""Clients of realtime that cost little, so that a bench measures the server."""

from __future__ import annotations

import asyncio
import json
import os
import time
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import jwt

SECRET = "a secret for the bench that is long enough for it"  # noqa: S105 - protects nothing


def sign(number: int) -> str:
    """Return the token of a user."""
    end = int(time.time()) + 3600
    claims = {"role": "authenticated", "aud": "authenticated", "sub": str(UUID(int=number)), "exp": end}
    return jwt.encode(claims, SECRET, algorithm="HS256")


class Client(asyncio.Protocol):
    """A client that does little: counts frames and hands some to `on_frame`."""

    def __init__(self, token: str, mark: bytes, on_frame: Callable[[bytes], None] | None) -> None:
        self.mark = mark
        self.token = token
        self.on_frame = on_frame
        self.frames = 0
        self.opened = asyncio.Event()
        self.subscribed = asyncio.Event()
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: Any) -> None:
        """Ask for the upgrade."""
        self._transport = transport
        key = b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /websocket?vsn=2.0.0&apikey={self.token} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Walk over the frames."""
        data = self._buffer + data if self._buffer else data
        if not self.opened.is_set():
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            assert b" 101 " in head[:20], head
            self.opened.set()
        if self.on_frame is None and self.subscribed.is_set():
            # Counted by what each message holds once; the end is kept for a mark that is cut in two.
            self.frames += data.count(self.mark)
            self._buffer = data[1 - len(self.mark) :]
            return
        at, end = 0, len(data)
        while end - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif length == 127:
                length, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if start + length > end:
                break
            self.take(data[start : start + length])
            at = start + length
        self._buffer = data[at:]

    def take(self, frame: bytes) -> None:
        """Count a frame."""
        if not self.subscribed.is_set():
            if b"Subscribed to PostgreSQL" in frame or b'"postgres_changes":[]' in frame:
                self.subscribed.set()
            return
        self.frames += 1
        if self.on_frame is not None:
            self.on_frame(frame)

    def send(self, topic: str, event: str, payload: Any) -> None:
        """Send a text frame; masked with zeros, which RFC 6455 allows and which costs nothing."""
        body = json.dumps(["1", "1", topic, event, payload]).encode()
        head = bytes([0x81, 0x80 | len(body)]) if len(body) < 126 else b"\x81\xfe" + len(body).to_bytes(2, "big")
        assert self._transport is not None
        self._transport.write(head + b"\0\0\0\0" + body)

    def close(self) -> None:
        """Hang up."""
        assert self._transport is not None
        self._transport.close()


def _give(client: Client) -> Client:
    return client


async def open_clients(
    port: int, how_many: int, config: dict[str, Any], on_frame: Callable[[bytes], None], *, mark: bytes, heard: int
) -> list[Client]:
    """Connect clients and let them join; frames of every `heard`th one are looked at."""
    loop = asyncio.get_running_loop()
    clients: list[Client] = []
    for number in range(how_many):
        client = Client(sign(number), mark, on_frame if number % heard == 0 else None)
        await loop.create_connection(partial(_give, client), "127.0.0.1", port)
        clients.append(client)
        await client.opened.wait()
        client.send("realtime:bench", "phx_join", {"config": config})
        if number % 50 == 49:
            await client.subscribed.wait()
    for client in clients:
        await client.subscribed.wait()
    return clients
