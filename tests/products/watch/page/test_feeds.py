"""Feeds: entries by identity, the feed's own wishes, edits as rewordings."""

from __future__ import annotations

from tests.products.watch.pairs.vectors import embed_ngrams

from headwater.products.watch.compare.compare import compare
from headwater.products.watch.compare.severity import judge
from headwater.products.watch.page.feeds import list_entry_passages, looks_like_feed, parse_feed

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Valley news</title><link>https://example.com/</link>
<language>en-gb</language><ttl>90</ttl><skipHours><hour>2</hour><hour>24</hour></skipHours><skipDays><day>Sunday</day></skipDays>
{items}</channel></rss>"""
ITEM = (
    "<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
    "<link>https://example.com/{guid}</link><description>{text}</description></item>"
)
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Releases</title><entry><id>tag:example.com,2025:1</id><title>1.0</title>
<summary type="html">&lt;p&gt;First &lt;b&gt;release&lt;/b&gt;&lt;/p&gt;</summary>
<updated>2025-01-01T00:00:00Z</updated></entry></feed>"""


def make_rss(*items: tuple[str, str, str]) -> bytes:
    return RSS.format(
        items="".join(ITEM.format(guid=guid, title=title, text=text) for guid, title, text in items)
    ).encode()


def test_a_feed_says_how_often_it_wants_to_be_read() -> None:
    feed = parse_feed(make_rss(("1", "Dam opens", "The dam opens today.")))
    assert (feed.title, feed.language, feed.ttl) == ("Valley news", "en", 90)
    assert feed.skip_hours == {2, 0}
    assert feed.skip_days == {6}


def test_identity_is_the_guid_and_not_the_title() -> None:
    feed = parse_feed(make_rss(("1", "Same title", "One."), ("2", "Same title", "Two."), ("2", "Twice", "The same.")))
    assert [entry.identity for entry in feed.entries] == ["1", "2"]


def test_atom_is_read_without_its_markup() -> None:
    entry = parse_feed(ATOM.encode()).entries[0]
    assert (entry.identity, entry.text) == ("tag:example.com,2025:1", "First release")


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


def test_broken_feeds_give_what_can_be_read() -> None:
    feed = parse_feed(make_rss(("1", "Dam opens", "The dam opens."))[:-30])
    assert [entry.title for entry in feed.entries] == ["Dam opens"]
    assert parse_feed(b"").entries == ()


def test_feeds_are_known_by_their_root() -> None:
    assert looks_like_feed('<?xml version="1.0"?>\n<!-- hi -->\n<rss version="2.0">')
    assert looks_like_feed("<rdf:RDF xmlns='x'>")
    assert not looks_like_feed("<html><body><rss>")
