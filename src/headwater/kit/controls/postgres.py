"""The shared state in Postgres, for deployments without a Valkey: each operation is a function of `controls`."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import Any

import asyncpg

from headwater.core.database.database import Database
from headwater.core.errors import HeadwaterError, Unavailable
from headwater.core.telemetry import counter, gauge
from headwater.kit.controls.absence import Absence
from headwater.kit.controls.shared_state import Call, StateAway

#: What `headwater doctor`, `/health/ready` and the log say where there is no Valkey.
KEPT_IN_POSTGRES = "limits, dedupe and pacing are kept in Postgres"

_FAILURES = counter("controls_failures_total", "Statements of controls kept in Postgres that it did not answer.")
_UP = gauge("controls_up", "1 while Postgres answers the controls that it keeps, 0 while it doesn't.")
#: Answers where what it is kept in is there, and changes nothing.
PROBE = "select controls.sweep(0)"

_SWEEP = "select controls.sweep($1)"
_BATCH = 10_000
_MAX_KEY_CHARACTERS = 200


class PostgresState:
    """A few connections of its own to one Postgres: whoever holds all others waits here for nobody.

    Each round trip is one statement in a transaction of its own, done when it is answered. What is kept here may be
    lost when the server crashes, as with a Valkey that starts anew.
    """

    #: Every operation is a function of the database.
    lacks_scripts = False

    def __init__(
        self, dsn: str, *, pool_size: int = 4, timeout_seconds: float = 5.0, rest_seconds: float = 1.0
    ) -> None:
        self._database = Database(dsn, pool_size=pool_size, statement_timeout_seconds=timeout_seconds)
        self._timeout = timeout_seconds
        self._absence = Absence("controls_postgres", rest_seconds=rest_seconds, failures=_FAILURES, up=_UP)

    def key(self, *parts: str) -> str:
        """Return the key of `parts`; one that is long, or that Postgres may refuse as text, by its digest."""
        kind, name = parts[0], ":".join(parts[1:])
        if len(name) > _MAX_KEY_CHARACTERS or not (name.isascii() and name.isprintable()):
            name = f"#{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}"
        return f"{kind}:{name}"

    async def run(self, *calls: Call) -> list[Any]:
        """Do `calls` in one statement and return their answers. Raises StateAway."""
        # Each call locks the row of its key. All processes take them in one order, so that none waits in a circle.
        order = sorted(range(len(calls)), key=lambda number: calls[number].key)
        arguments = [value for number in order for value in (calls[number].key, *calls[number].arguments)]
        shapes = tuple((calls[number].operation.name, len(calls[number].arguments) + 1) for number in order)
        found = await self._ask(_write_statement(shapes), *arguments)
        answers: list[Any] = [None] * len(calls)
        for number, answer in zip(order, found, strict=True):
            answers[number] = answer
        return answers

    async def ping(self) -> bool:
        """Say whether the functions are there and answer."""
        try:
            await self._ask(PROBE)
        except StateAway:
            return False
        return True

    async def sweep(self) -> int:
        """Delete what has expired, in batches; return how many rows. Raises StateAway."""
        total = 0
        while True:
            swept: int = (await self._ask(_SWEEP, _BATCH))[0]
            total += swept
            if swept < _BATCH:
                return total

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()

    async def _ask(self, statement: str, *arguments: Any) -> asyncpg.Record:
        if self._absence.rests:
            raise StateAway
        try:
            found = await self._database.fetch_row(statement, *arguments, timeout_seconds=self._timeout)
        except Unavailable as error:
            self._absence.note_failure(error)
            raise StateAway from error
        except (HeadwaterError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            self._absence.note_refusal(error)
            raise StateAway from error
        self._absence.note_success()
        return found


@cache
def _write_statement(shapes: tuple[tuple[str, int], ...]) -> str:
    """Write the statement that calls functions with so many arguments each, from left to right."""
    written, first = [], 1
    for name, count in shapes:
        places = ", ".join(f"${number}" for number in range(first, first + count))
        written.append(f"controls.{name}({places})")
        first += count
    return f"select {', '.join(written)}"
