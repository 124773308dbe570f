"""What rooms and products keep: each keep is a schedule, and its statement holds against the tables that there are."""

from __future__ import annotations

from datetime import timedelta

from headwater.catalogue import list_modules, list_schedules
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

    keep = Keep(
        name="test.delete_old",
        about="Delete what is old.",
        every=timedelta(hours=1),
        table=activity_log,
        age=lambda _: timedelta(days=1),
        then=follow,
    )
    (schedule,) = make_schedules(Module(name="test", keeps=[keep]).keeps)
    assert (schedule.name, schedule.every, schedule.cron) == ("test.delete_old", timedelta(hours=1), None)
    await delete_old(resources, keep)
    assert followed == [resources]
