"""Differences for people, over HTTP: of an alert and of any two versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.products.watch.factories import ALERTS, PRICING, SOURCES, House, Member


async def change_price(house: House, member: Member) -> tuple[str, dict[str, Any]]:
    """Watch the pricing page, change a price, and return the source's id and the alert."""
    source = await member.watch(PRICING)
    house.world.web.change(PRICING, "price")
    check = await member.check(source)
    return source, dict(await member.get(f"{ALERTS}/{check['alert_id']}"))


def read_side(row: dict[str, Any], other: str) -> str:
    """Return the text of one side of a row."""
    return "".join(span["text"] for span in row["spans"] if span["op"] != other)


async def test_an_alert_s_difference_marks_the_words_and_gives_the_reasons(house: House, ada: Member) -> None:
    source, alert = await change_price(house, ada)
    found = await ada.get(f"{ALERTS}/{alert['id']}/diff")
    for name in ("summary", "severity", "score"):
        assert found[name] == alert[name]
    assert found["reasons"] == alert["details"]["reasons"]
    assert found["facts"] == alert["details"]["facts"]
    assert found["gravest"] <= found["score"]
    assert found["thresholds"] == {"alert": 0.4, "medium": 0.6, "high": 0.8}
    assert found["before"]["id"] == alert["from_content_id"]
    assert found["after"]["id"] == alert["to_content_id"]
    assert found["seen_before_at"] < found["seen_after_at"]
    assert (found["source_id"], found["is_complete"], found["left_out"]) == (source, True, 0)
    row = next(row for row in found["rows"] if row["kind"] == "reworded")
    assert {span["op"] for span in row["spans"]} == {"same", "removed", "added"}
    versions = [await ada.get(f"{SOURCES}/{source}/versions/{found[side]['id']}") for side in ("before", "after")]
    assert read_side(row, "added") in versions[0]["content"]
    assert read_side(row, "removed") in versions[1]["content"]
    assert row["facts"]
    assert max(row["score"] for row in found["rows"] if row["score"] is not None) == pytest.approx(found["gravest"])


async def test_the_surroundings_are_as_wide_as_asked(house: House, ada: Member) -> None:
    _, alert = await change_price(house, ada)
    path = f"{ALERTS}/{alert['id']}/diff"
    bare, wide = [(await ada.get(path, context=number))["rows"] for number in (0, 20)]
    assert "same" not in {row["kind"] for row in bare}
    assert sum(row["kind"] == "same" for row in wide) == sum(row["count"] for row in bare)
    await ada.get(path, context=21, expect=422)
    await ada.get(path, context=-1, expect=422)


async def test_a_version_that_is_gone_leaves_what_the_alert_kept(house: House, ada: Member) -> None:
    _, alert = await change_price(house, ada)
    await house.owner.execute("delete from public.scraped_contents where id = $1", UUID(alert["from_content_id"]))
    found = await ada.get(f"{ALERTS}/{alert['id']}/diff")
    assert found["is_complete"] is False
    assert found["before"] is None
    assert found["reasons"] == alert["details"]["reasons"]
    kept = alert["details"]["reworded"]
    assert [row["spans"] for row in found["rows"] if row["kind"] == "reworded"] == [one["spans"] for one in kept]


async def test_two_versions_are_laid_out_either_way(house: House, ada: Member) -> None:
    source, alert = await change_price(house, ada)
    before, after = alert["from_content_id"], alert["to_content_id"]
    path = f"{SOURCES}/{source}/versions"
    forth = await ada.get(f"{path}/{before}/diff/{after}/rows")
    assert forth["score"] == pytest.approx(alert["score"])
    assert forth["alert_id"] is None
    back = await ada.get(f"{path}/{after}/diff/{before}/rows")
    there, back_again = [[row for row in one["rows"] if row["kind"] == "reworded"] for one in (forth, back)]
    assert [read_side(row, "added") for row in there] == [read_side(row, "removed") for row in back_again]
    same = await ada.get(f"{path}/{after}/diff/{after}/rows")
    assert [row["kind"] for row in same["rows"]] == ["folded"]
    await ada.get(f"{path}/{uuid4()}/diff/{after}/rows", expect=404)


async def test_the_difference_of_a_deleted_source_can_still_be_read(house: House, ada: Member) -> None:
    source, alert = await change_price(house, ada)
    await ada.delete(f"{SOURCES}/{source}")
    assert (await ada.get(f"{ALERTS}/{alert['id']}/diff"))["source_id"] == source


async def test_others_read_nothing_of_it(house: House, ada: Member) -> None:
    source, alert = await change_price(house, ada)
    eve = await house.add_member(email="eve@example.com")
    await eve.get(f"{ALERTS}/{alert['id']}/diff", expect=404)
    versions = f"{alert['from_content_id']}/diff/{alert['to_content_id']}"
    await eve.get(f"{SOURCES}/{source}/versions/{versions}/rows", expect=404)
