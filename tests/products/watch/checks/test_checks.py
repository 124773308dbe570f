"""Checks end to end: what makes an alert, what doesn't, and what is stored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.products.watch.factories import FEED, LAMP, NEWS, PRICING, SOURCES, STATUS, House, Member


async def test_an_unchanged_page_stores_nothing(house: House, ada: Member) -> None:
    source = await ada.watch()
    check = await ada.check(source)
    assert (check["outcome"], check["http_status"]) == ("unchanged", 304)
    visit = house.world.web.list_requests(PRICING)[-1]
    assert visit.headers["if-none-match"]
    assert visit.headers["if-modified-since"]
    assert await house.count("public.scraped_contents") == 1
    assert await ada.alerts() == []


async def test_changes_that_matter_are_alerted_once_each(house: House, ada: Member) -> None:
    source = await ada.watch()
    kinds: tuple[Any, ...] = ("price", "name", "paragraph", "date", "removed")
    for number, kind in enumerate(kinds, start=1):
        house.world.web.change(PRICING, kind)
        check = await ada.check(source)
        assert check["outcome"] == "changed", kind
        assert (await ada.check(source))["outcome"] == "unchanged"
        (alert, *earlier) = await ada.alerts()
        assert (alert["id"], len(earlier)) == (check["alert_id"], number - 1)
        assert alert["summary"]
        assert len(house.world.mail.list_messages(to="ada@example.com")) == number
        assert house.world.receiver.count_hits() == {"taken": number}


async def test_noise_makes_no_alert(house: House, ada: Member) -> None:
    sources = {page: await ada.watch(page) for page in (PRICING, STATUS, LAMP)}
    kinds: tuple[Any, ...] = ("markup", "adverts", "clock", "counters", "token", "shuffle", "paraphrase")
    alerted = set()
    for kind in kinds:
        for page, source in sources.items():
            house.world.web.change(page, kind)
            check = await ada.check(source)
            if check["outcome"] not in {"noise", "below_threshold", "unchanged"}:
                alerted.add((kind, page))
    assert alerted == set()
    assert await ada.alerts() == []
    assert house.world.mail.list_messages() == []


async def test_what_moves_at_every_request_is_noise_and_a_change_beside_it_is_told(house: House, ada: Member) -> None:
    house.world.web.set_live_noise(PRICING, ["clock", "adverts", "counters"])
    source = await ada.watch()
    outcomes = [(await ada.check(source))["outcome"] for _ in range(3)]
    assert set(outcomes) <= {"noise", "below_threshold", "unchanged"}
    assert await ada.alerts() == []
    house.world.web.change(PRICING, "price")
    assert (await ada.check(source))["outcome"] == "changed"
    (alert,) = await ada.alerts()
    assert "$" in alert["summary"]


async def test_a_page_that_says_nothing_for_a_moment_makes_no_alert(house: House, ada: Member) -> None:
    source = await ada.watch(LAMP)
    moments = {"soft_captcha": "captcha", "empty": "empty", "blank": "empty", "login": "login_wall"}
    for mode, reason in moments.items():
        house.world.web.set_mode(LAMP, mode, times=1)
        check = await ada.check(source)
        assert (check["outcome"], check["reason"]) == ("unusable", f"unusable: {reason}")
        assert (await ada.check(source))["outcome"] == "unchanged"
        assert (await ada.read(source))["error_count"] == 0
    assert await ada.alerts() == []
    assert await house.count("public.scraped_contents") == 1


async def test_a_host_that_asks_to_wait_is_waited_for_and_told_of_nothing(house: House, ada: Member) -> None:
    source = await ada.watch(first_check=False)
    house.world.web.set_mode(PRICING, "rate_limited", times=2, seconds=120)
    first = await ada.check(source)
    assert (first["outcome"], first["reason"], first["http_status"]) == ("error", "blocked: rate_limited", 429)
    waits = await house.owner.fetchval("select next_check_at - now() from public.monitored_sources")
    assert waits > timedelta(seconds=100)
    house.clock.advance(timedelta(minutes=3))
    assert (await ada.check(source))["outcome"] == "error"
    house.clock.advance(timedelta(minutes=3))
    assert (await ada.check(source))["outcome"] == "first"
    assert await ada.alerts() == []
    assert house.world.mail.list_messages() == []


async def test_entries_of_a_feed_are_known_by_their_identity(house: House, ada: Member) -> None:
    feed = ada.page_url(f"/harbor{FEED}")
    source = await ada.watch(feed, kind="rss", name="Gazette")
    house.world.web.change(NEWS, "entry")
    check = await ada.check(source)
    assert check["outcome"] == "changed"
    (alert,) = await ada.alerts()
    assert "Harbour bridge closed" in alert["summary"] + str(alert["details"])
    # An entry that falls off the end of the list says nothing about the world.
    house.world.web.edit_entry(NEWS, "lighthouse-open")
    assert (await ada.check(source))["alert_id"] is None
    # The same entry, with other words and an important figure: a rewording of that entry, not a new one.
    house.world.web.edit_entry(NEWS, "herring-quota", text="Fishermen had hoped for more than 9,000 tonnes.")
    await ada.check(source)
    rewordings = [one["details"]["reworded"] for one in await ada.alerts()]
    assert len(rewordings) == 2
    assert len(rewordings[0]) == 1


async def test_a_feed_says_when_to_look_again(house: House, ada: Member) -> None:
    house.world.web.set_feed_rhythm(NEWS, ttl_minutes=600)
    source = await ada.watch(ada.page_url(f"/harbor{FEED}"), kind="rss", check_interval=3600)
    waits = await house.owner.fetchval("select next_check_at - now() from public.monitored_sources")
    assert waits > timedelta(hours=9, minutes=50)
    house.world.web.set_feed_rhythm(NEWS, ttl_minutes=1)
    await ada.check(source)
    waits = await house.owner.fetchval("select next_check_at - now() from public.monitored_sources")
    assert waits < timedelta(hours=1, minutes=5)


async def test_a_page_that_returns_to_an_earlier_text_finds_that_version(house: House, ada: Member) -> None:
    source = await ada.watch(LAMP)
    for value in ("Out of stock", "In stock"):
        house.world.web.change(LAMP, "state", value=value)
        assert (await ada.check(source))["outcome"] == "changed"
    versions = await ada.get(f"{SOURCES}/{source}/versions")
    assert len(versions) == 2
    assert [one["is_current"] for one in versions] == [False, True]
    assert len(await ada.alerts()) == 2
