"""A worker killed at any step of a delivery: it is delivered once, or it says that it may have been."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta

import pytest
from tests.kit.notify.world import World

from headwater.kit.notify.retention import keeps
from headwater.kit.retention import delete_old


async def run_until_killed(world: World, step: str) -> None:
    """Run a worker that kills itself at the step, then take its job away as the sweep of the workers does."""
    dsn = world.database.dsn
    arguments = (dsn, str(world.mail.smtp_port), step, str(world.clock.offset.total_seconds()))
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.kit.notify.process", *arguments)
    assert await asyncio.wait_for(process.wait(), 60) == -signal.SIGKILL
    rescued = await world.service(
        "select kind from headwater.rescue_jobs(interval '0 seconds', interval '0 seconds')", as_owner=True
    )
    assert [row["kind"] for row in rescued] == ["notify.deliver"]


@pytest.mark.parametrize(
    ("step", "status", "mails"), [("accepted", "sent", 1), ("marked", "uncertain", 0), ("handed over", "uncertain", 1)]
)
async def test_killed_while_mailing(world: World, step: str, status: str, mails: int) -> None:
    await world.tell()
    await run_until_killed(world, step)
    await world.work()
    assert (await world.delivery(channel="email"))["status"] == status
    assert world.mail.mailbox.count == mails
    await world.work_for(timedelta(hours=2), step=timedelta(minutes=30))
    assert world.mail.mailbox.count == mails


@pytest.mark.parametrize(("step", "repeated"), [("before posting", 0), ("posted", 1)])
async def test_killed_while_posting(world: World, step: str, repeated: int) -> None:
    await world.prefer(channels=["webhook"])
    await world.add_endpoint()
    await world.tell()
    await run_until_killed(world, step)
    await world.work()
    assert (await world.delivery(channel="webhook"))["status"] == "sent"
    hits = world.receiver.count_hits()
    assert (hits["taken"], hits.get("repeated", 0)) == (1, repeated)


async def test_a_delivery_without_its_job_is_swept_up(world: World) -> None:
    await world.add_endpoint()
    await world.tell()
    await world.service("delete from procrastinate.procrastinate_jobs", as_owner=True)
    await world.sweep()
    assert await world.work() == []
    world.clock.advance(timedelta(minutes=11))
    await world.sweep()
    await world.sweep()
    await world.work()
    assert {row["status"] for row in await world.deliveries()} == {"sent"}
    assert world.mail.mailbox.count == 1
    assert world.receiver.count_hits() == {"taken": 1}


async def test_a_digest_without_its_job_is_swept_up(world: World) -> None:
    await world.prefer(mode="hourly", channels=["email"])
    await world.tell()
    await world.service("delete from procrastinate.procrastinate_jobs", as_owner=True)
    world.clock.advance(timedelta(hours=2))
    await world.sweep()
    await world.work()
    assert world.mail.mailbox.count == 1
    assert {row["status"] for row in await world.deliveries()} == {"sent"}


async def age_log(world: World, *, days: int) -> None:
    """Let everything in the log have happened so much earlier."""
    for table in ("notification_events", "notification_deliveries"):
        await world.service(f"update {table} set created_at = created_at - interval '{days} days'", as_owner=True)


async def test_the_log_is_kept_for_ninety_days(world: World) -> None:
    await world.add_endpoint()
    await world.tell()
    await world.work()
    await age_log(world, days=89)
    for keep in keeps:
        await delete_old(world.resources, keep)
    assert len(await world.deliveries()) == 3
    await age_log(world, days=2)
    for keep in keeps:
        await delete_old(world.resources, keep)
    assert await world.deliveries() == []
    assert await world.service("select * from notifications") == []
    assert await world.attempts() == []
