"""What a page of a site says of itself: its kind, its title, its links. It runs in a process of the pool."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import Literal
from urllib.parse import urljoin, urlsplit

from headwater.kit.feeds.parsing import looks_like_feed
from headwater.kit.feeds.sitemaps import looks_like_sitemap
from headwater.kit.text.charset import decode_body
from headwater.products.watch.page.markup.blocks import Tangle, parse_markup

Kind = Literal["website", "rss", "sitemap"]

MAX_LINKS = 400
MAX_FEEDS = 50
MAX_ADDRESS = 2_048
_FEED_TITLE = re.compile(r"<title(?:\s[^<>]{0,300})?>", re.IGNORECASE)
_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json"}


@dataclass(frozen=True)
class Link:
    """A link of a page: where to, what it says, and the feed type if it declares one."""

    url: str
    label: str
    feed_type: str = ""


@dataclass(frozen=True)
class SitePage:
    """A page that is there. Only a website has links."""

    url: str
    kind: Kind
    title: str
    links: tuple[Link, ...] = ()


def read_site_page(body: bytes, content_type: str, url: str) -> SitePage:
    """Read a page: what it is, what it calls itself, and its links to the same site, feeds first."""
    text = decode_body(body, content_type=content_type)
    head = text[:4000].lstrip("\ufeff \t\r\n")
    if looks_like_sitemap(head):
        return SitePage(url, "sitemap", "")
    if looks_like_feed(head):
        return SitePage(url, "rss", _read_feed_title(head))
    try:
        return _read_website(text[:1_000_000], url)
    except Tangle:
        return SitePage(url, "website", "")


def _read_feed_title(head: str) -> str:
    """Read what a feed calls itself; empty where its head doesn't say. Titles of its entries come after its own."""
    found = _FEED_TITLE.search(head)
    end = head.lower().find("</title", found.end()) if found else -1
    if found is None or end < 0:
        return ""
    title = head[found.end() : end].strip().removeprefix("<![CDATA[").removesuffix("]]>")
    return " ".join(unescape(title).split())[:200]


def _read_website(text: str, address: str) -> SitePage:
    tree = parse_markup(text)
    title_node = tree.css_first("title")
    title = " ".join(title_node.text().split())[:200] if title_node else ""
    site = _site_of(address)
    links = []
    for node in islice(tree.css("link[rel~=alternate][href]"), MAX_FEEDS):
        declared = (node.attributes.get("type") or "").lower()
        url = _join(address, node.attributes["href"] or "")
        if declared in _FEED_TYPES and url:
            links.append(Link(url, (node.attributes.get("title") or "Feed")[:200], declared))
    for node in islice(tree.css("a[href]"), MAX_LINKS):
        url = _join(address, node.attributes["href"] or "")
        if url and _site_of(url) == site:
            links.append(Link(url.partition("#")[0], " ".join(node.text().split())[:200]))
    return SitePage(address, "website", title, tuple(links))


def _join(base: str, reference: str) -> str:
    """Return the address of a link; empty where it is none of the web's."""
    try:
        url = urljoin(base, reference)
        return url if len(url) <= MAX_ADDRESS and urlsplit(url).scheme in {"http", "https"} else ""
    except ValueError:
        return ""


def _site_of(url: str) -> str:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    if ":" in host or not host.strip("0123456789."):
        return host
    return ".".join(host.split(".")[-2:])
