"""One WebSocket: reads messages, hands them to channels, drops a client that is gone, too slow or out of bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import orjson
from starlette.types import Receive, Send

from headwater.core.clock import monotonic
from headwater.core.telemetry import counter, get_logger
from headwater.local.realtime.channels.channel import Channel, JoinRefused
from headwater.local.realtime.frames import Frame, MalformedFrame, Message, Version, decode_frame, encode_message
from headwater.local.realtime.hub import Hub
from headwater.local.realtime.limits import RateLimit
from headwater.local.realtime.outbox import DirectOutbox, Outbox, QueuedOutbox
from headwater.local.realtime.protocol import FrameWriter
from headwater.local.realtime.tokens import Grant

logger = get_logger(__name__)

NORMAL, GOING_AWAY, INVALID, POLICY, TOO_LARGE = 1000, 1001, 1007, 1008, 1009
_DROPPED = counter("realtime_dropped_total", "Connections that the server ended.", ("reason",))
# RFC 6455: the reason of a close frame has at most 123 bytes.
_LONGEST_REASON = 123


class Connection:
    """Lives from the accepted handshake to the end of the connection."""

    __slots__ = (
        "_ended",
        "_hub",
        "_joins",
        "_outbox",
        "channels",
        "grant",
        "headers",
        "heard_at",
        "is_closed",
        "version",
    )

    def __init__(
        self,
        hub: Hub,
        *,
        grant: Grant,
        version: Version,
        headers: Mapping[str, str],
        send: Send,
        writer: FrameWriter | None,
    ) -> None:
        self._hub = hub
        self.grant = grant
        self.version = version
        self.headers = headers
        self.channels: dict[str, Channel] = {}
        self.heard_at = monotonic()
        self.is_closed = False
        self._joins = RateLimit(hub.config.max_joins_per_second)
        self._ended: asyncio.Event | None = None
        self._outbox: Outbox
        if writer is not None:
            self._outbox = DirectOutbox(writer)
        else:
            self._ended = asyncio.Event()
            self._outbox = QueuedOutbox(send, self._ended)

    async def run(self, receive: Receive) -> None:
        """Serve until either side ends it."""
        self._hub.connections.add(self)
        try:
            if self._ended is None:
                await self._read(receive)
            else:
                await self._read_until_ended(receive, self._ended)
        finally:
            self.is_closed = True
            self._hub.connections.discard(self)
            for channel in list(self.channels.values()):
                channel.close(tell=False)
            self.channels.clear()

    def push(self, frame: Frame) -> None:
        """Send a frame; a client that lets too much wait is dropped."""
        if self.is_closed:
            return
        waiting = self._outbox.put(frame)
        if waiting > self._hub.config.max_queued_bytes:
            self.drop(POLICY, "slow_consumer", f"too slow: {waiting} bytes are waiting")

    def drop(self, code: int, kind: str, reason: str) -> None:
        """End the connection."""
        if self.is_closed:
            return
        self.is_closed = True
        _DROPPED.labels(kind).inc()
        logger.info("realtime_connection_dropped", kind=kind, reason=reason)
        self._outbox.end(code, reason.encode()[:_LONGEST_REASON].decode(errors="ignore"))

    async def _read_until_ended(self, receive: Receive, ended: asyncio.Event) -> None:
        reading = asyncio.ensure_future(self._read(receive))
        ending = asyncio.ensure_future(ended.wait())
        try:
            await asyncio.wait([reading, ending], return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                reading.result()
        finally:
            reading.cancel()
            ending.cancel()

    async def _read(self, receive: Receive) -> None:
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return
            if self.is_closed:
                continue
            self.heard_at = monotonic()
            text, data = event.get("text"), event.get("bytes")
            received = text if text is not None else data if data is not None else ""
            if len(received) > self._hub.config.max_frame_bytes:
                self.drop(TOO_LARGE, "too_large", f"a frame may have at most {self._hub.config.max_frame_bytes} bytes")
                continue
            try:
                await self._handle(decode_frame(self.version, received))
            except MalformedFrame as error:
                self.drop(INVALID, "malformed", f"malformed frame: {error}")
            except orjson.JSONEncodeError:
                # Read and written by different rules: what is nested too deeply can be read, but not passed on.
                self.drop(INVALID, "malformed", "malformed frame: nested too deeply")

    async def _handle(self, message: Message) -> None:
        if message.topic == "phoenix":
            if message.event == "heartbeat":
                self._reply(message, "ok", b"{}")
            return
        channel = self.channels.get(message.topic)
        if message.event == "phx_join":
            await self._join(message)
        elif message.event == "phx_leave":
            self._leave(message, channel)
        elif channel is None:
            self._reply(message, "error", b'{"reason":"unmatched topic"}')
        else:
            await channel.handle(message)

    async def _join(self, message: Message) -> None:
        if not message.topic.startswith("realtime:"):
            self._reply(message, "error", b'{"reason":"unmatched topic"}')
            return
        if not self._joins.take():
            self._refuse(message, "ClientJoinRateLimitReached: Too many joins per second")
            self.drop(POLICY, "too_many_joins", "too many joins per second")
            return
        before = self.channels.pop(message.topic, None)
        if before is not None:
            before.close()
        if len(self.channels) >= self._hub.config.max_channels:
            self._refuse(message, "ChannelRateLimitReached: Too many channels")
            return
        channel = Channel(self._hub, self, message)
        try:
            await channel.open(message.ref)
        except JoinRefused as error:
            self._refuse(message, str(error))
            return
        if channel.topic_entry is not None:
            self.channels[message.topic] = channel

    def _leave(self, message: Message, channel: Channel | None) -> None:
        self._reply(message, "ok", b"{}")
        if channel is not None and message.join_ref in (None, channel.join_ref):
            del self.channels[message.topic]
            channel.close()

    def _refuse(self, message: Message, reason: str) -> None:
        self._reply(message, "error", orjson.dumps({"reason": reason}))

    def _reply(self, message: Message, status: str, response: bytes) -> None:
        payload = b'{"status":"%b","response":%b}' % (status.encode(), response)
        join_ref = message.join_ref
        self.push(encode_message(self.version, message.topic, "phx_reply", payload, ref=message.ref, join_ref=join_ref))
