"""How long ago each schedule last ran: what tells an operator that the work stands still."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headwater.core.database.database import Database, Identity, driver
from headwater.kit.jobs.metrics import SCHEDULE_AGES
from headwater.kit.jobs.workers.schedules import Schedule

# A tick is when a run was due, a start is when it began.
READ_AGES = """
select
    name,
    coalesce(started_at, ticked_at) as started_at,
    extract(epoch from now() - coalesce(started_at, ticked_at))::double precision as seconds,
    now() as moment
from headwater.schedules
order by name
"""


@dataclass(frozen=True)
class ScheduleAge:
    """When a schedule last ran. `seconds` is None where it never did, and negative where that lies in the future."""

    name: str
    seconds: float | None
    is_late: bool


class ScheduleBook:
    """The schedules that the workers of this installation run."""

    def __init__(self, schedules: Sequence[Schedule]) -> None:
        self._schedules = tuple(schedules)

    async def read_ages(self, database: Database) -> list[ScheduleAge]:
        """Return the age of each schedule, the one with the shortest rhythm first."""
        async with database.transaction(Identity.service()) as connection:
            rows = {row["name"]: row for row in await (await driver(connection)).fetch(READ_AGES)}
        ordered = sorted(self._schedules, key=lambda one: (one.every is None, one.every, one.name))
        return [_measure(schedule, rows.get(schedule.name)) for schedule in ordered]

    async def show_ages(self, database: Database) -> None:
        """Read the ages into the gauges. The leading worker does it by itself; other doors before a scrape."""
        async with database.transaction(Identity.service()) as connection:
            show_ages(await (await driver(connection)).fetch(READ_AGES))


def _measure(schedule: Schedule, row: Any) -> ScheduleAge:
    if row is None:
        return ScheduleAge(schedule.name, None, False)
    started_at: datetime = row["started_at"]
    return ScheduleAge(schedule.name, round(row["seconds"], 1), schedule.is_late(started_at, row["moment"]))


def show_ages(rows: Iterable[Any]) -> None:
    """Set the gauges of the schedules from rows of `READ_AGES`."""
    SCHEDULE_AGES.clear()
    for row in rows:
        SCHEDULE_AGES.labels(row["name"]).set(row["seconds"])
