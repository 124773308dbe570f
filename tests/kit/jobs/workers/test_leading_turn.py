"""One turn of the leading worker does every one of its duties, and takes nothing that has to stay."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from headwater.core.clock import MovableClock
from headwater.core.database.database import Database
from headwater.core.resources import Resources
from headwater.core.telemetry import REGISTRY
from headwater.kit.jobs import Schedule, WorkerTimings, enqueue, enqueue_tracked, list_jobs, replay_jobs
from headwater.kit.jobs.rows import JobsReplayed
from headwater.kit.jobs.workers.clock_watch import ClockWatch
from headwater.kit.jobs.workers.leading import KEEP_FAILURES, KEEP_SUCCESSES, Leader
from headwater.kit.jobs.workers.schedules import ScheduleRunner
from tests.fixtures.waiting import wait_until
from tests.kit.jobs.conftest import RunAll
from tests.kit.jobs.kinds import Journal, Note, never, write
from tests.kit.jobs.people import make_person

_MINUTE = "interval '1 minute'"


async def test_turn_rescues_clears_measures_and_ticks(
    dsn: str,
    database: Database,
    owner: asyncpg.Connection,
    tools: Resources,
    journal: Journal,
    run_all: RunAll,
    workspace_id: UUID,
) -> None:
    kept, ticked, woken = [], [], []
    for name, keep, young in (
        ("good", KEEP_SUCCESSES, False),
        ("bad", KEEP_FAILURES, False),
        ("good", KEEP_SUCCESSES, True),
        ("bad", KEEP_FAILURES, True),
    ):
        journal.failures["bad"] = [never()]
        job_id = await enqueue_tracked(owner, write, Note(text=name), workspace_id=workspace_id)
        await run_all()
        sign = "+" if young else "-"
        await owner.execute(
            f"update public.jobs set finished_at = now() - $2::interval {sign} {_MINUTE} where id = $1", job_id, keep
        )
        if young:
            kept.append(job_id)
    waiting = await enqueue_tracked(owner, write, Note(text="waits"), workspace_id=workspace_id)
    lost = await enqueue(owner, write, Note(text="lost"), workspace_id=workspace_id)
    await owner.execute("update procrastinate.procrastinate_jobs set status = 'doing' where id = $1", lost)

    async def tick(_: Resources) -> None:
        ticked.append("ticked")

    async with asyncpg.create_pool(dsn, min_size=1, max_size=2) as pool:
        schedules = [Schedule("test.tick", run=tick, every=timedelta(seconds=1))]
        leader = Leader(
            pool=pool,
            watch=ClockWatch(database, pool=pool),
            schedules=ScheduleRunner(schedules, pool=pool, resources=tools, clock=MovableClock()),
            offset=timedelta,
            wake=lambda: woken.append("woken"),
            timings=WorkerTimings(),
        )
        await leader.take_turn()
        await wait_until(lambda: ticked, what="the schedule")
        await leader.step_down()
    assert {row["id"] for row in await owner.fetch("select id from public.jobs")} >= {*kept, waiting}
    finished = await owner.fetch("select id from public.jobs where state in ('succeeded', 'failed')")
    assert {row["id"] for row in finished} == set(kept)
    assert await owner.fetchval("select status from procrastinate.procrastinate_jobs where id = $1", lost) == "todo"
    assert woken
    assert REGISTRY.get_sample_value("headwater_job_queue_depth", {"queue": "fetch", "state": "waiting"}) is None, (
        "who steps down measures no more"
    )


@pytest.mark.parametrize("number", [3, 4])
async def test_dead_letters_are_replayed_so_many_at_once(
    database: Database,
    owner: asyncpg.Connection,
    journal: Journal,
    run_all: RunAll,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    monkeypatch.setattr("headwater.kit.jobs.following.REPLAYED_AT_ONCE", 3)
    person, other = await make_person(owner, "ada@example.com"), await make_person(owner, "grace@example.com")
    journal.failures["bad"] = [never() for _ in range(number + 1)]
    for workspace_id in (other.workspace_id, *[person.workspace_id] * number):
        await enqueue(owner, write, Note(text="bad"), workspace_id=workspace_id)
    await run_all()
    async with database.transaction(person.identity) as connection:
        oldest = (await list_jobs(connection, workspace_id=person.workspace_id, states=["failed"])).items[-1]
        answer = await replay_jobs(connection, workspace_id=person.workspace_id)
        assert answer == JobsReplayed(replayed=3, left=number - 3)
        left = await list_jobs(connection, workspace_id=person.workspace_id, states=["failed"])
    assert oldest.id not in [row.id for row in left.items], "the oldest goes first"
    states = await owner.fetch("select state from public.jobs where workspace_id = $1", other.workspace_id)
    assert [row["state"] for row in states] == ["failed"]
