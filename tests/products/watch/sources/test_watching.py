"""How a source's owner has it watched: keywords, thresholds, selectors, patterns to ignore."""

from __future__ import annotations

from typing import Any

import pytest
from tests.products.watch.factories import LAMP, PRICING, SOURCES, STATUS, House, Member

#: What an owner may set, and what a change of the Team plan's price then comes to.
CONFIGS: tuple[tuple[dict[str, Any], set[str]], ...] = (
    ({"keywords_must": ["team"]}, {"changed"}),
    ({"keywords_must": ["submarine"]}, {"below_threshold"}),
    ({"keywords_must_not": ["team"]}, {"below_threshold"}),
    ({"keywords_must_not": ["submarine"]}, {"changed"}),
    ({"threshold": 1.0}, {"below_threshold"}),
    ({"threshold": 0.0}, {"changed"}),
    ({"watch_selectors": ["table"]}, {"changed"}),
    ({"watch_selectors": ["h1"]}, {"unchanged", "noise"}),
    ({"ignore_selectors": ["main"]}, {"unchanged", "noise"}),
)


async def test_what_the_owner_set_decides_about_an_alert(house: House, ada: Member) -> None:
    sources = [
        await ada.watch(f"{ada.page_url(PRICING)}?{number}", config=config)
        for number, (config, _) in enumerate(CONFIGS)
    ]
    house.world.web.change(PRICING, "price", fact="team_price")
    for (config, outcomes), source in zip(CONFIGS, sources, strict=True):
        check = await ada.check(source)
        assert check["outcome"] in outcomes, (config, check)
        assert len(await ada.alerts(source_id=source)) == (check["outcome"] == "changed")
        if check["outcome"] == "below_threshold":
            # It is in the history all the same, with its versions.
            assert check["change_score"] > 0
            assert len(await ada.get(f"{SOURCES}/{source}/versions")) == 2


@pytest.mark.parametrize("pattern", ["/In stock|Out of stock/", "/(?:in|out of) stock/"])
async def test_text_that_a_pattern_matches_is_left_out(house: House, ada: Member, pattern: str) -> None:
    source = await ada.watch(LAMP, config={"ignore_patterns": [pattern]})
    house.world.web.change(LAMP, "state", value="Out of stock")
    assert (await ada.check(source))["outcome"] in {"unchanged", "noise"}
    house.world.web.change(LAMP, "price")
    assert (await ada.check(source))["outcome"] == "changed"


async def test_plain_words_may_be_ignored_whatever_signs_are_in_them(house: House, ada: Member) -> None:
    source = await ada.watch(STATUS, config={"ignore_patterns": ["Major outage", "C++ (beta", "[x]", "50% off*"]})
    content = (await ada.get(f"{SOURCES}/{source}/versions"))[0]["id"]
    assert "Operational" in (await ada.get(f"{SOURCES}/{source}/versions/{content}"))["content"]
    refused = await ada.patch(f"{SOURCES}/{source}", {"config": {"ignore_patterns": ["/(a+)+$/"]}}, expect=422)
    assert "repeats" in refused["message"]


async def test_a_pattern_that_takes_too_long_on_a_page_is_an_error_of_that_check_alone(
    house: House, ada: Member
) -> None:
    hostile = {"ignore_patterns": [r"/(.+)(.+)(.+)\3\2\1\1\2\3/"]}
    slow = await ada.watch(config=hostile, first_check=False)
    other = await ada.watch(LAMP, first_check=False)
    await house.promote()
    await house.work()
    (check,) = await ada.get(f"{SOURCES}/{slow}/history")
    assert (check["outcome"], check["reason"]) == ("error", "not_text: bad_pattern")
    assert "takes too long" in (await ada.read(slow))["last_error"]
    assert [one["outcome"] for one in await ada.get(f"{SOURCES}/{other}/history")] == ["first"]


async def test_another_way_of_reading_starts_afresh_without_a_false_alert(house: House, ada: Member) -> None:
    source = await ada.watch()
    await ada.patch(f"{SOURCES}/{source}", {"config": {"watch_selectors": ["table"]}})
    assert (await ada.check(source))["outcome"] == "first"
    assert await ada.alerts() == []
    house.world.web.change(PRICING, "price", fact="team_price")
    assert (await ada.check(source))["outcome"] == "changed"


async def test_severity_follows_the_source_s_own_thresholds(house: House, ada: Member) -> None:
    source = await ada.watch(config={"medium_from": 0.0, "high_from": 1.0})
    house.world.web.change(PRICING, "price", fact="team_price")
    await ada.check(source)
    (alert,) = await ada.alerts()
    assert alert["severity"] == "medium"
