"""Trends count what lies in the window and is asked for, each row in the bin of its moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg
from sqlalchemy import Boolean, DateTime, column, table

from headwater.core.db import Database, Identity
from headwater.kit.overview import Window
from headwater.kit.overview.trends import count_trend

START = datetime(2026, 1, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)
THINGS = table("things", column("at", DateTime(timezone=True)), column("mine", Boolean()))


async def test_rows_are_counted_in_their_bins_from_the_first_moment_to_the_last(dsn: str, database: Database) -> None:
    moments = [START - MOMENT, START, START + HOUR - MOMENT, START + HOUR, START + 3 * HOUR - MOMENT, START + 3 * HOUR]
    owner = await asyncpg.connect(dsn)
    await owner.execute("create table things (at timestamptz, mine boolean); grant select on things to service_role")
    await owner.executemany("insert into things values ($1, true), ($1, false)", [(moment,) for moment in moments])
    await owner.close()
    window = Window(START, START + 3 * HOUR, HOUR)
    async with database.transaction(Identity.service()) as connection:
        points = await count_trend(connection, window, at=THINGS.c.at, where=THINGS.c.mine)
    assert [(point.at, point.value) for point in points] == [(START, 2), (START + HOUR, 1), (START + 2 * HOUR, 1)]
