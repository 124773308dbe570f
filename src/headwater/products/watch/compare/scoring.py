"""How much a change matters, from 0 to 1; `DEFAULT_THRESHOLD` parts alerts from what is only recorded."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.products.watch.compare.align import Fragment
from headwater.products.watch.compare.changes import Change, ChangeKind
from headwater.products.watch.compare.fact_changes import FactChange
from headwater.products.watch.language.facts import find_hard_facts
from headwater.products.watch.language.weight import GRAVE
from headwater.products.watch.page.passages import Passage

DEFAULT_THRESHOLD = 0.4
_GRAVE = frozenset(("price", "state", "version", "date", "percentage", "phone", "email", "negation", "time"))
_BELOW = 0.2


def score_change(kind: ChangeKind, fragment: Fragment, *, base: float = 0.0, facts: Sequence[FactChange] = ()) -> float:
    """The weight of one change. In a footer only changed facts and whole new sentences count."""
    if fragment.passage.region == "footer" and not _matters_in_footer(kind, fragment, facts):
        return min(base or _BELOW, _BELOW)
    if kind in ("added", "removed") and fragment.passage.region != "main" and _is_mere_link(fragment):
        return _BELOW
    if kind == "added":
        long = min(0.15, len(fragment.text) / 2000)
        return round(0.55 + long + (0.1 if find_hard_facts(fragment.text) else 0.0), 3)
    if kind == "removed" and fragment.passage.tag == "entry":
        return _BELOW
    if kind == "removed":
        link_only = "link" in fragment.passage.hints and not find_hard_facts(fragment.text)
        return 0.25 if link_only else round(0.45 + min(0.15, len(fragment.text) / 2000), 3)
    if kind in ("fact", "word") and any(fact.kind in _GRAVE for fact in facts):
        return round(min(1.0, base + 0.1), 3)
    return base


def _is_mere_link(fragment: Fragment) -> bool:
    """Does a passage only lead somewhere, without a day, a price or bad news?"""
    text = fragment.passage.text
    return "link" in fragment.passage.hints and not find_hard_facts(text) and GRAVE.search(text) is None


def _matters_in_footer(kind: ChangeKind, fragment: Fragment, facts: Sequence[FactChange]) -> bool:
    if kind == "added":
        return len(fragment.text.split()) >= 6 and "link" not in fragment.passage.hints
    return kind in ("fact", "word") and any(fact.kind != "version" for fact in facts)


def score_comparison(
    changes: Sequence[Change], *, old: Sequence[Passage], new: Sequence[Passage], keywords: Sequence[str]
) -> tuple[float, float, tuple[str, ...]]:
    """(score, share of the text touched, reasons). The gravest change decides; breadth and keywords add to it."""
    if not changes:
        return 0.0, 0.0, ()
    size = max(1, sum(len(passage.text) for passage in old), sum(len(passage.text) for passage in new))
    touched = sum(
        max(len(change.before.text) if change.before else 0, len(change.after.text) if change.after else 0)
        for change in changes
    )
    share = min(1.0, touched / size)
    gravest = max(change.score for change in changes)
    score = gravest
    if gravest >= DEFAULT_THRESHOLD:
        score = min(1.0, gravest + 0.1 * share + (0.2 if keywords else 0.0))
    elif keywords:
        score = min(1.0, gravest + 0.1)
    return round(score, 3), round(share, 4), tuple(_list_reasons(changes, keywords))


def _list_reasons(changes: Sequence[Change], keywords: Sequence[str]) -> list[str]:
    reasons: list[str] = []
    for change in changes:
        for fact in change.facts[:3]:
            if fact.before and fact.after:
                reasons.append(f"{fact.kind} changed from {fact.before} to {fact.after}")
            elif fact.after:
                reasons.append(f"{fact.kind} {fact.after} is new")
            else:
                reasons.append(f"{fact.kind} {fact.before} is gone")
    for kind, words in (("added", "added"), ("removed", "removed")):
        count = sum(1 for change in changes if change.kind == kind)
        if count:
            reasons.append(f"{count} passage{'s' if count > 1 else ''} {words}")
    if changes and all(change.kind == "paraphrase" for change in changes):
        reasons.append("same facts in other words")
    if keywords:
        reasons.append("keywords: " + ", ".join(keywords[:5]))
    return reasons[:12]
