"""A comparison in two sentences that fit on a phone, and its details as bounded JSON for the alert."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any

from headwater.products.watch.compare.changes import Change
from headwater.products.watch.compare.compare import Comparison
from headwater.products.watch.compare.fact_changes import FactChange

LONGEST_SUMMARY = 280
MAX_ITEMS = 20
LONGEST_TEXT = 600

_PIECE = re.compile(r"\s+|\w+|[^\w\s]")
_NAMES = {
    "price": "Price",
    "percentage": "Percentage",
    "date": "Date",
    "time": "Time",
    "version": "Version",
    "quantity": "Amount",
    "number": "Number",
    "phone": "Phone",
    "email": "E-mail",
    "url": "Address",
    "state": "Status",
    "name": "Name",
    "place": "Place in the list",
}


def summarise(comparison: Comparison, *, title: str = "") -> str:
    """Say what changed: "Price changed from $20 to $24; 2 paragraphs added". Deterministic; at most 280 characters."""
    if comparison.is_empty:
        return "Nothing that matters changed."
    said: list[str] = []
    for fact in dict.fromkeys(comparison.facts):
        if len(said) == 3:
            break
        said.append(_say_fact(fact))
    rest = len(set(comparison.facts)) - len(said)
    if rest > 0:
        said.append(f"{rest} more fact{'s' if rest > 1 else ''} changed")
    for changes, word in ((comparison.added, "added"), (comparison.removed, "removed")):
        if changes:
            said.append(_say_passages(changes, word, alone=not said and len(changes) == 1))
    if not said:
        count = len(comparison.reworded)
        said.append(f"{count} {'passage' if count == 1 else 'passages'} reworded, the facts are the same")
    sentence = "; ".join(said)
    sentence = sentence[0].upper() + sentence[1:]
    prefix = f"{_shorten(title, 60)}: " if title else ""
    return _shorten(prefix + sentence, LONGEST_SUMMARY)


def _say_fact(fact: FactChange) -> str:
    before, after = _shorten(fact.before, 60), _shorten(fact.after, 60)
    if fact.kind == "negation":
        return "a statement was turned into its opposite" if not said_words(fact) else f"“{before}” became “{after}”"
    if fact.kind in ("word", "wording"):
        if before and after:
            return f"“{before}” became “{after}”"
        return f"“{after}” was added" if after else f"“{before}” was removed"
    name = _NAMES.get(fact.kind, fact.kind.capitalize())
    if before and after:
        return f"{name} changed from {before} to {after}"
    return f"{name} {after} is new" if after else f"{name} {before} is gone"


def said_words(fact: FactChange) -> bool:
    """Does a negation change name its words?"""
    return fact.before not in ("affirmed", "negated")


def _say_passages(changes: tuple[Change, ...], word: str, *, alone: bool) -> str:
    kinds = {(change.after or change.before).tag for change in changes if (change.after or change.before) is not None}  # type: ignore[union-attr]
    noun = (
        {"li": "list item", "tr": "table row", "entry": "entry"}.get(next(iter(kinds)), "paragraph")
        if len(kinds) == 1
        else "passage"
    )
    plural = {"entry": "entries"}.get(noun, noun + "s")
    count = len(changes)
    counted = f"{count} {noun if count == 1 else plural} {word}"
    first = changes[0].after or changes[0].before
    if (alone or count == 1) and first is not None:
        return f"{counted}: “{_shorten(first.text, 140)}”"
    return counted


def _shorten(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rpartition(" ")[0] if " " in cut[length // 2 :] else cut).rstrip(" ,;:") + "…"


def diff_details(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON of bounded size: at most 20 items a list, 600 characters a text."""
    return {
        "score": comparison.score,
        "share": comparison.share,
        "reasons": list(comparison.reasons),
        "keywords": list(comparison.keywords),
        "facts": [
            {"kind": fact.kind, "before": _shorten(fact.before, 200), "after": _shorten(fact.after, 200)}
            for fact in comparison.facts[:MAX_ITEMS]
        ],
        "added": [_describe(change) for change in comparison.added[:MAX_ITEMS]],
        "removed": [_describe(change) for change in comparison.removed[:MAX_ITEMS]],
        "reworded": [_describe(change) for change in comparison.reworded[:MAX_ITEMS]],
        "counts": {
            "added": len(comparison.added),
            "removed": len(comparison.removed),
            "reworded": len(comparison.reworded),
            "moved": comparison.moved,
            "noise": len(comparison.noise),
        },
    }


def _describe(change: Change) -> dict[str, Any]:
    passage = change.after or change.before
    assert passage is not None  # noqa: S101 — a change has at least one side
    described: dict[str, Any] = {"kind": change.kind, "score": change.score, "tag": passage.tag}
    if passage.heading:
        described["heading"] = passage.heading
    if change.before is not None and change.after is not None:
        described["spans"] = mark_words(change.before.text[:LONGEST_TEXT], change.after.text[:LONGEST_TEXT])
    else:
        described["text"] = _shorten(passage.text, LONGEST_TEXT)
    return described


def mark_words(before: str, after: str) -> list[dict[str, str]]:
    """Two texts as one row of spans: `{"op": "same" | "removed" | "added", "text": …}`, cut between words."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    spans: list[dict[str, str]] = []
    for operation, old_start, old_end, new_start, new_end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if operation == "equal":
            spans.append({"op": "same", "text": "".join(old[old_start:old_end])})
            continue
        if old_end > old_start:
            spans.append({"op": "removed", "text": "".join(old[old_start:old_end])})
        if new_end > new_start:
            spans.append({"op": "added", "text": "".join(new[new_start:new_end])})
    return spans
