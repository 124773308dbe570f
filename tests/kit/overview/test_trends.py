"""Trends count what lies in the window and is asked for, each row in the bin of its moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from headwater.core.database.database import Database, Identity
from headwater.kit.overview import Asked, Window, ask_once, read_trend

START = datetime(2026, 1, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)
ASK = """
select jsonb_object_agg(extract(epoch from counted.bin)::bigint, counted.value) as trend
from (
    select date_bin($5, at, $3) as bin, count(*) as value
    from things
    where mine
        and $1::uuid is not null
        and $2::timestamptz is not null
        and at >= $3
        and at < $4
    group by bin
) as counted
"""


async def test_rows_are_counted_in_their_bins_from_the_first_moment_to_the_last(dsn: str, database: Database) -> None:
    moments = [START - MOMENT, START, START + HOUR - MOMENT, START + HOUR, START + 3 * HOUR - MOMENT, START + 3 * HOUR]
    owner = await asyncpg.connect(dsn)
    await owner.execute("create table things (at timestamptz, mine boolean); grant select on things to service_role")
    await owner.executemany("insert into things values ($1, true), ($1, false)", [(moment,) for moment in moments])
    await owner.close()
    window = Window(START, START + 3 * HOUR, HOUR)
    async with database.transaction(Identity.service()) as connection:
        row = await ask_once(connection, ASK, Asked(UUID(int=1), UUID(int=2), START, window))
    points = read_trend(row["trend"], window)
    assert [(point.at, point.value) for point in points] == [(START, 2), (START + HOUR, 1), (START + 2 * HOUR, 1)]
