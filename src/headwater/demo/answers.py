"""What the simulated model says: computed from the request, useful, and the same for the same request."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headwater.demo.web.catalogue import Listing, find_words, search_listings

LABELLED = re.compile(
    r"^\s*(?:[-*•]\s+)?(?P<label>added|new|after|now|removed|old|before|was|deleted|\+|-|−)\s*(?:passages?|text)?\s*[:>]?\s+"
    r"(?P<text>\S.*)$",
    re.IGNORECASE,
)
REMOVED_LABELS = frozenset({"removed", "old", "before", "was", "deleted", "-", "−"})
WORD = re.compile(r"\w{3,}")
FACT = re.compile(r"[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?%|v?\d+(?:\.\d+)+|\d[\d.,]*")
QUOTED = 160
SMALL_WORD = 3


@dataclass(frozen=True, slots=True)
class Prompt:
    """What was asked: the rules, the person's words, and the pages that could be found."""

    system: str
    user: str
    listings: Sequence[Listing] = ()
    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)

    def search(self, limit: int = 5) -> list[Listing]:
        """Find the pages that the person's words are about."""
        return search_listings(self.listings, self.user, limit=limit)


def read_prompt(messages: Sequence[Mapping[str, Any]], listings: Sequence[Listing]) -> Prompt:
    """Read chat messages, with contents as text or as parts, and the diff in them where there is one."""
    system = "\n".join(_read_content(message) for message in messages if message.get("role") in {"system", "developer"})
    written = "\n".join(_read_content(message) for message in messages if message.get("role") == "user")
    # Lines of equals signs are the borders of quoted material, not part of what was said.
    user = "\n".join(line for line in written.splitlines() if not line.startswith("====="))
    removed, added = _find_diff(user)
    return Prompt(system, user, listings, removed, added)


def write_summary(prompt: Prompt) -> str:
    """Summarise the diff of the prompt in two sentences, or else the text of it."""
    if not prompt.removed and not prompt.added:
        return _summarise_text(prompt.user)
    pairs, removed, added = _pair_passages(prompt.removed, prompt.added)
    sentences: list[str] = []
    for before, after in pairs[:1]:
        was, now = find_difference(before, after)
        sentences.append(f"Changed from {was} to {now}: “{_quote(after)}”.")
    if added and len(sentences) < 2:
        sentences.append(f"New: “{_quote(max(added, key=len))}”.")
    if removed and len(sentences) < 2:
        sentences.append(f"Removed: “{_quote(max(removed, key=len))}”.")
    rest = len(pairs) + len(added) + len(removed) - len(sentences)
    if len(sentences) < 2:
        sentences.append(f"{_count(rest, 'more passage')} changed with it." if rest else "Nothing else changed.")
    return " ".join(sentences)


def write_reason(prompt: Prompt, listing: Listing) -> str:
    """Say why a page fits the question."""
    spoken = find_words(f"{listing.url} {listing.title} {listing.text}")
    shared = [word for word in dict.fromkeys(WORD.findall(prompt.user)) if find_words(word) & spoken]
    return f"It speaks of {', '.join(shared[:4])}." if shared else "It is the nearest page that was found."


def write_answer(prompt: Prompt) -> str:
    """Answer in free words: the pages that fit with their addresses, or else a summary."""
    found = prompt.search()
    if prompt.removed or prompt.added or not found:
        return write_summary(prompt)
    lines = [f"{number}. {listing.title}: {listing.url}" for number, listing in enumerate(found, start=1)]
    return "These pages are worth watching:\n" + "\n".join(lines)


def find_difference(before: str, after: str) -> tuple[str, str]:
    """Return what was replaced and by what: the facts where they differ, else the words."""
    old, new = FACT.findall(before), FACT.findall(after)
    changed = [(was, now) for was, now in zip(old, new, strict=False) if was != now]
    if len(old) == len(new) and changed:
        return changed[0]
    words_before, words_after = before.split(), after.split()
    matcher = difflib.SequenceMatcher(None, words_before, words_after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            # Small words say little without the word that follows: in stock, out of stock.
            more = int(
                all(len(word) <= SMALL_WORD for word in words_before[start:end] + words_after[new_start:new_end])
            )
            return _name(words_before[start : end + more]), _name(words_after[new_start : new_end + more])
    return before, after


def _find_diff(text: str) -> tuple[list[str], list[str]]:
    found = _find_json_diff(text)
    if found is not None:
        return found
    removed: list[str] = []
    added: list[str] = []
    for line in text.splitlines():
        if line.startswith(("+++", "---", "@@")):
            continue
        match = LABELLED.match(line)
        if match:
            (removed if match["label"].lower() in REMOVED_LABELS else added).append(match["text"].strip())
    return removed, added


def _find_json_diff(text: str) -> tuple[list[str], list[str]] | None:
    start = text.find("{")
    if start < 0:
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(text[start:])
    except ValueError:
        return None
    removed = _list_texts(value, "removed", "before", "old")
    added = _list_texts(value, "added", "after", "new")
    return (removed, added) if removed or added else None


def _list_texts(value: Any, *names: str) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _list_texts(item, *names)]
    if not isinstance(value, dict):
        return []
    texts: list[str] = []
    for name, held in value.items():
        if name in names:
            texts += [held] if isinstance(held, str) else [item for item in held or [] if isinstance(item, str)]
        if isinstance(held, dict | list):
            texts += _list_texts(held, *names)
    return texts


def _pair_passages(removed: Sequence[str], added: Sequence[str]) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """Pair what is near enough to be the same passage in new words."""
    pairs: list[tuple[str, str]] = []
    left = list(added)
    lone: list[str] = []
    for before in removed:
        near = difflib.get_close_matches(before, left, n=1, cutoff=0.5)
        if near:
            pairs.append((before, near[0]))
            left.remove(near[0])
        else:
            lone.append(before)
    return pairs, lone, left


def _summarise_text(text: str) -> str:
    sentences = re.split(r"(?<=[.!?])\s+", " ".join(text.split()))
    return " ".join(sentence for sentence in sentences[:2] if sentence) or "There is nothing to say."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _name(words: list[str]) -> str:
    return _cut(" ".join(words)).strip(" ,;:.") or "nothing"


def _quote(text: str) -> str:
    """Cut a text for quotation marks before a full stop."""
    return _cut(text).rstrip(".")


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1].rstrip()}…"


def _read_content(message: Mapping[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text", "")) for part in content if part.get("type") == "text")
