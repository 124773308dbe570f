"""What is stored gets over a clock that was wrong for a while: each moment, leaps of hours, days and a year."""

from __future__ import annotations

from datetime import datetime, timedelta

import asyncpg
import pytest

from headwater.core.database.database import Database
from tests.database.moments import MOMENTS
from tests.database.rows import Stage, open_stage
from tests.fixtures.workspaces import Cast

LEAPS = [timedelta(hours=2), timedelta(days=2), timedelta(days=400)]
BEHIND = [timedelta(hours=3), timedelta(days=2)]
_SLACK = timedelta(seconds=30)
_COLUMNS = """
select attrelid::regclass::text as name, attname as column
from pg_attribute
join pg_class on pg_class.oid = attrelid and relkind in ('r', 'p')
where relnamespace::regnamespace::text in ('public', 'headwater', 'controls', 'procrastinate')
    and atttypid = 'timestamptz'::regtype
    and not attisdropped
"""
# A row of everything as it stands in the middle of its work.
_AT_WORK = """
insert into procrastinate.procrastinate_workers (id, last_heartbeat) overriding system value values (1, now());
insert into procrastinate.procrastinate_jobs
    (id, queue_name, task_name, args, timeout_seconds, max_attempts, scheduled_at)
values (1, 'fetch', 'seed', '{}', 60, 5, now() + interval '30 seconds');
insert into procrastinate.procrastinate_jobs
    (id, queue_name, task_name, args, timeout_seconds, max_attempts, status, worker_id, started_at)
values (2, 'fetch', 'seed', '{}', 60, 5, 'doing', 1, now());
update public.jobs set next_attempt_at = now() + interval '30 seconds';
update procrastinate.procrastinate_jobs set tracking_id = (select id from public.jobs) where id = 1;
insert into headwater.schedules (name, ticked_at, started_at, finished_at) values ('seed', now(), now(), now());
update public.api_keys set last_used_at = now();
update public.monitored_sources set
    next_check_at = now() + interval '1 hour', last_checked_at = now(), last_changed_at = now(),
    checking_until = now() + interval '10 minutes';
update public.notification_deliveries set
    status = 'failed', due_at = now() + interval '5 minutes', first_attempt_at = now(), sending_since = now();
update public.webhook_endpoints set
    last_delivered_at = now(), previous_secret_expires_at = now() + interval '24 hours';
"""


@pytest.fixture
async def stage(owner: asyncpg.Connection, cast: Cast, database: Database) -> Stage:
    """Everybody, and a row of everything at work."""
    made = await open_stage(owner, cast, database)
    await owner.execute("delete from public.api_keys where id <> $1", made.row)
    await owner.execute(_AT_WORK)
    return made


def list_columns(table: str, *kinds: str) -> list[str]:
    """Return the moments of a table that are of these kinds."""
    return [column for column, kind in MOMENTS[table].items() if kind in kinds]


async def shift(owner: asyncpg.Connection, by: timedelta) -> None:
    """Make all that waits as if it had been written by a clock so far ahead."""
    async with owner.transaction():
        # No trigger may note the right time meanwhile.
        await owner.execute("set local session_replication_role = replica")
        for table in MOMENTS:
            if columns := list_columns(table, "waits", "written"):
                await owner.execute(f"update {table} set " + ", ".join(f"{one} = {one} + $1" for one in columns), by)


async def read(owner: asyncpg.Connection) -> dict[str, list[datetime]]:
    """Return every moment that waits, of all rows."""
    found = {}
    for table in MOMENTS:
        for column in list_columns(table, "waits"):
            rows = await owner.fetch(f"select {column} from {table} where {column} is not null order by {column}")
            assert rows, f"no row has {table}.{column}, so it isn't tried"
            found[f"{table}.{column}"] = [row[0] for row in rows]
    return found


async def pull_back(owner: asyncpg.Connection) -> None:
    """Do what the leading worker does once it sees that the clock went back."""
    for function in ("pull_back_jobs", "pull_back"):
        await owner.fetchval(f"select headwater.{function}(interval '0')")


async def test_every_moment_says_what_it_is(owner: asyncpg.Connection) -> None:
    found: dict[str, set[str]] = {}
    for row in await owner.fetch(_COLUMNS):
        name = row["name"] if "." in row["name"] else f"public.{row['name']}"
        found.setdefault(name, set()).add(row["column"])
    assert found == {table: set(columns) for table, columns in MOMENTS.items()}


@pytest.mark.parametrize("leap", LEAPS, ids=str)
async def test_what_was_written_ahead_waits_no_longer_than_it_should(
    stage: Stage, owner: asyncpg.Connection, leap: timedelta
) -> None:
    right = await read(owner)
    await shift(owner, leap)
    ahead = await read(owner)
    assert all(ahead[name] != moments for name, moments in right.items())
    await pull_back(owner)
    pulled = await read(owner)
    late = [
        name
        for name, moments in right.items()
        if any(abs(now - then) > _SLACK for now, then in zip(pulled[name], moments, strict=True))
    ]
    assert late == []


@pytest.mark.parametrize("mode", ["hourly", "daily"])
@pytest.mark.parametrize("leap", LEAPS, ids=str)
async def test_a_digest_keeps_its_hour(stage: Stage, owner: asyncpg.Connection, leap: timedelta, mode: str) -> None:
    await owner.execute("update public.notification_deliveries set status = 'pending', mode = $1", mode)
    right = await owner.fetchval("select due_at from public.notification_deliveries")
    period = timedelta(days=1) if mode == "daily" else timedelta(hours=1)
    await shift(owner, leap)
    # The window that comes next by the wrong clock is one of the right one's, some whole periods later.
    await owner.execute("alter table public.notification_deliveries disable trigger touch_updated_at")
    await owner.execute("update public.notification_deliveries set due_at = $1", right + -(-leap // period) * period)
    await owner.execute("alter table public.notification_deliveries enable trigger touch_updated_at")
    await pull_back(owner)
    pulled = await owner.fetchval("select due_at from public.notification_deliveries")
    assert (pulled - right) % period == timedelta()
    assert timedelta() <= pulled - right < period


@pytest.mark.parametrize("leap", [*LEAPS, *BEHIND], ids=str)
async def test_a_leap_ahead_makes_no_worker_silent_and_no_run_overdue(
    stage: Stage, owner: asyncpg.Connection, leap: timedelta
) -> None:
    rescue = "select count(*) from headwater.rescue_jobs(interval '6 seconds', interval '10 seconds')"
    await shift(owner, -leap)
    await owner.execute("select headwater.carry_along_jobs($1)", leap)
    assert await owner.fetchval("select count(*) from procrastinate.procrastinate_workers") == 1
    async with owner.transaction():
        assert await owner.fetchval(rescue) == 0
    # And what really fell silent is found as ever.
    await shift(owner, -leap)
    postmaster = await owner.fetchval("select now() - pg_postmaster_start_time()")
    assert await owner.fetchval(rescue) == 1 or postmaster < timedelta(seconds=6)


async def test_what_is_right_is_left_alone(stage: Stage, owner: asyncpg.Connection) -> None:
    before = await read(owner)
    await pull_back(owner)
    assert await read(owner) == before
