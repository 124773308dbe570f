"""Two versions of a page: what was added, removed, reworded, moved; how much it matters; what was noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from headwater.products.watch.compare.align import Embed, Fragment, Likeness, align_equal, pair_nearest, set_gaps
from headwater.products.watch.compare.fact_changes import FactChange
from headwater.products.watch.compare.noise.learning import Difference, find_difference
from headwater.products.watch.compare.noise.periphery import find_peripheral
from headwater.products.watch.compare.noise.rotating_content import find_attributions, shares_little
from headwater.products.watch.compare.noise.running_values import find_running
from headwater.products.watch.compare.noise.volatile import (
    is_rotating_pitch,
    is_running_clock,
    read_context,
    stable_text,
)
from headwater.products.watch.compare.residue import (
    find_regrouped,
    limit_fragments,
    strike_noise,
    strike_recut,
    strike_sentences,
    undo_swaps,
)
from headwater.products.watch.compare.scoring import score_change, score_comparison
from headwater.products.watch.compare.told import Told, hold, read_told, withhold, write_told
from headwater.products.watch.compare.wording import judge_wording
from headwater.products.watch.language.names import find_names
from headwater.products.watch.language.words import read_tokens
from headwater.products.watch.page.passages import Passage

# Where more passages than this are reworded, the rest is taken for changed without a closer look.
MOST_JUDGED = 400


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `kind`: added, removed, fact, word, paraphrase, addition, removal, other; score 0…1."""

    kind: str
    before: Passage | None
    after: Passage | None
    score: float
    facts: tuple[FactChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome. `reworded` holds every pair that differs, also paraphrases; `noise` what was left out and why.

    `told`: what the next check has to know, once all that this one found is told.
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
    noise: tuple[tuple[str, str], ...] = ()
    told: Told = field(default_factory=Told)

    @property
    def volatility(self) -> dict[str, Any]:
        """`told` as JSON."""
        return write_told(self.told)

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
    """Compare two versions. `embed` gives normalised vectors.

    `volatility`: what earlier checks learnt, or None; `old` is then what was told last (`told.restore_told`).
    `likeness` says how alike passages are, by their hashes; it stands for `embed` where it knows them all.
    """
    told = read_told(volatility or {})
    raw = align_equal([passage.hash for passage in old], [passage.hash for passage in new])
    undo_swaps(raw, old, new)
    regrouped = find_regrouped(raw, old, new)
    noise: list[tuple[str, str]] = []
    old_left, new_left, moved = strike_noise(raw, old, new, noise, language=language)
    equal = sorted((*raw.equal, *raw.moved, *moved))
    old_left, old_beyond = limit_fragments(old_left)
    new_left, new_beyond = limit_fragments(new_left)
    old_left, new_left = strike_sentences(old_left, new_left, language=language)
    set_gaps(old_left, new_left, raw.equal, sizes=(len(old), len(new)))
    old_left, new_left = strike_recut(old_left, new_left, language=language)
    pairs = pair_nearest(old_left, new_left, embed=embed, likeness=likeness, language=language)
    known_names = _find_known_names(old, new, equal, language=language)
    quotes: set[int] = set()
    judge = partial(_judge_pair, language=language, known_names=known_names, noise=noise, quotes=quotes)
    judged, changes, same = _judge_pairs(
        [(old_left[left], new_left[right]) for left, right in pairs],
        old,
        new,
        told=told,
        language=language,
        judge=judge,
    )
    changes.extend(_tell_regrouped(old[left], new[right]) for left, right in regrouped)
    learnt, spoken = _withhold(judged, told, noise)
    changes = _leave_out_attributions([*spoken, *changes], quotes, noise, language=language)
    paired_old, paired_new = {left for left, _ in pairs}, {right for _, right in pairs}
    appeared = [fragment for index, fragment in enumerate(new_left) if index not in paired_new] + new_beyond
    vanished = [fragment for index, fragment in enumerate(old_left) if index not in paired_old] + old_beyond
    changes.extend(Change("added", None, one.passage, score_change("added", one)) for one in appeared)
    changes.extend(Change("removed", one.passage, None, score_change("removed", one)) for one in vanished)
    same.extend((old[left], new[right]) for left, right in equal)
    return _conclude(
        changes,
        old=old,
        new=new,
        moved=len(raw.moved) + len(moved),
        noise=noise,
        keywords_must=keywords_must,
        keywords_must_not=keywords_must_not,
        told=_carry_held(learnt, before=told, same=same) if changes else replace(learnt, held=told.held),
    )


def _find_known_names(
    old: Sequence[Passage], new: Sequence[Passage], equal: Sequence[tuple[int, int]], *, language: str
) -> frozenset[str]:
    return frozenset(
        name.lower() for left, _ in equal[:200] for _, name in find_names(old[left].text, language=language)
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """A changed passage, and by what it differs from the one that was told last."""

    change: Change
    before: Passage
    after: Passage
    difference: Difference


def _judge_pairs(
    pairs: Sequence[tuple[Fragment, Fragment]],
    old: Sequence[Passage],
    new: Sequence[Passage],
    *,
    told: Told,
    language: str,
    judge: Callable[[Fragment, Fragment], Change | None],
) -> tuple[list[_Judged], list[Change], list[tuple[Passage, Passage]]]:
    """What is judged to have changed, what is taken for changed without a closer look, and what differs by nothing."""
    judged: list[_Judged] = []
    same: list[tuple[Passage, Passage]] = []
    for before, after in pairs[:MOST_JUDGED]:
        change, held = judge(before, after), told.held.get(before.passage.ordinal)
        if change is None:
            same.append((before.passage, after.passage))
            continue
        if held is not None and not held.is_withheld:
            change = judge(_widen(before, held.passage, page=old), _widen(after, after.passage, page=new))
        if change is not None and _is_reworded_heading(change, old, new, language=language):
            change = replace(change, kind="paraphrase", score=0.25, facts=())
        if change is not None:
            difference = find_difference(after.passage, before=before.text, after=after.text)
            judged.append(_Judged(change, change.before or before.passage, after.passage, difference))
    beyond = [Change("other", before.passage, after.passage, 0.6) for before, after in pairs[MOST_JUDGED:]]
    return judged, beyond, same


def _widen(fragment: Fragment, passage: Passage, *, page: Sequence[Passage]) -> Fragment:
    """The whole of a passage in the place of a fragment."""
    text = stable_text(passage, read_context(page))
    return Fragment(fragment.index, replace(passage, ordinal=fragment.passage.ordinal), text, fragment.gap)


def _withhold(judged: Sequence[_Judged], told: Told, noise: list[tuple[str, str]]) -> tuple[Told, list[Change]]:
    """What is known after this check, and the changes that aren't withheld."""
    pairs = [(one.before, one.after) for one in judged]
    withheld, places = withhold(told, [one.difference for one in judged], pairs)
    silent = [one for one, is_silent in zip(judged, withheld, strict=True) if is_silent]
    noise.extend(("learnt", one.after.text) for one in silent)
    learnt = hold(Told(places, told_in=told.told_in), [(one.before, one.after) for one in silent], is_withheld=True)
    return learnt, [one.change for one, is_silent in zip(judged, withheld, strict=True) if not is_silent]


def _carry_held(learnt: Told, *, before: Told, same: Sequence[tuple[Passage, Passage]]) -> Told:
    """What is known, with the held passages of places that stayed: they are as untold in the next version."""
    kept = []
    for one, other in same:
        held = before.held.get(one.ordinal)
        if held is not None and not held.is_withheld and held.passage.hash != other.hash:
            kept.append((held.passage, other))
    return hold(learnt, kept, is_withheld=False)


def _judge_pair(
    before: Fragment,
    after: Fragment,
    *,
    language: str,
    known_names: frozenset[str],
    noise: list[tuple[str, str]],
    quotes: set[int],
) -> Change | None:
    if is_running_clock(before.text, after.text):
        noise.append(("clock", after.text))
        return None
    running = find_running(before.passage, after.passage, old=before.text, new=after.text)
    if running is not None:
        noise.append((running, after.text))
        return None
    verdict = judge_wording(before.text, after.text, language=language, known_names=known_names)
    if verdict.kind == "same":
        return None
    peripheral = find_peripheral(before, after, language=language) if verdict.kind != "paraphrase" else None
    if peripheral is not None:
        noise.append((peripheral, after.text))
        if peripheral == "quote":
            quotes.add(after.passage.ordinal)
        return None
    if (
        verdict.kind in ("other", "word", "fact")
        and is_rotating_pitch(before.text, after.text)
        and shares_little(before.text, after.text, language)
    ):
        noise.append(("advert", after.text))
        return None
    return Change(
        verdict.kind,
        before.passage,
        after.passage,
        score_change(verdict.kind, after, base=verdict.score, facts=verdict.changes),
        verdict.changes,
    )


def _is_reworded_heading(change: Change, old: Sequence[Passage], new: Sequence[Passage], *, language: str) -> bool:
    """Is a heading said in other words over a section that stayed as it was?"""
    before, after = change.before, change.after
    if (
        before is None
        or after is None
        or change.kind not in ("word", "other")
        or after.tag not in ("h2", "h3", "h4")
        or before.tag != after.tag
    ):
        return False
    if any(fact.kind != "wording" for fact in change.facts):
        return False
    if (
        before.ordinal + 1 >= len(old)
        or after.ordinal + 1 >= len(new)
        or old[before.ordinal + 1].hash != new[after.ordinal + 1].hash
    ):
        return False
    kinds = [{token.kind for token in read_tokens(passage.text, language)} for passage in (before, after)]
    named = any(find_names(passage.text, language=language) for passage in (before, after))
    return all("stop" in found for found in kinds) and not named and shares_little(before.text, after.text, language)


def _tell_regrouped(before: Passage, after: Passage) -> Change:
    return Change("fact", before, after, 0.6, (FactChange("place", before.heading, after.heading),))


def _leave_out_attributions(
    changes: list[Change], quotes: set[int], noise: list[tuple[str, str]], *, language: str
) -> list[Change]:
    if not quotes:
        return changes
    found = find_attributions([(change.before, change.after) for change in changes], quotes, language=language)
    noise.extend(("quote", changes[index].after.text) for index in sorted(found))  # type: ignore[union-attr]
    return [change for index, change in enumerate(changes) if index not in found]


def _conclude(
    changes: list[Change],
    *,
    old: Sequence[Passage],
    new: Sequence[Passage],
    moved: int,
    noise: list[tuple[str, str]],
    keywords_must: Sequence[str],
    keywords_must_not: Sequence[str],
    told: Told,
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
        told=told,
    )
