"""Checks that fail: classified, backed off from, told of after the number that the owner set, and when mended."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from tests.products.watch.factories import LAMP, PRICING, SOURCES, House, Member

_OUTAGE = timedelta(hours=25)


@pytest.mark.parametrize(
    ("mode", "kind", "status"),
    [
        ("error", "network", 500),
        ("gone", "gone", 410),
        ("missing", "gone", 404),
        ("forbidden", "blocked", 403),
        ("captcha", "blocked", 403),
        ("binary", "not_text", None),
        ("disguised_binary", "not_text", None),
        ("broken_gzip", "not_text", None),
        ("reset", "network", None),
        ("truncated", "network", None),
    ],
)
async def test_failures_are_classified(house: House, ada: Member, mode: str, kind: str, status: int | None) -> None:
    source = await ada.watch(LAMP)
    house.world.web.set_mode(LAMP, mode)
    check = await ada.check(source)
    found = await ada.read(source)
    assert (check["outcome"], found["last_error_kind"], found["error_count"]) == ("error", kind, 1), check
    if status is not None:
        assert check["http_status"] == status
    assert found["last_error"]
    assert await house.count("public.scraped_contents") == 1
    # Whatever came meanwhile, the page as it was before is what the next check compares with.
    house.world.web.set_mode(LAMP, "normal")
    house.world.web.change(LAMP, "state")
    house.clock.advance(_OUTAGE)
    assert (await ada.check(source))["outcome"] == "changed"


@pytest.mark.parametrize("mode", ["wrong_charset", "unknown_charset", "utf16"])
async def test_pages_in_odd_letters_are_read(house: House, ada: Member, mode: str) -> None:
    house.world.web.set_mode(LAMP, mode)
    source = await ada.watch(LAMP)
    (version,) = await ada.get(f"{SOURCES}/{source}/versions")
    content = (await ada.get(f"{SOURCES}/{source}/versions/{version['id']}"))["content"]
    assert "costs 7 €" in content
    assert "„Größe“" in content


async def test_one_is_told_after_so_many_failures_and_when_it_is_mended(house: House, ada: Member) -> None:
    source = await ada.watch(LAMP, config={"notify_after_failures": 2})
    house.world.web.set_mode(LAMP, "error")
    waits = []
    for _ in range(4):
        await ada.check(source)
        waits.append(await house.owner.fetchval("select next_check_at - last_checked_at from public.monitored_sources"))
        house.clock.advance(_OUTAGE)
    # Ever longer, give or take the spread of a twentieth.
    assert all(later > sooner * 1.5 for sooner, later in pairwise(waits)), waits
    (notified,) = house.world.mail.list_messages()
    assert "can't be checked" in notified.subject
    house.world.web.set_mode(LAMP, "normal")
    assert (await ada.check(source))["outcome"] == "unchanged"
    assert [one.subject for one in house.world.mail.list_messages()][1:] == [f"{LAMP} can be checked again"]
    assert (await ada.read(source))["error_count"] == 0
    kinds = [one.payload["type"] for one in house.world.receiver.list_deliveries()]
    assert kinds == ["watch.source_failing", "watch.source_recovered"]
    assert await ada.alerts() == []


async def test_the_tenth_failure_in_a_row_pauses_the_source_until_it_is_woken(house: House, ada: Member) -> None:
    source = await ada.watch(LAMP)
    await house.owner.execute("update public.monitored_sources set error_count = 9")
    house.world.web.set_mode(LAMP, "gone")
    await ada.check(source)
    found = await ada.read(source)
    assert (found["status"], found["error_count"]) == ("error", 10)
    assert "is paused" in house.world.mail.list_messages()[0].subject
    await house.let_come_due(source)
    await house.promote()
    assert await house.work() == []
    house.world.web.set_mode(LAMP, "normal")
    woken = await ada.patch(f"{SOURCES}/{source}", {"status": "active"})
    assert (woken["status"], woken["error_count"], woken["last_error"]) == ("active", 0, None)
    await house.promote()
    await house.work()
    assert [one["outcome"] for one in await ada.get(f"{SOURCES}/{source}/history", limit=1)] == ["unchanged"]


async def test_a_paused_source_that_answers_when_it_is_asked_wakes_by_itself(house: House, ada: Member) -> None:
    source = await ada.watch(LAMP)
    await house.owner.execute("update public.monitored_sources set error_count = 10, status = 'error'")
    assert (await ada.check(source))["outcome"] == "unchanged"
    assert (await ada.read(source))["status"] == "active"
    assert "can be checked again" in house.world.mail.list_messages()[0].subject


async def test_a_host_that_is_away_is_an_error_and_no_alert(house: House, ada: Member) -> None:
    source = await ada.watch(PRICING)
    await house.world.web.set_reachable("acme", False)
    check = await ada.check(source)
    assert (check["outcome"], check["reason"]) == ("error", "network")
    await house.world.web.set_reachable("acme", True)
    house.world.web.change(PRICING, "price")
    house.clock.advance(_OUTAGE)
    assert (await ada.check(source))["outcome"] == "changed"
    assert len(await ada.alerts()) == 1
