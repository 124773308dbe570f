"""uvicorn's WebSocket protocol with an extension of ASGI: frames that are encoded already go straight to the socket.

Sent through ASGI alone, a message to a thousand clients is encoded and framed a thousand times, and what waits for a
client that doesn't read can't be known. Where the server runs with another protocol, ASGI alone serves too.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "headwater.frames"
_FAREWELL_SECONDS = 5.0


@runtime_checkable
class FrameWriter(Protocol):
    """The extension: what `scope["extensions"]["headwater.frames"]` offers once the connection is accepted."""

    def write_frames(self, wires: list[bytes]) -> None:
        """Send whole frames."""

    def count_waiting(self) -> int:
        """Return the bytes that the client has not taken yet."""

    def limit_message(self, max_bytes: int) -> None:
        """Let a larger message of the client close the connection."""

    def end(self, code: int, reason: str) -> None:
        """Say goodbye; cut the line soon, whether the client takes it or not."""


class FrameWebSocketProtocol(WebSocketsSansIOProtocol):
    """For `uvicorn.Config(ws=FrameWebSocketProtocol)`."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # Compression costs each connection more memory than all the rest, and each message a run of its own.
        self.conn.available_extensions = []

    def handle_connect(self, event: Request) -> None:
        """Offer the extension."""
        super().handle_connect(event)
        scope: Any = getattr(self, "scope", None)
        if scope is not None:
            scope["extensions"][EXTENSION] = self

    def write_frames(self, wires: list[bytes]) -> None:
        """Send whole frames."""
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(wires[0] if len(wires) == 1 else b"".join(wires))

    def count_waiting(self) -> int:
        """Return the bytes that the client has not taken yet."""
        return self.transport.get_write_buffer_size()

    def limit_message(self, max_bytes: int) -> None:
        """Let a larger message of the client close the connection."""
        self.conn.max_size = max_bytes

    def end(self, code: int, reason: str) -> None:
        """Say goodbye; cut the line soon, whether the client takes it or not."""
        if self.close_sent or self.transport.is_closing():
            return
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(_FAREWELL_SECONDS, self.transport.abort)
