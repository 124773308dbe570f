"""What is on its way to one client, and how much of it may wait."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Protocol

from starlette.types import Send

from headwater.local.realtime.frames import Frame
from headwater.local.realtime.protocol import FrameWriter

_FAREWELL_SECONDS = 5.0


class Outbox(Protocol):
    """Sends frames without waiting for the client."""

    def put(self, frame: Frame) -> int:
        """Send a frame, now or as soon as the client takes it; return the bytes that wait."""

    def end(self, code: int, reason: str) -> None:
        """Send nothing more; close with a reason, and cut the line where the client doesn't take even that."""


class DirectOutbox:
    """Writes to the socket, once for all frames of one turn of the loop."""

    __slots__ = ("_frames", "_gathered", "_loop", "_writer")

    def __init__(self, writer: FrameWriter) -> None:
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._frames: list[bytes] = []
        self._gathered = 0

    def put(self, frame: Frame) -> int:
        """Send a frame; return the bytes that wait."""
        wire = frame.wire
        if not self._frames:
            self._gathered = self._writer.count_waiting()
            self._loop.call_soon(self._flush)
        self._frames.append(wire)
        self._gathered += len(wire)
        return self._gathered

    def end(self, code: int, reason: str) -> None:
        """Close with a reason, soon by force."""
        self._flush()
        self._writer.end(code, reason)

    def _flush(self) -> None:
        if self._frames:
            self._writer.write_frames(self._frames)
            self._frames = []


class QueuedOutbox:
    """Sends through ASGI, which every server has; a task does it while there is something to send."""

    __slots__ = ("_ended", "_farewell", "_frames", "_send", "_task", "_waiting")

    def __init__(self, send: Send, ended: asyncio.Event) -> None:
        self._send = send
        self._ended = ended
        self._frames: deque[Frame] = deque()
        self._waiting = 0
        self._task: asyncio.Task[None] | None = None
        self._farewell: tuple[int, str] | None = None

    def put(self, frame: Frame) -> int:
        """Queue a frame; return the bytes that wait."""
        if self._farewell is None:
            self._frames.append(frame)
            self._waiting += len(frame.body)
            self._wake()
        return self._waiting

    def end(self, code: int, reason: str) -> None:
        """Close after what waits already, or after some seconds."""
        if self._farewell is None:
            self._farewell = (code, reason)
            self._wake()
            asyncio.get_running_loop().call_later(_FAREWELL_SECONDS, self._ended.set)

    def _wake(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        # The server says that the client is gone with an exception of its own; the receiving side hears of it as well.
        with contextlib.suppress(Exception):
            while self._frames:
                frame = self._frames.popleft()
                if frame.is_text:
                    await self._send({"type": "websocket.send", "text": frame.body.decode()})
                else:
                    await self._send({"type": "websocket.send", "bytes": frame.body})
                self._waiting -= len(frame.body)
            if self._farewell is not None:
                code, reason = self._farewell
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
                self._ended.set()
        self._task = None
