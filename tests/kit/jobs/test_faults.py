"""Workers that are killed, frozen and blocked: nothing is lost, nothing is done twice."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from headwater.kit.jobs import enqueue
from tests.kit.jobs.fleet import Fleet
from tests.kit.jobs.kinds import Note
from tests.kit.jobs.process import DIARY, block, gated, poison
from tests.kit.jobs.waiting import until

WRITTEN = "select count(*) = $2 from public.diary where line = $1"


@pytest.fixture
async def fleet(dsn: str, owner: asyncpg.Connection) -> AsyncIterator[Fleet]:
    """Worker processes, with a diary to write into."""
    await owner.execute(DIARY)
    made = Fleet(dsn)
    yield made
    await made.end()


async def writer_of(owner: asyncpg.Connection, line: str) -> int:
    """Return the process that wrote the latest such line."""
    return int(await owner.fetchval("select pid from public.diary where line = $1 order by id desc limit 1", line))


async def test_job_of_a_killed_worker_runs_again(owner: asyncpg.Connection, fleet: Fleet, workspace_id: UUID) -> None:
    await fleet.start(2)
    await enqueue(owner, gated, Note(), workspace_id=workspace_id)
    await until(owner, WRITTEN, "begin", 1)
    victim = await writer_of(owner, "begin")
    fleet.signal(victim, signal.SIGKILL)
    await until(owner, WRITTEN, "begin", 2)
    await owner.execute("insert into public.gate values ('open')")
    await until(owner, WRITTEN, "end", 1)
    assert await writer_of(owner, "end") != victim
    await until(owner, "select not exists (select from procrastinate.procrastinate_jobs)")


async def test_job_that_kills_its_workers_becomes_a_dead_letter(
    owner: asyncpg.Connection, fleet: Fleet, workspace_id: UUID
) -> None:
    await fleet.start(3)
    await enqueue(owner, poison, Note(), workspace_id=workspace_id)
    await until(owner, "select state = 'failed' from public.jobs", seconds=40)
    row = await owner.fetchrow("select attempts, error from public.jobs")
    assert tuple(row) == (2, "The worker stopped in the middle of this job.")
    assert await owner.fetchval("select count(*) from public.diary where line = 'begin'") == 2


async def test_frozen_worker_that_wakes_changes_nothing(
    owner: asyncpg.Connection, fleet: Fleet, workspace_id: UUID
) -> None:
    await fleet.start(2)
    await enqueue(owner, gated, Note(), workspace_id=workspace_id)
    await until(owner, WRITTEN, "begin", 1)
    frozen = await writer_of(owner, "begin")
    fleet.signal(frozen, signal.SIGSTOP)
    await until(owner, WRITTEN, "begin", 2, seconds=40)
    await owner.execute("insert into public.gate values ('open')")
    await until(owner, WRITTEN, "end", 1)
    await until(owner, "select count(*) = 1 from procrastinate.procrastinate_workers")
    fleet.signal(frozen, signal.SIGCONT)
    # Awake, it learns that it was taken for dead, registers again and goes on with new jobs.
    await until(owner, "select count(*) = 2 from procrastinate.procrastinate_workers")
    for process in fleet.processes:
        if process.pid != frozen:
            process.kill()
            await process.wait()
    await enqueue(owner, gated, Note(), workspace_id=workspace_id)
    await until(owner, WRITTEN, "end", 2)
    assert await writer_of(owner, "end") == frozen
    await until(owner, "select not exists (select from procrastinate.procrastinate_jobs)")
    assert await owner.fetchval("select count(*) from public.diary where line = 'end'") == 2


async def test_blocked_event_loop_is_not_taken_for_a_dead_one(
    owner: asyncpg.Connection, fleet: Fleet, workspace_id: UUID
) -> None:
    await fleet.start(2)
    await enqueue(owner, block, Note(), workspace_id=workspace_id)
    await until(owner, WRITTEN, "begin", 1)
    # The beats go on well past the silence after which a worker counts as dead.
    past = await owner.fetchval("select now() + interval '8 seconds'")
    await until(owner, "select min(last_heartbeat) > $1 from procrastinate.procrastinate_workers", past)
    assert await owner.fetchval("select array_agg(line) from public.diary where line <> 'tick'") == ["begin"]
    await owner.execute("insert into public.gate values ('open')")
    await until(owner, WRITTEN, "end", 1)
    await until(owner, "select not exists (select from procrastinate.procrastinate_jobs)")


async def test_schedules_move_to_another_worker_when_the_leader_is_killed(
    owner: asyncpg.Connection, fleet: Fleet
) -> None:
    await fleet.start(2)
    await until(owner, "select count(*) >= 5 from public.diary where line = 'tick'")
    assert await owner.fetchval("select count(distinct pid) from public.diary") == 1
    leader = await writer_of(owner, "tick")
    fleet.signal(leader, signal.SIGKILL)
    await until(owner, "select exists (select from public.diary where pid <> $1)", leader)


async def test_worker_ends_in_order_when_asked_to(owner: asyncpg.Connection, fleet: Fleet, workspace_id: UUID) -> None:
    await fleet.start()
    await enqueue(owner, gated, Note(), workspace_id=workspace_id)
    await until(owner, WRITTEN, "begin", 1)
    fleet.signal(fleet.processes[0].pid, signal.SIGTERM)
    await owner.execute("insert into public.gate values ('open')")
    assert await fleet.processes[0].wait() == 0
    assert await owner.fetchval("select count(*) from public.diary where line = 'end'") == 1
    assert await owner.fetchval("select count(*) from procrastinate.procrastinate_workers") == 0
