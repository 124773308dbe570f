"""From the body of an answer to a page. It runs in a process of the pool: nothing here is safe from a hostile page."""

from __future__ import annotations

from headwater.kit.feeds.parsing import parse_feed
from headwater.products.watch.checks.timing import FeedRhythm
from headwater.products.watch.page.extract import Page, extract_page
from headwater.products.watch.sources.config import SourceConfig


def read_body(body: bytes, content_type: str, url: str, config: SourceConfig) -> tuple[Page, FeedRhythm | None]:
    """Read a page as its source asks for it, and a feed's own rhythm. Raises `ExtractionFailed`."""
    page = extract_page(
        body,
        content_type=content_type,
        url=url,
        watch_selectors=config.watch_selectors,
        ignore_selectors=config.ignore_selectors,
        ignore_patterns=config.ignore_patterns,
    )
    if page.kind != "feed":
        return page, None
    feed = parse_feed(body, content_type=content_type, url=url)
    return page, FeedRhythm(feed.ttl or 0, feed.skip_hours, feed.skip_days)
