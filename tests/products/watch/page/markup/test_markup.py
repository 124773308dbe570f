"""What is known of markup before it is parsed: what it begins with, and whether its tags are bounded."""

from __future__ import annotations

import pytest

from headwater.kit.feeds.parsing import looks_like_feed, parse_feed
from headwater.kit.feeds.root import find_root_name
from headwater.kit.feeds.sitemaps import looks_like_sitemap
from headwater.kit.text.charset import decode_body
from headwater.products.watch.discovery.site_pages import read_site_page
from headwater.products.watch.page.entries import list_address_passages
from headwater.products.watch.page.markup.blocks import MAX_ATTRIBUTES, MAX_TAG_CHARACTERS, Tangle, parse_markup


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<rss version='2.0'>", "rss"),
        ("<?xml version='1.0'?>\n<?xml-stylesheet href='x'?> <!-- made > by --> <!DOCTYPE rss>\n<rss>", "rss"),
        ("<!---->" * 280 + "<feed xmlns='http://www.w3.org/2005/Atom'>", "feed"),
        ("<rdf:RDF xmlns='x'>", "rdf"),
        ("<ns0:urlset>", "urlset"),
        ("<feeder>", "feeder"),
        ("<feed-x>", "feed-x"),
        ("<!-- <rss> without an end", ""),
        ("<?xml version='1.0'", ""),
        ("  text <rss>", ""),
        ("", ""),
    ],
)
def test_the_root_is_found_past_declarations_and_comments(head: str, name: str) -> None:
    assert find_root_name(head) == name
    assert looks_like_feed(head) == (name in ("rss", "feed", "rdf"))
    assert looks_like_sitemap(head) == (name == "urlset")


@pytest.mark.parametrize(
    "between", [" a{}=1", " a{}", "/a{}", " a{}='<'", ' a{}="x > y"', "\n a{} = 1", ' a{}="1"', " a{}=<p"]
)
def test_attributes_are_counted_however_they_are_written(between: str) -> None:
    fitting, beyond = ("".join(between.format(number) for number in range(MAX_ATTRIBUTES + more)) for more in (0, 1))
    assert parse_markup(f"<p{fitting}>x</p>") is not None
    for tag in (f"<p{beyond}>x</p>", f"<p>it's</p><p{beyond}", f"</p{beyond}>"):
        with pytest.raises(Tangle, match="too_many_attributes"):
            parse_markup(tag)


def test_long_tags_of_few_attributes_are_read_and_endless_ones_refused() -> None:
    picture = f'<img src="data:image/png;base64,{"A" * 1_000_000}"><p>it costs $20</p>'
    root = parse_markup(picture).root
    assert root is not None
    assert "it costs $20" in root.text()
    assert parse_markup("<p>a < b</p>" * 2_000 + "don't <b>shout") is not None
    with pytest.raises(Tangle, match="tag_too_long"):
        parse_markup(f'<p title="{"a" * MAX_TAG_CHARACTERS}')


def test_a_page_in_an_encoding_that_is_none_of_the_webs_is_read_as_what_it_is() -> None:
    body = "<meta charset=punycode><p>Übergröße</p>".encode()
    for content_type in ("text/html", "text/html; charset=idna", "text/html; charset=unicode_escape"):
        assert "Übergröße" in decode_body(body, content_type=content_type)


def test_a_feeds_wishes_are_read_whatever_the_case() -> None:
    hours = "<skipHours><hour>3</hour><hour> 27 </hour></skipHours>"
    days = "<SKIPDAYS><day>Sunday</day><day>Never</day></SKIPDAYS>"
    feed = parse_feed(f"<rss version='2.0'><channel><title>News</title>{hours}{days}</channel></rss>".encode())
    assert feed.skip_hours == {3}
    assert feed.skip_days == {6}


def test_addresses_of_a_sitemap_are_read_in_and_out_of_sections() -> None:
    first = "<url><loc>  <![CDATA[ https://a.example/1 ]]></loc></url>"
    second = "<url><loc> https://a.example/2</loc></url>"
    found = list_address_passages(f"<urlset>{first}{second}</urlset>")
    assert [passage.text for passage in found] == ["https://a.example/1", "https://a.example/2"]


def test_a_site_page_tells_its_kind_title_and_links() -> None:
    url = "https://shop.example/"
    markup = (
        "<title> A  shop </title><link rel=alternate type=application/rss+xml href=/feed title=News>"
        "<a href=/prices#top>Prices</a><a href=https://www.shop.example/b>B</a><a href=https://other.example/>O</a>"
        f"<a href='http://[broken'>X</a><a href='/{'x' * 3_000}'>long</a><a href='mailto:a@b.example'>mail</a>"
    )
    page = read_site_page(markup.encode(), "text/html", url)
    assert (page.kind, page.title) == ("website", "A shop")
    assert [(link.url, link.label, link.feed_type) for link in page.links] == [
        (f"{url}feed", "News", "application/rss+xml"),
        (f"{url}prices", "Prices", ""),
        ("https://www.shop.example/b", "B", ""),
    ]
    feed = read_site_page(
        b"<rss><channel><title><![CDATA[ A &amp; B ]]></title><item><title>1</title>", "text/xml", url
    )
    assert (feed.kind, feed.title) == ("rss", "A & B")
    assert read_site_page(b"<urlset>", "text/xml", url).kind == "sitemap"
    untitled = read_site_page(b"<rss><channel><title>" + b"<title>" * 500, "text/xml", url)
    assert (untitled.kind, untitled.title) == ("rss", "")
    tangled = read_site_page(("<p" + " a=1" * 501 + ">").encode(), "text/html", url)
    assert (tangled.kind, tangled.title, tangled.links) == ("website", "", ())
