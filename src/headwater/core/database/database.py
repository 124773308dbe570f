"""Postgres: one transaction a request or job, as the role and with the claims of whoever it is done for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import orjson
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from headwater.core.database.dsn import normalise_dsn
from headwater.core.database.moments import clamp_moments
from headwater.core.database.readable import read_json
from headwater.core.database.translating import translate_of_transaction
from headwater.core.errors import Unavailable

_TRANSACTION_MODE_PORT = 6543
# InternalClientError is what asyncpg raises when the server dies in the middle of an answer.
_DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
_ASSUME = (
    "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true),"
    " set_config('headwater.workspace_id', $3, true)"
)

# What SQLAlchemy prepares by itself would be looked for on another server, too.
_NAMELESS = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": lambda: f"__headwater_{uuid4()}__"}


@dataclass(frozen=True)
class Identity:
    """On whose behalf a transaction runs: the database role, the token's claims, the job's workspace."""

    role: str
    claims: Mapping[str, Any] = field(default_factory=dict)
    workspace_id: UUID | None = None

    @classmethod
    def anonymous(cls) -> Identity:
        """Somebody without credentials."""
        return cls("anon", {"role": "anon"})

    @classmethod
    def user(cls, claims: Mapping[str, Any]) -> Identity:
        """A signed-in user, by the verified claims of the token."""
        return cls("authenticated", {**claims, "role": "authenticated"})

    @classmethod
    def job(cls, workspace_id: UUID) -> Identity:
        """A job of one workspace: it reaches the rows of that workspace and no others."""
        return cls("workspace_job", {"role": "workspace_job"}, workspace_id)

    @classmethod
    def service(cls) -> Identity:
        """The platform itself, past every policy. Only for the few files that their modules name in `service_role`."""
        return cls("service_role", {"role": "service_role"})

    @property
    def user_id(self) -> UUID | None:
        """The user behind the claims, if there is one."""
        subject = self.claims.get("sub")
        return UUID(subject) if subject else None

    def as_settings(self) -> tuple[str, str, str]:
        """Return role, claims as JSON and workspace, as the transaction's local settings take them."""
        workspace = str(self.workspace_id) if self.workspace_id else ""
        return self.role, orjson.dumps(dict(self.claims), default=str).decode(), workspace


class Database:
    """The pools to one Postgres: SQLAlchemy for ordinary queries, bare asyncpg for hot paths."""

    def __init__(
        self,
        dsn: str,
        *,
        pool_size: int = 10,
        pool_timeout_seconds: float = 10.0,
        statement_timeout_seconds: float = 30.0,
        answer_seconds: float = 5.0,
    ) -> None:
        """Take the limits in seconds. Postgres itself ends a statement after `statement_timeout_seconds`; where that
        isn't answered within another `answer_seconds`, the other side is gone and the connection is dropped.
        """
        self.dsn = normalise_dsn(dsn)
        self._pool_size = pool_size
        # Transaction-mode poolers hand each transaction another server, so prepared statements can't be kept there.
        self._cache: dict[str, int] = {"statement_cache_size": 0} if _is_transaction_mode(self.dsn) else {}
        self._command_timeout = statement_timeout_seconds + answer_seconds
        self._server_settings = {
            "application_name": "headwater",
            "statement_timeout": str(int(statement_timeout_seconds * 1000)),
            "idle_in_transaction_session_timeout": "60000",
        }
        self.engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            # The driver reads the address itself: SQLAlchemy takes `?sslmode=require` for an argument of its `connect`.
            async_creator=self._connect,
            pool_size=pool_size,
            # Connections beyond the pool would be opened and closed over and over under load; waiting is cheaper.
            max_overflow=0,
            pool_timeout=pool_timeout_seconds,
            pool_pre_ping=False,
            pool_recycle=1800,
            json_serializer=lambda value: orjson.dumps(value, default=str).decode(),
            json_deserializer=read_json,
            connect_args=_NAMELESS if self._cache else {},
        )
        self._raw_pool: asyncpg.Pool | None = None

    @asynccontextmanager
    async def transaction(self, identity: Identity) -> AsyncIterator[AsyncConnection]:
        """Open a transaction as `identity`; it is committed at the end and rolled back on an error.

        Raises:
            HeadwaterError: Unavailable when Postgres can't be reached; Conflict, Forbidden, InvalidInput or NotFound
                for the constraint, privilege or policy that refused a statement. What else the body raises, such as
                OSError or TimeoutError of its own, passes through as it is.
        """
        raised: BaseException | None = None
        try:
            async with self.engine.begin() as connection:
                await connection.exec_driver_sql(_ASSUME, identity.as_settings())
                try:
                    yield connection
                except OSError as error:
                    raised = error
                    raise
        except PoolTimeout as error:
            raise Unavailable("Everything is busy here; try again shortly.", code="busy") from error
        except (DBAPIError, *_DRIVER_ERRORS) as error:
            translated = translate_of_transaction(error, of_body=raised is error)
            if translated is None:
                raise
            raise translated from error

    @asynccontextmanager
    async def raw(self, identity: Identity) -> AsyncIterator[asyncpg.Connection]:
        """Open a transaction as `identity` on a bare asyncpg connection, for hot paths and COPY; errors as above."""
        raised: BaseException | None = None
        try:
            pool = await self._open_raw_pool()
            async with pool.acquire() as connection, connection.transaction():
                await connection.fetchrow(_ASSUME, *identity.as_settings())
                try:
                    yield cast(asyncpg.Connection, connection)
                except OSError as error:
                    raised = error
                    raise
        except _DRIVER_ERRORS as error:
            translated = translate_of_transaction(error, of_body=raised is error)
            if translated is None:
                raise
            raise translated from error

    async def fetch_row(self, statement: str, *arguments: Any, timeout_seconds: float) -> asyncpg.Record:
        """Run one statement as whoever DATABASE_URL names, in one round trip and done when it is answered.

        Only for what reaches no table of a tenant. Raises as `raw`; Unavailable, too, when it took longer.
        """
        try:
            pool = await self._open_raw_pool()
            async with pool.acquire(timeout=timeout_seconds) as connection:
                return await connection.fetchrow(statement, *arguments, timeout=timeout_seconds)
        except _DRIVER_ERRORS as error:
            translated = translate_of_transaction(error, of_body=False)
            if translated is None:
                raise
            raise translated from error

    @asynccontextmanager
    async def outside_transactions(self) -> AsyncIterator[asyncpg.Connection]:
        """Open a connection of its own as whoever DATABASE_URL names, in autocommit and without a limit on time.

        Only for what Postgres refuses in a transaction, such as `create index concurrently`.
        """
        connection = await self._connect_directly(command_timeout=None)
        try:
            await connection.execute("set statement_timeout = 0")
            yield connection
        finally:
            await connection.close()

    async def _connect(self, *_: Any, **__: Any) -> asyncpg.Connection:
        return await self._connect_directly(command_timeout=self._command_timeout)

    async def _connect_directly(self, *, command_timeout: float | None) -> asyncpg.Connection:
        connection = await asyncpg.connect(
            self.dsn,
            server_settings=self._server_settings,
            timeout=10,
            command_timeout=command_timeout,
            **self._cache,
        )
        await clamp_moments(connection)
        return connection

    async def _open_raw_pool(self) -> asyncpg.Pool:
        if self._raw_pool is None:
            pool = asyncpg.create_pool(
                self.dsn,
                min_size=0,
                max_size=self._pool_size,
                server_settings=self._server_settings,
                timeout=10,
                command_timeout=self._command_timeout,
                # Every transaction here sets its state locally, so the reset round trip has nothing to undo.
                reset=_leave_as_is,
                init=clamp_moments,
                **self._cache,
            )
            self._raw_pool = pool
        await self._raw_pool
        return self._raw_pool

    async def ping(self) -> datetime:
        """Ask Postgres for its time over the pools that requests use.

        A bare pool whose connections are all at work serves, and isn't asked for another one.

        Raises:
            Unavailable: there is no answer, or no connection to be had.
        """
        async with self.transaction(Identity.anonymous()) as connection:
            moment: datetime = (await connection.exec_driver_sql("select clock_timestamp()")).scalar_one()
        pool = await self._open_raw_pool()
        if pool.get_idle_size() > 0 or pool.get_size() == 0:
            async with self.raw(Identity.anonymous()) as bare:
                await bare.fetchval("select 1")
        return moment

    async def close(self) -> None:
        """Close every connection; one whose other side is gone is dropped."""
        await self.engine.dispose()
        pool, self._raw_pool = self._raw_pool, None
        if pool is not None:
            # The pool drops what it couldn't close in time.
            with suppress(TimeoutError):
                await pool.close()


async def _leave_as_is(_: asyncpg.Connection) -> None:
    return None


async def driver(connection: AsyncConnection) -> asyncpg.Connection:
    """Return the asyncpg connection beneath `connection`, inside the same transaction."""
    return cast(asyncpg.Connection, (await connection.get_raw_connection()).driver_connection)


def _is_transaction_mode(dsn: str) -> bool:
    return urlsplit(dsn).port == _TRANSACTION_MODE_PORT
