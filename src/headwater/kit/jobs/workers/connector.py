"""Lets the engine speak to Postgres through asyncpg, on connections that notice when the other side is gone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import asyncpg
from procrastinate.connector import BaseAsyncConnector, Notify

from headwater.core.database.dsn import normalise_dsn

# A half-open connection looks alive until something waits on it, so every statement has a deadline on both sides.
_SERVER_SETTINGS = {
    "application_name": "headwater-worker",
    # The engine's own statements name its tables without a schema.
    "search_path": "procrastinate,public",
    "idle_in_transaction_session_timeout": "30000",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
_CONNECT_SECONDS = 5.0
_PARAMETER = re.compile(r"%\((\w+)\)s")


async def connect(dsn: str, *, statement_seconds: float, idle_seconds: float = 0.0) -> asyncpg.Connection:
    """Open one connection for the worker's own needs. The caller closes it.

    Postgres ends a session that was idle for `idle_seconds` (0: never), and with it whatever it had locked.
    """
    settings = {**list_settings(statement_seconds), "idle_session_timeout": str(int(idle_seconds * 1000))}
    return await asyncpg.connect(
        normalise_dsn(dsn), server_settings=settings, timeout=_CONNECT_SECONDS, command_timeout=statement_seconds
    )


def list_settings(statement_seconds: float) -> dict[str, str]:
    """Return the settings of every session that a worker opens."""
    return {**_SERVER_SETTINGS, "statement_timeout": str(int(statement_seconds * 1000))}


class AsyncpgConnector(BaseAsyncConnector):
    """The engine's connector over an asyncpg pool: no check at checkout, statements prepared once a connection."""

    def __init__(self, dsn: str, *, pool_size: int, statement_seconds: float) -> None:
        self._dsn = normalise_dsn(dsn)
        self._pool_size = pool_size
        self._statement_seconds = statement_seconds
        self._pool: asyncpg.Pool | None = None

    @property
    def pool(self) -> asyncpg.Pool:
        """The open pool. Raises RuntimeError before `open_async`."""
        if self._pool is None:
            raise RuntimeError("the job engine's connections aren't open")
        return self._pool

    async def open_async(self, pool: Any | None = None) -> None:
        """Open the pool, or take the one given."""
        if self._pool is None:
            self._pool = pool or await asyncpg.create_pool(
                self._dsn,
                min_size=1,
                max_size=self._pool_size,
                server_settings=list_settings(self._statement_seconds),
                timeout=_CONNECT_SECONDS,
                command_timeout=self._statement_seconds,
                reset=_leave_as_is,
            )

    async def close_async(self) -> None:
        """Close the pool at once: what ran on it is either committed or rolled back by Postgres."""
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None

    async def execute_query_async(self, query: str, **arguments: Any) -> None:
        """Run a statement of the engine."""
        text, values = _bind(query, arguments)
        await self.pool.execute(text, *values)

    async def execute_query_one_async(self, query: str, **arguments: Any) -> dict[str, Any]:
        """Run a statement of the engine that gives one row."""
        text, values = _bind(query, arguments)
        return dict(await self.pool.fetchrow(text, *values))

    async def execute_query_all_async(self, query: str, **arguments: Any) -> list[dict[str, Any]]:
        """Run a statement of the engine that gives rows."""
        text, values = _bind(query, arguments)
        return [dict(row) for row in await self.pool.fetch(text, *values)]

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """The worker's control connection listens instead."""
        raise NotImplementedError("the worker listens on its control connection")


@lru_cache(maxsize=64)
def _translate(query: str) -> tuple[str, tuple[str, ...]]:
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[1] not in names:
            names.append(match[1])
        return f"${names.index(match[1]) + 1}"

    return _PARAMETER.sub(number, query), tuple(names)


def _bind(query: str, arguments: dict[str, Any]) -> tuple[str, list[Any]]:
    text, names = _translate(query)
    return text, [arguments[name] for name in names]


async def _leave_as_is(_: asyncpg.Connection) -> None:
    """Every statement here commits by itself, so there is nothing to reset."""
