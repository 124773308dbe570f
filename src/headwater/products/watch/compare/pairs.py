"""Passages that stand for each other, judged pair by pair: a change, noise, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from headwater.products.watch.compare.align import Fragment
from headwater.products.watch.compare.changes import Change
from headwater.products.watch.compare.noise.learning import Difference, find_difference
from headwater.products.watch.compare.noise.periphery import find_peripheral
from headwater.products.watch.compare.noise.reasons import Noise
from headwater.products.watch.compare.noise.rotating_content import shares_little
from headwater.products.watch.compare.noise.running_values import find_running
from headwater.products.watch.compare.noise.volatile import (
    is_rotating_pitch,
    is_running_clock,
    read_context,
    stable_text,
)
from headwater.products.watch.compare.notified import Notified
from headwater.products.watch.compare.scoring import score_change
from headwater.products.watch.compare.wording import judge_wording
from headwater.products.watch.language.names import find_names
from headwater.products.watch.language.words import read_tokens
from headwater.products.watch.page.passages import Passage

# Where more passages than this are reworded, the rest is taken for changed without a closer look.
MAX_JUDGED = 400


@dataclass(frozen=True, slots=True)
class Judged:
    """A changed passage, and by what it differs from that of the notified version."""

    change: Change
    before: Passage
    after: Passage
    difference: Difference


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of pairs: what changed by a closer look and `beyond` it, what differs by nothing, and what is noise.

    `quotes` are the ordinals of new passages that are another quote than before.
    """

    beyond: list[Change]
    judged: list[Judged] = field(default_factory=list)
    same: list[tuple[Passage, Passage]] = field(default_factory=list)
    noise: list[Noise] = field(default_factory=list)
    quotes: set[int] = field(default_factory=set)


def judge_pairs(
    pairs: Sequence[tuple[Fragment, Fragment]],
    old: Sequence[Passage],
    new: Sequence[Passage],
    *,
    notified: Notified,
    language: str,
    known_names: frozenset[str],
) -> Outcome:
    """Judge each pair; beyond `MAX_JUDGED` they are taken for changed without a closer look."""
    judge = partial(_judge_pair, language=language, known_names=known_names)
    outcome = Outcome([Change("other", before.passage, after.passage, 0.6) for before, after in pairs[MAX_JUDGED:]])
    for before, after in pairs[:MAX_JUDGED]:
        found, held = judge(before, after), notified.held.get(before.passage.ordinal)
        if not isinstance(found, Change):
            outcome.same.append((before.passage, after.passage))
        elif held is not None and not held.is_withheld:
            found = judge(_widen(before, held.passage, page=old), _widen(after, after.passage, page=new))
        if isinstance(found, Noise):
            outcome.noise.append(found)
            if found.reason == "quote":
                outcome.quotes.add(after.passage.ordinal)
        elif found is not None:
            if _is_reworded_heading(found, old, new, language=language):
                found = replace(found, kind="paraphrase", score=0.25, facts=())
            difference = find_difference(after.passage, before=before.text, after=after.text)
            outcome.judged.append(Judged(found, found.before or before.passage, after.passage, difference))
    return outcome


def _widen(fragment: Fragment, passage: Passage, *, page: Sequence[Passage]) -> Fragment:
    """The whole of a passage in the place of a fragment."""
    text = stable_text(passage, read_context(page))
    return Fragment(fragment.index, replace(passage, ordinal=fragment.passage.ordinal), text, fragment.gap)


def _judge_pair(
    before: Fragment,
    after: Fragment,
    *,
    language: str,
    known_names: frozenset[str],
) -> Change | Noise | None:
    if is_running_clock(before.text, after.text):
        return Noise("clock", after.text)
    running = find_running(before.passage, after.passage, old=before.text, new=after.text)
    if running is not None:
        return Noise(running, after.text)
    verdict = judge_wording(before.text, after.text, language=language, known_names=known_names)
    if verdict.kind == "same":
        return None
    peripheral = find_peripheral(before, after, language=language) if verdict.kind != "paraphrase" else None
    if peripheral is not None:
        return Noise(peripheral, after.text)
    if (
        verdict.kind in ("other", "word", "fact")
        and is_rotating_pitch(before.text, after.text)
        and shares_little(before.text, after.text, language)
    ):
        return Noise("advert", after.text)
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
