"""The activity log tells of deeds: what checks and deliveries note of themselves writes no line there."""

from __future__ import annotations

from tests.products.watch.factories import PRICING, SOURCES, House, Member


async def test_checks_write_nothing_to_the_activity_log_and_edits_do(house: House, ada: Member) -> None:
    source = await ada.watch()
    lines = await house.count("public.activity_log")
    before = (await ada.read(source))["updated_at"]
    assert (await ada.check(source))["outcome"] == "unchanged"
    house.world.web.change(PRICING, "price")
    assert (await ada.check(source))["outcome"] == "changed"
    assert await house.count("public.activity_log") == lines
    assert (await ada.read(source))["updated_at"] == before
    await ada.patch(f"{SOURCES}/{source}", {"status": "paused"})
    assert await house.count("public.activity_log", "subject_kind = 'monitored_sources'") == 2
    assert (await ada.read(source))["updated_at"] > before


async def test_a_first_check_writes_nothing_to_the_activity_log(house: House, ada: Member) -> None:
    await ada.watch()
    assert await house.count("public.activity_log", "subject_kind = 'monitored_sources'") == 1


async def test_a_delivery_that_fails_writes_nothing_to_the_activity_log_and_disabling_does(
    house: House, ada: Member
) -> None:
    source = await ada.watch()
    where = "subject_kind = 'webhook_endpoints'"
    lines = await house.count("public.activity_log", where)
    for mode, more in (("failing", 0), ("gone", 1)):
        await house.world.receiver.set_mode(mode)
        house.world.web.change(PRICING, "price")
        await ada.check(source)
        assert await house.count("public.activity_log", where) == lines + more, mode
    assert await house.count("public.webhook_endpoints", "failures > 0 and not enabled") == 1
