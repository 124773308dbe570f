"""The closed loop: a page changes, its check is due, the change is told, and what was said of it arrives.

Only then does the page change again, so no more is ever said than can be sent, and a run comes to rest at its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from headwater.local.postgres import find_running_postgres
from tests.chaos.accounts import Alert, count_checks, count_open_deliveries, make_due, read_alerts
from tests.chaos.ledger import Ledger
from tests.chaos.pages import ChangingPages, Page

# The last is what asyncpg says when a server dies in the middle of a statement.
LOST_CONNECTION = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to go on, how much there is, and which faults strike.

    A change that `looks` checks have seen and none told is lost. `patience`: seconds that the last ones may take.
    """

    seconds: float = 60.0
    pages: int = 20
    fault_every: float = 5.0
    parent_kills: bool = True
    looks: int = 10
    patience: float = 120.0
    seed: int = 1


class Loop:
    """Drives the pages of one installation and keeps the ledger."""

    def __init__(self, plan: Plan, world: ChangingPages, postgres: Path) -> None:
        self.plan = plan
        self.world = world
        self.ledger = Ledger()
        self.sources: dict[UUID, Page] = {}
        self._postgres = postgres
        self._connection: asyncpg.Connection | None = None
        self._seen: set[UUID] = set()
        self._untold: dict[UUID, int | None] = {}
        # The sources whose last alert is on its way, by the alert.
        self._on_the_way: dict[UUID, UUID] = {}
        self.max_open_deliveries = 0

    async def connect(self) -> asyncpg.Connection:
        """Return the connection to the installation's database, a new one after each loss. Raises OSError."""
        if self._connection is None or self._connection.is_closed():
            dsn = find_running_postgres(self._postgres)
            if dsn is None:
                raise OSError("no Postgres runs on the folder")
            self._connection = await asyncpg.connect(dsn, timeout=5, command_timeout=20)
        return self._connection

    def disconnect(self) -> None:
        """Drop the connection."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    def change(self, source_id: UUID) -> None:
        """Let a page show its next fact."""
        page = self.sources[source_id]
        page.step += 1
        self.ledger.shown[page.url].append(page.fact)
        # How many checks there were by now is asked at the next turn.
        self._untold[source_id] = None

    async def turn(self, *, changing: bool) -> None:
        """Read the new alerts, change the pages whose alert arrived (or was lost), and have the others checked."""
        try:
            connection = await self.connect()
            # Each page has one change under way, so no more than these can be new, in whatever order they committed.
            for alert in await read_alerts(connection, newest=3 * self.plan.pages):
                if alert.id not in self._seen:
                    self._take(alert)
            await self._settle(connection, changing=changing)
            looks = await count_checks(connection, self.waiting)
            for source_id in self.waiting:
                before = self._untold[source_id]
                if before is None:
                    self._untold[source_id] = looks.get(source_id, 0)
                elif changing and looks.get(source_id, 0) - before >= self.plan.looks:
                    self.change(source_id)
            await make_due(connection, self.waiting)
        except LOST_CONNECTION:
            self.disconnect()

    def _take(self, alert: Alert) -> None:
        page = self.sources[alert.source_id]
        self.ledger.told[page.url].append(page.kind.read(alert.content) or "nothing of the fact")
        self._seen.add(alert.id)
        self._untold.pop(alert.source_id, None)
        self._on_the_way[alert.id] = alert.source_id

    async def _settle(self, connection: asyncpg.Connection, *, changing: bool) -> None:
        """Change the pages whose last alert has reached everybody, or won't reach them any more."""
        open_deliveries = await count_open_deliveries(connection, list(self._on_the_way))
        self.max_open_deliveries = max(self.max_open_deliveries, sum(open_deliveries.values()))
        for alert_id in self._on_the_way.keys() - open_deliveries.keys():
            source_id = self._on_the_way.pop(alert_id)
            # One that told of a page late, after the page was taken for lost, finds a newer change under way.
            if changing and source_id not in self._untold and source_id not in self._on_the_way.values():
                self.change(source_id)

    @property
    def waiting(self) -> list[UUID]:
        """The sources whose last change was not told yet."""
        return list(self._untold)
