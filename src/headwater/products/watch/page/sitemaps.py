"""Sitemaps (sitemaps.org 0.9): one passage an address; when it was touched and how often it changes says nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice

from headwater.products.watch.page.markup_root import find_root_name
from headwater.products.watch.page.passages import MAX_PASSAGES, Passage, hash_text

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


def list_address_passages(text: str) -> tuple[Passage, ...]:
    """Each address as a passage, sorted: their order says nothing. At most `MAX_PASSAGES`, of the longest site too."""
    addresses = sorted(set(islice(_find_addresses(_COMMENT.sub("", text)), MAX_ADDRESSES)))
    return tuple(
        Passage(text=address, hash=hash_text(address), ordinal=ordinal, tag="address", hints=(f"id:{address}",))
        for ordinal, address in enumerate(addresses[:MAX_PASSAGES])
    )


def _find_addresses(text: str) -> Iterator[str]:
    """The first `loc` of each entry that has its prefix: `image:loc` names what is on a page."""
    prefix: str | None = None
    for match in _ELEMENT.finditer(text):
        if match["name"] != "loc":
            prefix = match["prefix"]
        elif match["prefix"] == prefix and match["address"]:
            prefix = None
            yield html.unescape(match["address"])
