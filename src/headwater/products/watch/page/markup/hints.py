"""What an element's names and attributes say of the text in it: boilerplate to drop, or a hint that it is noise.

Names lie: a pricing card is called "popular", a list of content "views-row", a page "has-ads". So a name counts only
where the element also looks like what it is called.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from headwater.products.watch.language.stamps import is_relative_time
from headwater.products.watch.page.markup.boilerplate import is_boilerplate, is_link_list, name_hints, name_region

_WHOLE_PAGE = frozenset(("html", "body", "main", "article", "h1", "table", "tbody"))
_NEVER_DROPPED = _WHOLE_PAGE | {"td", "tr", "th"}
_LONGEST = {
    "advert": 1_200,
    "promotion": 400,
    "counter": 80,
    "clock": 80,
    "widget": 600,
    "meta": 300,
    "personal": 200,
    "popup": 600,
    "slides": 600,
    "notice": 2_000,
    "weather": 600,
    "related": 6_000,
}
_PRIVACY = re.compile(
    r"cookie|privacy|consent|datenschutz|confidentialité|privacidad|tracking|gdpr|クッキー", re.IGNORECASE
)
_ADVERT_LABELS = frozenset(("advertisement", "sponsored", "ad", "advert", "anzeige", "publicité", "publicidad", "広告"))
_ADVERT_HOSTS = (
    "ad.",
    "ads.",
    "adserver.",
    "adclick.",
    "track.",
    "click.",
    "clicks.",
    "tracking.",
    "promo.",
    "sponsor.",
)
_ADVERT_PARTS = ("doubleclick", "googlesyndication", "taboola", "outbrain", "adservice", "adnxs", "criteo")
_ADVERT_MARKS = (
    *(
        "/ads/",
        "/adclick",
        "/ad/",
        "/sponsored",
        "adid=",
        "ad_id=",
        "campaign_id=",
        "utm_medium=cpc",
        "utm_medium=display",
    ),
    *("utm_medium=banner", "affid=", "aff_id=", "gclid=", "clickid="),
)


def is_dropped(node: LexborNode, tag: str, words: str) -> bool:
    """Is an element with these names a cookie banner, a share bar, or navigation that holds nothing but links?"""
    if tag in _NEVER_DROPPED:
        return False
    kind = is_boilerplate(words)
    if kind == "privacy":
        text = node.text()
        return len(text) <= 2_500 and _PRIVACY.search(text) is not None
    if kind == "form":
        return len(node.text()) <= 400 and node.css_first("input, form, button") is not None
    if kind:
        return len(node.text()) <= 300
    if is_link_list(words) and tag not in ("a", "li", "span", "button"):
        return _linked_share(node) >= 0.8
    return False


def add_name_hints(node: LexborNode, tag: str, words: str, hints: tuple[str, ...]) -> tuple[str, ...]:
    """The hints, with those that the element's names give and its looks do not belie."""
    found = name_hints(words)
    if not found or tag in _WHOLE_PAGE:
        return hints
    size = len(node.text().strip())
    kept = [hint for hint in dict.fromkeys(found) if hint not in hints and size <= _LONGEST[hint]]
    if "related" in kept and _linked_share(node) < 0.5:
        kept.remove("related")
    return (*hints, *kept) if kept else hints


def find_named_region(node: LexborNode, tag: str, words: str) -> str:
    """The edge of the page (aside, footer) that an element with these names is, or "" where it holds the title."""
    region = name_region(words)
    if not region or tag in _WHOLE_PAGE or tag in ("td", "tr", "li", "a"):
        return ""
    return "" if node.css_first("h1, main, [role=main]") is not None else region


def add_attribute_hints(
    attributes: dict[str, str | None], tag: str, hints: tuple[str, ...], *, own_host: str, node: LexborNode
) -> tuple[str, ...]:
    """The hints, with what roles, labels, link targets and data attributes say."""
    found = ""
    if attributes.get("role") in ("alert", "status") or attributes.get("aria-live") == "assertive":
        found = "notice"
    elif (tag == "time" and is_relative_time(node.text())) or attributes.get("role") in ("timer", "marquee"):
        found = "clock"
    elif (attributes.get("aria-label") or "").strip().lower() in _ADVERT_LABELS:
        found = "advert"
    elif tag == "a" and ("sponsored" in (attributes.get("rel") or "") or is_advert_link(attributes.get("href") or "")):
        found = "advertlink"
    elif tag == "a" and leads_away(attributes.get("href") or "", own_host=own_host):
        found = "outbound"
    elif any(
        name.startswith(("data-ad-", "data-ads", "data-advert", "data-sponsor", "data-google-query"))
        for name in attributes
    ):
        found = "advert"
    return (*hints, found) if found and found not in hints else hints


def leads_away(address: str, *, own_host: str) -> bool:
    """Does a link leave the site? Hosts that share their last two names are one site."""
    if not address[:8].lower().startswith(("http://", "https://", "//")):
        return False
    host = address.partition("//")[2].partition("/")[0].partition(":")[0].lower().removeprefix("www.")
    return bool(own_host) and host.split(".")[-2:] != own_host.split(".")[-2:]


def is_advert_link(address: str) -> bool:
    """Does a link lead over an advertiser's counter?"""
    lowered = address[:300].lower()
    host = lowered.partition("//")[2].partition("/")[0]
    return (
        host.startswith(_ADVERT_HOSTS)
        or any(part in host for part in _ADVERT_PARTS)
        or any(mark in lowered for mark in _ADVERT_MARKS)
    )


def _linked_share(node: LexborNode) -> float:
    """The share of an element's text that is in links."""
    whole = sum(map(len, node.text().split()))
    linked = sum(len(word) for link in node.css("a")[:500] for word in link.text().split())
    return linked / whole if whole else 1.0
