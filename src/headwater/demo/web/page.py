"""A page of the simulated web as it stands now: what its owner changed, and what merely moved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from headwater.core.errors import InvalidInput
from headwater.demo.web.text import Entry, Journal, PageText

Change = Literal[
    "price", "state", "name", "date", "number", "version", "paragraph", "removed", "entry",
    "clock", "counters", "adverts", "token", "markup", "shuffle", "paraphrase",
]  # fmt: skip
Noise = Literal["clock", "counters", "adverts", "token", "markup", "shuffle", "paraphrase"]
NOISE: frozenset[str] = frozenset(get_args(Noise))
MATTERING: frozenset[str] = frozenset(get_args(Change)) - NOISE


@dataclass(slots=True)
class Page:
    """The living state of a page. `modified` is in whole seconds since 1970, as nginx counts."""

    path: str
    text: PageText
    modified: int
    journal: Journal | None = None
    overrides: dict[str, str] = field(default_factory=dict)
    steps: Counter[str] = field(default_factory=Counter)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    published: list[Entry] = field(default_factory=list)
    edited: dict[str, Entry] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    noise: Counter[str] = field(default_factory=Counter)
    live_noise: frozenset[str] = frozenset()
    views: int = 0

    def find_fact(self, name: str) -> str:
        """Return the present value of a fact."""
        if name in self.overrides:
            return self.overrides[name]
        values = self.text.facts[name].values
        return values[self.steps[name] % len(values)]

    def list_entries(self) -> list[Entry]:
        """Return the journal's entries, the newest first."""
        entries = [*reversed(self.published), *(self.journal.entries if self.journal else ())]
        return [self.edited.get(entry.slug, entry) for entry in entries if entry.slug not in self.retired]

    def apply(self, change: Change, *, at: int, value: str | None = None, fact: str | None = None) -> tuple[str, str]:
        """Change the page and give the texts before and after. Raises InvalidInput where the page has no such thing.

        `value` overrides what is scripted (the new price, the text of the paragraph, the heading to remove, the title
        of the entry); `fact` names the fact where the page has several of one kind.
        """
        if change in NOISE:
            outcome = (str(self.noise[change]), str(self.noise[change] + 1))
            self.noise[change] += 1
        elif change == "paragraph":
            outcome = ("", self._add_paragraph(value))
        elif change == "removed":
            outcome = (self._remove_section(value), "")
        elif change == "entry":
            outcome = ("", self._publish_entry(value, at=at))
        else:
            outcome = self._advance_fact(change, value=value, fact=fact)
        # nginx builds its ETag from the second and the length: two changes within one second would look the same.
        self.modified = max(at, self.modified + 1)
        return outcome

    def edit_entry(self, slug: str, *, at: int, title: str | None = None, text: str | None = None) -> tuple[str, str]:
        """Edit an entry, which stays the same entry, or retire it where neither is given. Raises InvalidInput."""
        entry = next((entry for entry in self.list_entries() if entry.slug == slug), None)
        if entry is None:
            raise InvalidInput(f"{self.path} has no entry {slug!r}", code="no_such_fact")
        self.modified = max(at, self.modified + 1)
        if title is None and text is None:
            self.retired.add(slug)
            return entry.title, ""
        self.edited[slug] = replace(entry, title=title or entry.title, text=text or entry.text)
        return entry.title, self.edited[slug].title

    def _advance_fact(self, kind: str, *, value: str | None, fact: str | None) -> tuple[str, str]:
        names = [name for name, known in self.text.facts.items() if name == fact or (not fact and known.kind == kind)]
        left = [section for section in self.text.sections if section.heading not in self.removed]
        names = [name for name in names if any(section.states(name) for section in left)]
        if not names:
            raise InvalidInput(f"{self.path} states no {fact or kind}", code="no_such_fact")
        name = names[0]
        before = self.find_fact(name)
        self.steps[name] += 1
        self.overrides.pop(name, None)
        if value is not None:
            self.overrides[name] = value
        return before, self.find_fact(name)

    def _add_paragraph(self, value: str | None) -> str:
        spare = self.text.spare
        paragraph = value or (spare[len(self.added) % len(spare)] if spare else None)
        if paragraph is None:
            raise InvalidInput(f"{self.path} has no spare paragraph", code="no_such_fact", hint="give a value")
        self.added.append(paragraph)
        return paragraph

    def _remove_section(self, value: str | None) -> str:
        left = [section.heading for section in self.text.sections if section.heading not in self.removed]
        heading = value or (left[-1] if len(left) > 1 else None)
        if heading not in left:
            raise InvalidInput(f"{self.path} has no section to remove", code="no_such_fact")
        self.removed.append(heading)
        return heading

    def _publish_entry(self, value: str | None, *, at: int) -> str:
        if self.journal is None:
            raise InvalidInput(f"{self.path} is no journal", code="no_such_fact")
        coming = self.journal.coming[len(self.published) :]
        if value is None and not coming:
            raise InvalidInput(f"{self.path} has no entry to come", code="no_such_fact", hint="give a value")
        number = len(self.published) + 1
        entry = (
            coming[0] if value is None else Entry(f"entry-{at}-{number}", value, f"{value}.", "2026-11-21T09:00:00Z")
        )
        self.published.append(entry)
        return entry.title
