"""One connection to Postgres on which a whole request travels in one round trip.

libpq's pipeline mode sends the transaction's start, its settings, the statement and the commit together. Parameters go
as text of no declared type, as literals in a statement would, so that Postgres resolves each where it stands; results
come back as text, so that JSON is passed on as the bytes that Postgres made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg
from psycopg import pq

from headwater.local.rest.identifiers import quote_identifier

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

MAX_PREPARED = 400


@dataclass(slots=True)
class Statement:
    """A statement with its values; `reusable` ones are prepared once for each connection."""

    text: bytes
    parameters: Sequence[bytes | None] = ()
    reusable: bool = True
    binary_result: bool = False
    octets: Sequence[int] = ()


class DatabaseFailure(Exception):
    """An error that Postgres raised, with its fields."""

    def __init__(self, sqlstate: str, message: str, details: str | None, hint: str | None) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.message = message
        self.details = details
        self.hint = hint


class ConnectionLost(Exception):
    """The connection broke, before or under a request."""


@dataclass(slots=True)
class Exchange:
    """Statements on their way: the results so far and who waits for them."""

    done: asyncio.Future[None]
    names: list[bytes | None]
    results: list[PGresult] = field(default_factory=list)


class PipelineConnection:
    """A libpq connection in pipeline mode, driven by the event loop."""

    def __init__(self, connection: psycopg.AsyncConnection[object]) -> None:
        self._connection = connection
        self._libpq = connection.pgconn
        self._loop = asyncio.get_running_loop()
        self._socket = self._libpq.socket
        self._prepared: dict[bytes, bytes] = {}
        self._counter = 0
        self._exchange: Exchange | None = None
        self._writing = False
        self.is_closed = False
        self.generation = 0
        self._libpq.enter_pipeline_mode()
        self._loop.add_reader(self._socket, self._read)

    @classmethod
    async def connect(cls, dsn: str, *, timeout: float, session_role: str | None = None) -> PipelineConnection:
        """Open a connection, as another role where one is given; raises `ConnectionLost` where there is no server."""
        try:
            connection = await psycopg.AsyncConnection.connect(
                dsn,
                autocommit=True,
                client_encoding="utf8",
                connect_timeout=max(2, int(timeout)),
                application_name="headwater rest",
            )
            if session_role is not None:
                authorization = f"set session authorization {quote_identifier(session_role)}"
                await connection.execute(authorization.encode())
        except psycopg.Error as error:
            raise ConnectionLost(str(error)) from error
        return cls(connection)

    @property
    def is_idle(self) -> bool:
        """Say whether no transaction is open."""
        return not self.is_closed and self._libpq.transaction_status == pq.TransactionStatus.IDLE

    async def run(self, statements: Sequence[Statement]) -> list[PGresult]:
        """Send statements together and give the result of each.

        Raises `DatabaseFailure` for the first that fails; those after it are not run, and an open transaction is then
        in its failed state.
        """
        if self.is_closed:
            raise ConnectionLost("the connection is closed")
        exchange = Exchange(self._loop.create_future(), [])
        self._exchange = exchange
        try:
            for statement in statements:
                self._send(statement, exchange.names)
            self._libpq.pipeline_sync()
            self._flush()
            await exchange.done
        except psycopg.Error as error:
            self.close()
            raise ConnectionLost(str(error)) from error
        except BaseException:
            self.close()
            raise
        finally:
            self._exchange = None
        return self._sort_results(statements, exchange)

    def _send(self, statement: Statement, names: list[bytes | None]) -> None:
        formats = [pq.Format.BINARY if index in statement.octets else pq.Format.TEXT
                   for index in range(len(statement.parameters))] if statement.octets else None  # fmt: skip
        result_format = pq.Format.BINARY if statement.binary_result else pq.Format.TEXT
        if not statement.reusable:
            types = [17 if index in statement.octets else 0 for index in range(len(statement.parameters))]
            self._libpq.send_query_params(
                statement.text,
                statement.parameters,
                types if statement.octets else None,
                formats,
                result_format,
            )
            names.append(None)
            return
        name = self._prepared.get(statement.text)
        if name is None:
            self._counter += 1
            name = b"s%d" % self._counter
            self._libpq.send_prepare(name, statement.text)
            names.append(name)
        self._libpq.send_query_prepared(name, statement.parameters, formats, result_format)
        names.append(None)

    def _sort_results(self, statements: Sequence[Statement], exchange: Exchange) -> list[PGresult]:
        texts = iter(statements)
        kept: list[PGresult] = []
        failed: PGresult | None = None
        for name, result in zip(exchange.names, exchange.results, strict=False):
            if result.status == pq.ExecStatus.FATAL_ERROR:
                failed = failed or result
            if name is None:
                statement = next(texts)
                kept.append(result)
            elif result.status == pq.ExecStatus.COMMAND_OK:
                # The text that this name stands for is the statement whose execution follows.
                statement = statements[len(kept)]
                self._prepared[statement.text] = name
        if failed is not None:
            raise make_failure(failed)
        if len(self._prepared) > MAX_PREPARED:
            # The pool closes it when it comes back: a fresh connection is cheaper than a long list of names.
            self.generation = -1
        return kept

    def _flush(self) -> None:
        if self._libpq.flush() == 1:
            if not self._writing:
                self._writing = True
                self._loop.add_writer(self._socket, self._write)
        elif self._writing:
            self._writing = False
            self._loop.remove_writer(self._socket)

    def _write(self) -> None:
        try:
            self._flush()
        except psycopg.Error as error:
            self._fail(error)

    def _read(self) -> None:
        libpq = self._libpq
        exchange = self._exchange
        try:
            libpq.consume_input()
            if exchange is None:
                if libpq.status != pq.ConnStatus.OK:
                    self.close()
                return
            if self._writing:
                self._flush()
            results = exchange.results
            while not libpq.is_busy():
                result = libpq.get_result()
                if result is None:
                    continue
                if result.status == pq.ExecStatus.PIPELINE_SYNC:
                    if not exchange.done.done():
                        exchange.done.set_result(None)
                    return
                results.append(result)
                if libpq.status != pq.ConnStatus.OK:
                    self._fail(ConnectionLost("server closed the connection unexpectedly"))
                    return
        except psycopg.Error as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """Close, and tell who waits: with Postgres's own words where it sent any."""
        exchange = self._exchange
        self.close()
        if exchange is not None and not exchange.done.done():
            exchange.done.set_exception(ConnectionLost(str(error)))

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        if self.is_closed:
            return
        self.is_closed = True
        self._loop.remove_reader(self._socket)
        if self._writing:
            self._loop.remove_writer(self._socket)
        self._libpq.finish()


def make_failure(result: PGresult) -> DatabaseFailure:
    """Read the fields of a failed result."""

    def read(code: pq.DiagnosticField) -> str | None:
        value = result.error_field(code)
        return value.decode("utf-8", "replace") if value is not None else None

    return DatabaseFailure(
        read(pq.DiagnosticField.SQLSTATE) or "XX000",
        read(pq.DiagnosticField.MESSAGE_PRIMARY) or result.get_error_message(),
        read(pq.DiagnosticField.MESSAGE_DETAIL),
        read(pq.DiagnosticField.MESSAGE_HINT),
    )
