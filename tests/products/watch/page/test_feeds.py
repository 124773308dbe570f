"""Feeds as passages: what is added alerts, an edit of an entry is a rewording."""

from __future__ import annotations

from tests.products.watch.pairs.vectors import embed_ngrams

from headwater.kit.feeds.parsing import parse_feed
from headwater.products.watch.compare.compare import compare
from headwater.products.watch.compare.severity import judge
from headwater.products.watch.page.entries import list_entry_passages

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Valley news</title><link>https://example.com/</link>
<language>en-gb</language><ttl>90</ttl><skipHours><hour>2</hour><hour>24</hour></skipHours><skipDays><day>Sunday</day></skipDays>
{items}</channel></rss>"""
ITEM = (
    "<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
    "<link>https://example.com/{guid}</link><description>{text}</description></item>"
)


def make_rss(*items: tuple[str, str, str]) -> bytes:
    return RSS.format(
        items="".join(ITEM.format(guid=guid, title=title, text=text) for guid, title, text in items)
    ).encode()


def test_a_new_entry_alerts_and_an_edit_is_a_rewording() -> None:
    first = ("1", "Dam opens", "The dam opens on Monday.")
    old = list_entry_passages(parse_feed(make_rss(first)))
    added = compare(
        old, list_entry_passages(parse_feed(make_rss(("2", "Frost", "The apples froze."), first))), embed=embed_ngrams
    )
    assert (len(added.added), judge(added).alert) == (1, True)
    edited = list_entry_passages(
        parse_feed(make_rss(("1", "Everything else", "A wholly different story is told here on Tuesday.")))
    )
    comparison = compare(old, edited, embed=embed_ngrams)
    assert (len(comparison.added), len(comparison.reworded)) == (0, 1)


def test_an_entry_that_only_fell_off_the_end_does_not_alert() -> None:
    old = list_entry_passages(parse_feed(make_rss(("2", "Frost", "The apples froze."), ("1", "Dam", "The dam opens."))))
    new = list_entry_passages(parse_feed(make_rss(("2", "Frost", "The apples froze."))))
    assert judge(compare(old, new, embed=embed_ngrams)).alert is False
