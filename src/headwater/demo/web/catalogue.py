"""The pages of the simulated web as a search engine would list them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

WORD = re.compile(r"[a-z0-9]{3,}")
ENDING = re.compile(r"(?:ings?|es|ed|s|e)$")
COMMON = frozenset(
    {
        "about",
        "and",
        "any",
        "are",
        "change",
        "changes",
        "for",
        "from",
        "its",
        "new",
        "page",
        "site",
        "tell",
        "that",
        "the",
        "this",
        "when",
        "with",
        "you",
    }
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page that can be found. `kind` is website, rss or sitemap."""

    url: str
    title: str
    kind: str
    text: str


def search_listings(listings: Iterable[Listing], query: str, *, limit: int = 5) -> list[Listing]:
    """Return the listings that share words with the query, the best first; the same answer for the same query."""
    wanted = find_words(query)
    ranked = sorted(
        ((_score(listing, wanted), position, listing) for position, listing in enumerate(listings)),
        key=lambda found: (-found[0], found[1]),
    )
    return [listing for score, _, listing in ranked if score > 0][:limit]


def find_words(text: str) -> frozenset[str]:
    """Return the telling words of a text, in lower case and without their endings: prices and pricing are one."""
    return frozenset(ENDING.sub("", word) for word in WORD.findall(text.lower()) if word not in COMMON)


def _score(listing: Listing, wanted: frozenset[str]) -> int:
    address = find_words(f"{listing.url.partition('//')[2].partition('/')[2]} {listing.title}")
    return 5 * len(wanted & address) + len(wanted & find_words(listing.text))
