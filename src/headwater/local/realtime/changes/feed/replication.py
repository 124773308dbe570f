"""One replication connection: reads the stream as it comes, confirms what was read.

Protocol: https://www.postgresql.org/docs/current/protocol-replication.html
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from typing import Self

import psycopg
from psycopg import conninfo, pq
from psycopg.pq.abc import PGconn

from headwater.core.clock import now

_STATUS = struct.Struct("!cQQQqB")
_DATA_HEADER = 25
_KEEPALIVE = struct.Struct("!QqB")
_EPOCH_SECONDS = 946_684_800
# Values come as the session writes them: the JSON that subscribers get is made from this form.
_SESSION = "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c bytea_output=hex -c extra_float_digits=1"


OnMessage = Callable[[memoryview], None]
OnKeepalive = Callable[[int, bool], None]


class FeedError(Exception):
    """The stream ended or could not begin; the text is Postgres's."""


class ReplicationConnection:
    """A connection in the replication protocol.

    `on_message` gets each message of the output plugin, valid only during the call; `on_keepalive` gets how far the
    server has read its log, and whether it wants an answer.
    """

    def __init__(self, connection: PGconn, *, on_message: OnMessage, on_keepalive: OnKeepalive) -> None:
        self._connection = connection
        self._on_message = on_message
        self._on_keepalive = on_keepalive
        self._loop = asyncio.get_running_loop()
        self._socket = connection.socket
        self._reading = False
        self.ended: asyncio.Future[None] = self._loop.create_future()

    @classmethod
    async def open(cls, dsn: str, *, on_message: OnMessage, on_keepalive: OnKeepalive) -> Self:
        """Connect.

        Raises:
            FeedError: Postgres can't be reached or refuses.
        """
        text = conninfo.make_conninfo(
            dsn,
            replication="database",
            application_name="headwater realtime",
            connect_timeout=5,
            client_encoding="UTF8",
            options=_SESSION,
        )
        connection = await asyncio.to_thread(pq.PGconn.connect, text.encode())
        if connection.status != pq.ConnStatus.OK:
            message = connection.get_error_message()
            connection.finish()
            raise FeedError(message)
        return cls(connection, on_message=on_message, on_keepalive=on_keepalive)

    async def start(self, slot: str, *, lsn: int, publications: list[str]) -> None:
        """Begin to stream what was committed after `lsn` (0: where the slot stands).

        Raises:
            FeedError: the slot is in use, lost or gone, or a publication is.
        """
        names = ",".join('"' + name.replace('"', '""') + '"' for name in publications).replace("'", "''")
        position = f"{lsn >> 32:X}/{lsn & 0xFFFF_FFFF:X}"
        command = f"START_REPLICATION SLOT {slot} LOGICAL {position} (proto_version '1', publication_names '{names}')"
        result = await asyncio.to_thread(self._connection.exec_, command.encode())
        if result.status != pq.ExecStatus.COPY_BOTH:
            raise FeedError(result.get_error_message())
        self._connection.nonblocking = 1
        self.resume()
        # What came with the answer waits in memory already, where no socket tells of it.
        self._loop.call_soon(self._read)

    def pause(self) -> None:
        """Stop reading; Postgres then waits."""
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._socket)

    def resume(self) -> None:
        """Read on."""
        if not self._reading and not self.ended.done():
            self._reading = True
            self._loop.add_reader(self._socket, self._read)
            self._loop.call_soon(self._read)

    def confirm(self, lsn: int) -> None:
        """Tell Postgres that everything up to `lsn` has been taken, so that it may forget it."""
        if self.ended.done():
            return
        moment = int((now().timestamp() - _EPOCH_SECONDS) * 1_000_000)
        try:
            self._connection.put_copy_data(_STATUS.pack(b"r", lsn, lsn, lsn, moment, 0))
            self._connection.flush()
        except psycopg.Error as error:
            self._end(str(error))

    def close(self) -> None:
        """Close at once."""
        self._end("closed")
        self._connection.finish()

    def _read(self) -> None:
        if not self._reading:
            return
        try:
            self._connection.consume_input()
            while self._reading:
                size, data = self._connection.get_copy_data(1)
                if size == 0:
                    return
                if size < 0:
                    result = self._connection.get_result()
                    self._end(result.get_error_message() if result is not None else "the stream ended")
                    return
                self._take(data)
        except Exception as error:  # noqa: BLE001 - a reader of the loop has no caller; the feed connects anew
            self._end(str(error))

    def _take(self, data: memoryview) -> None:
        if data[0] == 0x77:
            self._on_message(data[_DATA_HEADER:])
        elif data[0] == 0x6B:
            end, _, wants_reply = _KEEPALIVE.unpack_from(data, 1)
            self._on_keepalive(end, bool(wants_reply))

    def _end(self, reason: str) -> None:
        self.pause()
        if not self.ended.done():
            self.ended.set_exception(FeedError(reason.strip()))
            # Nobody may be waiting at the moment; that is no mistake.
            self.ended.exception()
