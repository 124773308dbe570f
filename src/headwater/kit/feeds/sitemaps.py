"""Sitemaps (sitemaps.org 0.9): which addresses there are; when each was touched, and how often, is left out."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice

from headwater.kit.feeds.root import find_root_name

MAX_ADDRESSES = 50_000

_ROOTS = frozenset(("urlset", "sitemapindex"))
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ELEMENT = re.compile(
    r"<(?P<prefix>(?:\w{1,40}:)?)(?P<name>url|sitemap|loc)(?:\s[^<>]{0,300})?>"
    r"(?:\s{0,200}+(?:<!\[CDATA\[\s{0,200}+)?(?P<address>[^<>\]\s]{1,2048}))?"
)


def looks_like_sitemap(head: str) -> bool:
    """Does a text begin like a sitemap or an index of sitemaps?"""
    return find_root_name(head) in _ROOTS


def list_addresses(text: str) -> frozenset[str]:
    """Return the addresses that a sitemap lists, `MAX_ADDRESSES` at most."""
    return frozenset(islice(_find_addresses(_COMMENT.sub("", text)), MAX_ADDRESSES))


def _find_addresses(text: str) -> Iterator[str]:
    """The first `loc` of each entry that has its prefix: `image:loc` names what is on a page."""
    prefix: str | None = None
    for match in _ELEMENT.finditer(text):
        if match["name"] != "loc":
            prefix = match["prefix"]
        elif match["prefix"] == prefix and match["address"]:
            prefix = None
            yield html.unescape(match["address"])
