"""Getting over a Postgres that is away: what counts as an outage, and how patiently to wait it out."""

from __future__ import annotations

import asyncio
import random

import asyncpg

from headwater.core.clock import monotonic
from headwater.core.errors import Unavailable
from headwater.core.telemetry import get_logger

_FIRST_WAIT = 0.05
_LONGEST_WAIT = 2.0
# Connection failures, too many connections, a server that shuts down, starts up or crashed, and lost races.
_OUTAGE_STATES = ("08", "40", "53", "57P")
# The internal one comes from a connection that has read its farewell from Postgres but not yet the end of the stream.
DATABASE_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
    # What the pools of requests and jobs make of the others.
    Unavailable,
)

logger = get_logger(__name__)


class DatabaseGone(Exception):
    """Postgres stayed away for longer than the worker waits; the process should end with an error."""


def is_outage(error: BaseException) -> bool:
    """Tell a Postgres that can't be reached from one that refuses a statement."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(_OUTAGE_STATES) or isinstance(error, asyncpg.QueryCanceledError)
    return isinstance(error, DATABASE_ERRORS)


class Outage:
    """Waits between tries, longer each time, until `patience` seconds have passed since the first failure."""

    def __init__(self, doing: str, patience: float) -> None:
        self._doing = doing
        self._patience = patience
        self._began: float | None = None
        self._wait = _FIRST_WAIT

    async def wait(self, error: BaseException) -> None:
        """Wait before the next try. Raises DatabaseGone when patience is at its end."""
        if self._began is None:
            self._began = monotonic()
            logger.warning("database_unreachable", doing=self._doing, error=str(error))
        elif monotonic() - self._began > self._patience:
            raise DatabaseGone(f"Postgres was away for more than {self._patience:.0f} s while {self._doing}") from error
        await asyncio.sleep(self._wait * random.uniform(0.5, 1.0))
        self._wait = min(self._wait * 2, _LONGEST_WAIT)

    def over(self) -> None:
        """Note that Postgres answers again."""
        if self._began is not None:
            logger.info("database_back", doing=self._doing, seconds=round(monotonic() - self._began, 1))
        self._began, self._wait = None, _FIRST_WAIT
