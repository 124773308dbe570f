"""Sitemaps: addresses that come and go are told, when they were touched and in which order they stand is not."""

from __future__ import annotations

import pytest
from tests.products.watch.pairs.vectors import embed_ngrams

from headwater.products.watch.compare.compare import Comparison, compare
from headwater.products.watch.compare.severity import judge
from headwater.products.watch.page.extract import Page, extract_page

OPENING = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


def write_sitemap(*paths: str, touched: str = "2025-03-01", priority: str = "0.5") -> bytes:
    """A sitemap of example.com with these paths."""
    entries = "".join(
        f"<url>\n <loc> https://example.com/{path} </loc><lastmod>{touched}</lastmod><changefreq>daily</changefreq>"
        f"<priority>{priority}</priority></url>"
        for path in paths
    )
    return f"{OPENING}{entries}</urlset>".encode()


def read(body: bytes) -> Page:
    """The page that a server sends as XML."""
    return extract_page(body, content_type="application/xml", url="https://example.com/sitemap.xml")


def compare_bodies(old: bytes, new: bytes) -> Comparison:
    """Two versions of a sitemap against each other."""
    return compare(read(old).passages, read(new).passages, embed=embed_ngrams)


def test_each_address_is_a_passage_and_nothing_else_is() -> None:
    page = read(write_sitemap("b", "a?x=1&amp;y=2"))
    assert (page.kind, page.usable) == ("sitemap", True)
    assert [passage.text for passage in page.passages] == ["https://example.com/a?x=1&y=2", "https://example.com/b"]


def test_dates_priorities_and_order_are_no_change() -> None:
    comparison = compare_bodies(write_sitemap("a", "b"), write_sitemap("b", "a", touched="2025-06-09", priority="0.9"))
    assert comparison.is_empty


@pytest.mark.parametrize("path", ["c", "post-3", "2025/06/10/news", "sponsored", "views/1204"])
def test_a_new_address_and_one_that_is_gone_are_told(path: str) -> None:
    fewer, more = write_sitemap("a", "post-1", "post-2"), write_sitemap("a", "post-1", "post-2", path)
    assert judge(compare_bodies(fewer, more)).alert
    assert judge(compare_bodies(more, fewer)).alert


def test_one_address_in_place_of_another_is_told() -> None:
    assert judge(compare_bodies(write_sitemap("a", "release-1.4"), write_sitemap("a", "release-1.5"))).alert


def test_prefixes_images_comments_and_indexes_are_read() -> None:
    body = (
        b'<!-- made by hand --><s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url>'
        b"<s:loc><![CDATA[https://example.com/a]]></s:loc><image:image><image:loc>https://example.com/i.png</image:loc>"
        b"</image:image></s:url><!-- <s:url><s:loc>https://example.com/old</s:loc></s:url> --></s:urlset>"
    )
    assert [passage.text for passage in read(body).passages] == ["https://example.com/a"]
    index = (
        b"<sitemapindex><sitemap><loc>https://example.com/s1.xml</loc><lastmod>2025</lastmod></sitemap></sitemapindex>"
    )
    assert [passage.text for passage in read(index).passages] == ["https://example.com/s1.xml"]


def test_a_broken_sitemap_is_read_in_bounded_work() -> None:
    page = read(OPENING.encode() + b"<url><loc>" * 100_000)
    assert page.passages == ()
    assert len(read(OPENING.encode() + b"<url><loc>https://example.com/a</loc>" * 3).passages) == 1
