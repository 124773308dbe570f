"""What the sites of the simulated web are written in: pages of sections with named facts, journals, whole sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FactKind = Literal["price", "state", "name", "date", "number", "version"]
RobotsKind = Literal["open", "forbidding", "missing", "failing", "huge", "crawl_delay", "redirecting"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that the page states and that changes in meaning, step by step through `values`."""

    kind: FactKind
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with paragraphs, list items and table rows; texts name facts as `{fact}`.

    A paragraph given as a tuple has several wordings of the same meaning. Items may stand in any order.
    """

    heading: str
    paragraphs: tuple[str | tuple[str, ...], ...] = ()
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def states(self, fact: str) -> bool:
        """Say whether a text of the section names the fact."""
        wordings = [(one,) if isinstance(one, str) else one for one in self.paragraphs]
        texts = [
            *(text for several in wordings for text in several),
            *self.items,
            *(cell for row in self.rows for cell in row),
        ]
        return any(f"{{{fact}}}" in text for text in texts)


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as its owner wrote it. `spare` are the paragraphs that it may gain later."""

    title: str
    sections: tuple[Section, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    spare: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a journal; `slug` is its identity, in the feeds and as its page."""

    slug: str
    title: str
    text: str
    published: str
    author: str = "The editors"


@dataclass(frozen=True, slots=True)
class Journal:
    """A list of dated entries on one page, as RSS and as Atom; `coming` are published on command, in order.

    `ttl_minutes` and `skip_hours` (0 to 23, GMT) are RSS's way to say when not to look.
    """

    page: str
    rss: str
    atom: str
    entries: tuple[Entry, ...]
    coming: tuple[Entry, ...] = ()
    ttl_minutes: int | None = None
    skip_hours: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A site: its pages by path, how its robots.txt answers, and a mode that all of it starts in."""

    name: str
    title: str
    tagline: str
    pages: Mapping[str, PageText]
    journal: Journal | None = None
    robots: RobotsKind = "open"
    mode: str = "normal"
    mode_seconds: float | None = None
    mode_times: int | None = None
    page_modes: Mapping[str, str] = field(default_factory=dict)
    redirects: Mapping[str, tuple[int, str]] = field(default_factory=dict)
