"""Feeds: entries by identity, how often a feed wants to be read, what broken ones give."""

from __future__ import annotations

from headwater.kit.feeds.parsing import looks_like_feed, parse_feed

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


def test_broken_feeds_give_what_can_be_read() -> None:
    feed = parse_feed(make_rss(("1", "Dam opens", "The dam opens."))[:-30])
    assert [entry.title for entry in feed.entries] == ["Dam opens"]
    assert parse_feed(b"").entries == ()


def test_feeds_are_known_by_their_root() -> None:
    assert looks_like_feed('<?xml version="1.0"?>\n<!-- hi -->\n<rss version="2.0">')
    assert looks_like_feed("<rdf:RDF xmlns='x'>")
    assert not looks_like_feed("<html><body><rss>")
