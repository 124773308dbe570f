"""Two versions of a page: what was added, removed, reworded, moved; how much it matters; what was noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from headwater.products.watch.compare.align import Embed, Likeness, align_equal, pair_nearest, set_gaps
from headwater.products.watch.compare.changes import Change
from headwater.products.watch.compare.fact_changes import FactChange
from headwater.products.watch.compare.noise.reasons import Noise
from headwater.products.watch.compare.noise.rotating_content import find_attributions
from headwater.products.watch.compare.notified import Notified, hold, read_notified, withhold, write_notified
from headwater.products.watch.compare.pairs import Judged, judge_pairs
from headwater.products.watch.compare.residue import (
    find_regrouped,
    limit_fragments,
    remove_noise,
    remove_rewrapped,
    strike_sentences,
    unpair_swapped_values,
)
from headwater.products.watch.compare.scoring import score_change, score_comparison
from headwater.products.watch.language.names import find_names
from headwater.products.watch.page.passages import Passage


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome. `reworded` holds every pair that differs, also paraphrases; `noise` what was left out and why.

    `notified`: what the next check has to know, once people are notified of all that this one found.
    """

    added: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    reworded: tuple[Change, ...] = ()
    moved: int = 0
    score: float = 0.0
    share: float = 0.0
    reasons: tuple[str, ...] = ()
    facts: tuple[FactChange, ...] = ()
    keywords: tuple[str, ...] = ()
    keywords_missing: bool = False
    noise: tuple[Noise, ...] = ()
    notified: Notified = field(default_factory=Notified)

    @property
    def volatility(self) -> dict[str, Any]:
        """`notified` as JSON."""
        return write_notified(self.notified)

    @property
    def is_empty(self) -> bool:
        """Is there no difference at all but noise and order?"""
        return not (self.added or self.removed or self.reworded)


def compare(
    old: Sequence[Passage],
    new: Sequence[Passage],
    *,
    embed: Embed,
    likeness: Likeness | None = None,
    volatility: Mapping[str, Any] | None = None,
    keywords_must: Sequence[str] = (),
    keywords_must_not: Sequence[str] = (),
    language: str = "",
) -> Comparison:
    """Compare two versions. `embed` returns normalised vectors.

    `volatility`: what earlier checks learnt, or None; `old` is then the notified version (`notified.restore_notified`).
    `likeness` says how alike passages are, by their hashes; it stands for `embed` where it knows them all.
    """
    notified = read_notified(volatility or {})
    raw = align_equal([passage.hash for passage in old], [passage.hash for passage in new])
    unpair_swapped_values(raw, old, new)
    regrouped = find_regrouped(raw, old, new)
    residue = remove_noise(raw, old, new, language=language)
    equal = sorted((*raw.equal, *raw.moved, *residue.same))
    old_left, old_beyond = limit_fragments(residue.old)
    new_left, new_beyond = limit_fragments(residue.new)
    old_left, new_left = strike_sentences(old_left, new_left, language=language)
    set_gaps(old_left, new_left, raw.equal, sizes=(len(old), len(new)))
    old_left, new_left = remove_rewrapped(old_left, new_left, language=language)
    pairs = pair_nearest(old_left, new_left, embed=embed, likeness=likeness, language=language)
    outcome = judge_pairs(
        [(old_left[left], new_left[right]) for left, right in pairs],
        old,
        new,
        notified=notified,
        language=language,
        known_names=_find_known_names(old, new, equal, language=language),
    )
    outcome.beyond.extend(_describe_regrouped(old[left], new[right]) for left, right in regrouped)
    learnt, spoken, silent = _withhold(outcome.judged, notified)
    changes, attributed = _leave_out_attributions([*spoken, *outcome.beyond], outcome.quotes, language=language)
    paired_old, paired_new = {left for left, _ in pairs}, {right for _, right in pairs}
    appeared = [fragment for index, fragment in enumerate(new_left) if index not in paired_new] + new_beyond
    vanished = [fragment for index, fragment in enumerate(old_left) if index not in paired_old] + old_beyond
    changes.extend(Change("added", None, one.passage, score_change("added", one)) for one in appeared)
    changes.extend(Change("removed", one.passage, None, score_change("removed", one)) for one in vanished)
    same = [*outcome.same, *((old[left], new[right]) for left, right in equal)]
    return _conclude(
        changes,
        old=old,
        new=new,
        moved=len(raw.moved) + len(residue.same),
        noise=[*residue.noise, *outcome.noise, *silent, *attributed],
        keywords_must=keywords_must,
        keywords_must_not=keywords_must_not,
        notified=_carry_held(learnt, before=notified, same=same) if changes else replace(learnt, held=notified.held),
    )


def _find_known_names(
    old: Sequence[Passage], new: Sequence[Passage], equal: Sequence[tuple[int, int]], *, language: str
) -> frozenset[str]:
    return frozenset(
        name.lower() for left, _ in equal[:200] for _, name in find_names(old[left].text, language=language)
    )


def _withhold(judged: Sequence[Judged], notified: Notified) -> tuple[Notified, list[Change], list[Noise]]:
    """What is known after this check, the changes that aren't withheld, and those that are, as noise."""
    pairs = [(one.before, one.after) for one in judged]
    withheld, places = withhold(notified, [one.difference for one in judged], pairs)
    silent = [one for one, is_silent in zip(judged, withheld, strict=True) if is_silent]
    learnt = hold(
        Notified(places, told_in=notified.told_in), [(one.before, one.after) for one in silent], is_withheld=True
    )
    spoken = [one.change for one, is_silent in zip(judged, withheld, strict=True) if not is_silent]
    return learnt, spoken, [Noise("learnt", one.after.text) for one in silent]


def _carry_held(learnt: Notified, *, before: Notified, same: Sequence[tuple[Passage, Passage]]) -> Notified:
    """What is known, with the held passages of places that stayed: they are as untold in the next version."""
    kept = []
    for one, other in same:
        held = before.held.get(one.ordinal)
        if held is not None and not held.is_withheld and held.passage.hash != other.hash:
            kept.append((held.passage, other))
    return hold(learnt, kept, is_withheld=False)


def _describe_regrouped(before: Passage, after: Passage) -> Change:
    return Change("fact", before, after, 0.6, (FactChange("place", before.heading, after.heading),))


def _leave_out_attributions(
    changes: list[Change], quotes: set[int], *, language: str
) -> tuple[list[Change], list[Noise]]:
    if not quotes:
        return changes, []
    found = find_attributions([(change.before, change.after) for change in changes], quotes, language=language)
    noise = [Noise("quote", changes[index].after.text) for index in sorted(found)]  # type: ignore[union-attr]
    return [change for index, change in enumerate(changes) if index not in found], noise


def _conclude(
    changes: list[Change],
    *,
    old: Sequence[Passage],
    new: Sequence[Passage],
    moved: int,
    noise: Sequence[Noise],
    keywords_must: Sequence[str],
    keywords_must_not: Sequence[str],
    notified: Notified,
) -> Comparison:
    touched = " \n ".join(change.after.text for change in changes if change.after is not None).casefold()
    gone = " \n ".join(change.before.text for change in changes if change.before is not None).casefold()
    hit = tuple(word for word in keywords_must if word.casefold() in touched or word.casefold() in gone)
    barred = tuple(word for word in keywords_must_not if word.casefold() in touched)
    score, share, reasons = score_comparison(changes, old=old, new=new, keywords=hit)
    return Comparison(
        added=tuple(change for change in changes if change.kind == "added"),
        removed=tuple(change for change in changes if change.kind == "removed"),
        reworded=tuple(change for change in changes if change.kind not in ("added", "removed")),
        moved=moved,
        score=score,
        share=share,
        reasons=reasons,
        facts=tuple(fact for change in changes for fact in change.facts),
        keywords=hit,
        keywords_missing=bool(changes) and (bool(barred) or (bool(keywords_must) and not hit)),
        noise=tuple(noise[:200]),
        notified=notified,
    )
