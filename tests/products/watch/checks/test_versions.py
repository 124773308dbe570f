"""Versions keep their passages: as text, with what markup said, and as 0.1.0 kept them."""

from __future__ import annotations

import pytest
from tests.products.watch.factories import PRICING, House, Member

from headwater.demo.systems import bench
from headwater.kit.text.normalising import hash_text
from headwater.products.watch.page.lines import join_passages, split_passages
from headwater.products.watch.page.passages import Block, Passage, cut_passages

PASSAGES = cut_passages(
    [
        Block("Prices", tag="h1"),
        Block("$20 a month  for all", tag="p", heading="Prices", hints=("offer",), volatile=("$20",)),
        Block("Naïve café — 東京", tag="li", region="footer"),
        Block("x" * 4_000),
    ]
)


def test_passages_come_back_as_they_were() -> None:
    content, marks = join_passages(PASSAGES)
    assert len(PASSAGES) > 4
    assert split_passages(content, marks) == PASSAGES
    assert not any(passage.hash in str(marks) for passage in PASSAGES)


@pytest.mark.parametrize("passages", [(), PASSAGES[:1]])
def test_few_passages_come_back_too(passages: tuple[Passage, ...]) -> None:
    assert split_passages(*join_passages(passages)) == passages


def test_a_hash_that_is_not_that_of_the_text_is_kept() -> None:
    odd = (Passage(text="½", hash=hash_text("½"), ordinal=0), Passage(text="two\nlines", hash="own", ordinal=1))
    content, marks = join_passages(odd)
    assert [passage.hash for passage in split_passages(content, marks)] == [hash_text("½"), "own"]


def test_versions_of_the_first_release_are_read() -> None:
    content = "Prices\n$20 a month"
    marks = [
        [hash_text("Prices"), 0, 6, "h1", "main", [], "", []],
        [hash_text("$20 a month"), 7, 18, "p", "main", ["offer"], "Prices", ["$20"]],
    ]
    first, second = split_passages(content, marks)
    assert (first.text, first.hash, first.tag) == ("Prices", hash_text("Prices"), "h1")
    assert (second.text, second.hints, second.heading, second.volatile) == (
        "$20 a month",
        ("offer",),
        "Prices",
        ("$20",),
    )


async def test_what_a_batch_found_is_recorded_and_told_together(house: House, ada: Member) -> None:
    await house.world.open(bench.system)
    urls = [f"{house.world.bench.page_url(number)}" for number in range(20)]
    sources = [await ada.watch(url, first_check=False) for url in urls]
    for changed in (False, True):
        if changed:
            house.world.bench.change_pages()
        await house.let_come_due(*sources)
        await house.promote()
        await house.work()
    assert len(await ada.alerts(limit=50)) == len(urls)
    transactions = await house.owner.fetchval("select count(distinct xmin::text) from public.change_alerts")
    assert transactions < len(urls) / 2
    notified = await house.owner.fetchval("select count(distinct xmin::text) from public.notification_events")
    assert notified == transactions
    assert len(house.world.mail.list_messages(to="ada@example.com")) == len(urls)


async def test_a_source_whose_version_is_gone_begins_anew(house: House, ada: Member) -> None:
    source = await ada.watch()
    await house.owner.execute("delete from public.scraped_contents")
    assert [(await ada.check(source))["outcome"] for _ in range(2)] == ["first", "unchanged"]
    house.world.web.change(PRICING, "price")
    assert (await ada.check(source))["outcome"] == "changed"
