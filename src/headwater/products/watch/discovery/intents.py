"""What people ask about, and how sites name the page for it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]{2,}", re.UNICODE)


@dataclass(frozen=True)
class Intent:
    """A kind of page: the words that people ask with, and those that sites link to it with."""

    name: str
    asked: frozenset[str]
    linked: frozenset[str]


def _intent(name: str, asked: str, linked: str) -> Intent:
    return Intent(name, frozenset(asked.split()), frozenset(linked.split()))


INTENTS = (
    _intent(
        "pricing",
        "price prices pricing cost costs plan plans fee fees subscription cheaper expensive discount preis preise tarif"
        " prix",
        "pricing price prices plans plan fees tariffs preise tarife prix precios subscription",
    ),
    _intent(
        "changelog",
        "release releases released version versions update updates changelog feature features ships launches",
        "changelog releases release-notes whatsnew new updates versions changes history",
    ),
    _intent(
        "news",
        "news announce announces announcement announcements press says publishes article articles blog posts",
        "news blog press newsroom announcements articles stories aktuelles actualites noticias",
    ),
    _intent(
        "status",
        "status outage outages down downtime incident incidents uptime",
        "status incidents uptime health",
    ),
    _intent(
        "docs",
        "docs documentation api reference guide deprecated deprecation deprecates",
        "docs documentation reference api guides developers",
    ),
    _intent(
        "jobs",
        "job jobs career careers hiring hires vacancy vacancies position positions",
        "jobs careers career vacancies hiring karriere stellen",
    ),
    _intent(
        "terms",
        "terms privacy policy policies legal licence license conditions",
        "terms privacy policy legal tos agb datenschutz conditions",
    ),
    _intent(
        "events",
        "event events conference meetup concert tickets schedule dates tour",
        "events calendar schedule programme program agenda tickets tour",
    ),
    _intent(
        "products",
        "stock available availability restock sold product products item shop buy",
        "shop store products catalog catalogue collection",
    ),
)


def split_words(text: str) -> set[str]:
    """Return the words of a text in lower case."""
    return {word.lower() for word in _WORD.findall(text)}


def find_intents(query: str) -> list[Intent]:
    """Return what the query asks about; none means that any kind of page may do."""
    words = split_words(query)
    return [intent for intent in INTENTS if intent.asked & words]


def find_page_intent(label: str, path: str) -> Intent | None:
    """Say what kind of page a link leads to, by its text and path."""
    words = split_words(label.replace("-", " ")) | split_words(path.replace("-", " "))
    whole = {part.lower() for part in path.split("/") if part}
    for intent in INTENTS:
        if intent.linked & (words | whole):
            return intent
    return None
