"""RSS and OPML as they are written, and as we read them again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from headwater.core.errors import InvalidInput, TooLarge
from headwater.kit.feeds.opml import Outline, read_opml, write_opml
from headwater.kit.feeds.parsing import parse_feed
from headwater.kit.feeds.rss import Item, write_rss

AT = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)


def make_item(**changes: str) -> Item:
    """Make an item."""
    given = {"guid": "1", "title": "Title", "link": "https://example.com/1", "category": "low", "description": "Text"}
    return Item(published=AT, **{**given, **changes})


def test_what_is_written_as_rss_is_read_again() -> None:
    items = [make_item(guid=str(number), title=f"Number {number} & <more>") for number in range(3)]
    feed = parse_feed(write_rss(items, title="Things", link="https://example.com/", description="All"))
    assert (feed.title, feed.link, feed.bozo) == ("Things", "https://example.com/", False)
    assert [entry.identity for entry in feed.entries] == ["0", "1", "2"]
    assert feed.entries[0].published == "Mon, 30 Nov 2026 22:00:00 +0000"
    assert feed.entries[1].text == "Text"


def test_what_xml_has_no_place_for_is_left_out_everywhere() -> None:
    odd = "a\x0b\x00\ufffeb"
    item = make_item(guid=odd, title=odd, link=odd, category=odd, description=odd)
    feed = parse_feed(write_rss([item], title=odd, link=odd, description=odd))
    assert (feed.title, feed.bozo, [entry.title for entry in feed.entries]) == ("ab", False, ["ab"])
    (outline,) = read_opml(write_opml([Outline(odd, odd, "page", {"own": odd})], title=odd), max_outlines=1)
    assert (outline.text, outline.url, outline.attributes["own"]) == ("ab", "ab", "ab")


def test_what_is_written_as_opml_is_read_again() -> None:
    given = [
        Outline("Prices & <plans>", "https://example.com/", "page", {"every": "60"}),
        Outline("News", "https://example.com/feed", "feed"),
    ]
    found = read_opml(write_opml(given, title="Mine"), max_outlines=2)
    assert [(one.text, one.url, one.kind) for one in found] == [(one.text, one.url, one.kind) for one in given]
    assert found[0].attributes["every"] == "60"


def test_outlines_in_groups_are_read_and_too_many_refused() -> None:
    document = (
        b"<opml><body><outline text='g'><outline text='a' htmlUrl='x'/><outline xmlUrl='y'/></outline></body></opml>"
    )
    assert [(one.text, one.url, one.kind) for one in read_opml(document, max_outlines=2)] == [
        ("a", "x", "page"),
        ("", "y", "feed"),
    ]
    with pytest.raises(TooLarge):
        read_opml(document, max_outlines=1)


@pytest.mark.parametrize(
    "document",
    [b"", b"<html/>", b"<opml>", b"<!DOCTYPE o [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><rss>&e;</rss>"],
)
def test_what_is_no_opml_is_refused(document: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_opml(document, max_outlines=9)
    assert refused.value.code == "invalid_opml"


def test_entities_of_a_foreign_document_are_not_resolved() -> None:
    document = (
        b"<!DOCTYPE o [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><opml><outline text='x' url='u'>&e;</outline></opml>"
    )
    (outline,) = read_opml(document, max_outlines=1)
    assert (outline.text, outline.url) == ("x", "u")
