"""What rooms and products keep: each keep is a schedule, and its statement holds against the tables that there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg

from headwater.catalogue import list_modules, list_schedules
from headwater.core.clock import MovableClock
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.kit.module import Module
from headwater.kit.retention import Keep, delete_old, make_schedules
from headwater.kit.workspaces.tables import activity_log
from headwater.services import open_resources


async def test_every_keep_of_a_module_is_a_schedule_that_runs(settings: Settings) -> None:
    keeps = [keep for module in list_modules() for keep in module.keeps]
    assert len(keeps) >= 6
    schedules = {schedule.name: schedule for schedule in list_schedules()}
    async with open_resources(settings) as resources:
        for keep in keeps:
            assert schedules[keep.name].about == keep.about
            await schedules[keep.name].run(resources)


async def test_what_follows_comes_after_the_last_batch(resources: Resources) -> None:
    followed: list[Resources] = []

    async def follow(tools: Resources) -> None:
        followed.append(tools)

    keep = make_keep(then=follow)
    (schedule,) = make_schedules(Module(name="test", keeps=[keep]).keeps)
    assert (schedule.name, schedule.every, schedule.cron) == ("test.delete_old", timedelta(hours=1), None)
    await delete_old(resources, keep)
    assert followed == [resources]


async def test_a_clock_of_the_process_that_is_ahead_deletes_nothing(
    resources: Resources, clock: MovableClock, dsn: str
) -> None:
    owner = await asyncpg.connect(dsn)
    try:
        # Whose workspace it is doesn't matter here.
        await owner.execute("set session_replication_role = replica")
        await owner.execute(
            "insert into public.activity_log (workspace_id, actor_kind, action, subject_kind)"
            " values (gen_random_uuid(), 'system', 'test.kept', 'test')"
        )
        clock.advance(timedelta(days=3650))
        await delete_old(resources, make_keep())
        assert await owner.fetchval("select count(*) from public.activity_log") == 1
    finally:
        await owner.close()


def make_keep(**values: Any) -> Keep:
    """Make a keep of one day."""
    return Keep(
        name="test.delete_old",
        about="Delete what is old.",
        every=timedelta(hours=1),
        table=activity_log,
        age=lambda _: timedelta(days=1),
        **values,
    )
