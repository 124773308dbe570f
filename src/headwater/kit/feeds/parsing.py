"""RSS, Atom and RDF feeds: entries known by guid or id, never by title; how often the feed wants to be read."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headwater.core.text import clean_text
from headwater.kit.feeds.root import find_root_name
from headwater.kit.text.normalising import hash_text, normalise_text

MAX_ENTRIES = 500
MAX_ENTRY_CHARACTERS = 1_500

_ROOTS = frozenset(("rss", "feed", "rdf"))
_TAG = re.compile(r"<[^<>]{1,2000}>")
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,100})|([0-9]{1,100}));")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `identity` is guid or id, else the link, else a hash of the text; `published` as the feed wrote it."""

    identity: str
    title: str
    text: str
    link: str
    published: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed. `ttl` in minutes or None; `skip_hours` (0–23, GMT) and `skip_days` (0 is Monday) are what it asks for."""

    title: str
    language: str
    link: str
    entries: tuple[Entry, ...]
    ttl: int | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    bozo: bool = False


def looks_like_feed(head: str) -> bool:
    """Does a text begin like RSS, Atom or RDF?"""
    return find_root_name(head) in _ROOTS


def parse_feed(body: bytes, *, content_type: str = "", url: str = "") -> Feed:
    """Parse a feed; a broken one gives the entries that could be read."""
    import feedparser

    headers = {"content-type": content_type or "application/xml", "content-location": url}
    parsed = feedparser.parse(
        _clean_body(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    head = parsed.feed
    entries: dict[str, Entry] = {}
    for item in parsed.entries[:MAX_ENTRIES]:
        entry = _read_entry(item)
        entries.setdefault(entry.identity, entry)
    return Feed(
        title=normalise_text(str(head.get("title", "")))[:300],
        language=str(head.get("language", ""))[:2].lower(),
        link=clean_text(str(head.get("link", ""))),
        entries=tuple(entries.values()),
        ttl=_read_number(head.get("ttl")),
        skip_hours=_read_skip_hours(body),
        skip_days=_read_skip_days(body),
        bozo=bool(parsed.get("bozo")),
    )


def _clean_body(body: bytes) -> bytes:
    # The parser stops at a reference to half a surrogate or to what is no character, and leaves NUL where it stands.
    return _REFERENCE.sub(_keep_reference, body if body.startswith(_UTF_16) else body.replace(b"\x00", b""))


def _keep_reference(match: re.Match[bytes]) -> bytes:
    number = int(match[1], 16) if match[1] else int(match[2])
    return match[0] if number <= sys.maxunicode and clean_text(chr(number)) else b""


def _read_entry(item: Mapping[str, Any]) -> Entry:
    title = _strip_markup(str(item.get("title", "")))
    content = item.get("content") or []
    text = _strip_markup(str(content[0].get("value", "")) if content else str(item.get("summary", "")))
    link = clean_text(str(item.get("link", "")))
    identity = clean_text(str(item.get("id") or "")) or link or hash_text(f"{title}\n{text}")
    return Entry(
        identity=identity,
        title=title,
        text=text[:MAX_ENTRY_CHARACTERS],
        link=link,
        published=clean_text(str(item.get("published") or item.get("updated") or "")),
    )


def _strip_markup(text: str) -> str:
    import html

    return normalise_text(html.unescape(_TAG.sub(" ", text)))


def _read_number(value: object) -> int | None:
    digits = str(value or "").strip()
    return int(digits) if digits.isdigit() and len(digits) < 8 else None


def _read_skip_hours(body: bytes) -> frozenset[int]:
    hours = re.findall(rb"<hour>\s*(\d{1,2})\s*</hour>", _read_element(body, b"skiphours"))
    return frozenset(int(hour) % 24 for hour in hours)


def _read_skip_days(body: bytes) -> frozenset[int]:
    days = re.findall(rb"<day>\s*([a-z]{6,9})\s*</day>", _read_element(body, b"skipdays"))
    return frozenset(_DAYS.index(day.decode()) for day in days if day.decode() in _DAYS)


def _read_element(body: bytes, name: bytes) -> bytes:
    """Return what the first element of this name in the head of a feed holds, in lower case."""
    head = body[:200_000].lower()
    start = head.find(b"<" + name + b">")
    end = head.find(b"</" + name + b">", start)
    return head[start:end][:2_000] if 0 <= start < end else b""
