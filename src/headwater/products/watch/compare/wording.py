"""One text against another: a paraphrase, or a changed fact?

The rule in short: a single place that was changed must be proven harmless (synonyms, inflection, a typo, another form
of the same number); a text that was reworded all over is taken for a paraphrase as long as its facts are the same:
numbers, dates, prices, names, states, what is negated. A single substituted word is how facts change; a paraphrase
moves things.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from headwater.products.watch.compare.changes import VerdictKind
from headwater.products.watch.compare.contrast import (
    Contrast,
    is_narrow,
    list_keys,
    make_contrast,
    strike_roots,
    strike_typos,
)
from headwater.products.watch.compare.fact_changes import FactChange, find_fact_changes
from headwater.products.watch.compare.soft_changes import (
    find_exchanged,
    find_kind_changes,
    find_lone_states,
    find_name_changes,
    find_state_changes,
    find_turned_negations,
)
from headwater.products.watch.language.stopwords import WEIGHTY
from headwater.products.watch.language.words import Token, read_tokens

# How many of the content words a paraphrase must share with what it stands for; less is another statement.
EVIDENCE = 0.12
SHORT_EVIDENCE = 0.42


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the wording of two texts says."""

    kind: VerdictKind
    score: float
    changes: tuple[FactChange, ...] = ()
    reason: str = ""


def judge_wording(old: str, new: str, *, language: str = "", known_names: frozenset[str] = frozenset()) -> Verdict:
    """Judge two texts that stand for each other. `known_names` (lower case) stand on both pages outside of them."""
    old_tokens, new_tokens = read_tokens(old, language), read_tokens(new, language)
    if list_keys(old_tokens) == list_keys(new_tokens):
        return Verdict("same", 0.0)
    contrast = make_contrast(old_tokens, new_tokens)
    narrow = is_narrow(contrast)
    changes = find_fact_changes(old_tokens, new_tokens) or find_exchanged(old_tokens, new_tokens)
    if changes and (narrow or not all(_is_mere_counting(change) for change in changes)):
        return Verdict("fact", 0.8, tuple(changes))
    if narrow:
        return _judge_narrow(contrast, old, new)
    return _judge_wide(contrast, old, new, language=language, known_names=known_names)


def _is_mere_counting(change: FactChange) -> bool:
    """Does a rewording only count what the other text lists: "there are two parts", "the three of them"?"""
    return (
        change.kind == "number"
        and not (change.before and change.after)
        and (change.before or change.after).lower() in _COUNTING
    )


_COUNTING = frozenset(
    ["two", "three", "zwei", "drei", "deux", "trois", "dos", "tres", "tre", "twee", "drie", "dois", "três", "två"]
)


def _judge_narrow(contrast: Contrast, old: str, new: str) -> Verdict:
    removed, added = list(contrast.removed), list(contrast.added)
    removed, added = strike_typos(removed, added)
    named = [*find_state_changes(old, new), *find_kind_changes(contrast)]
    if named:
        return Verdict("fact", 0.75, tuple(named[:1]))
    nots_old = sum(1 for token in contrast.old if token.kind == "not")
    nots_new = sum(1 for token in contrast.new if token.kind == "not")
    if nots_old != nots_new:
        return Verdict("fact", 0.75, (FactChange("negation", *_around_change(contrast)),))
    if not removed and not added:
        weighty = sum(len(pair[0]) + len(pair[1]) for pair in contrast.regions) <= 4 and any(
            _is_weighty(pair) for pair in contrast.regions
        )
        return (
            Verdict("word", 0.55, (_word_change(contrast),), "a small word that turns the meaning")
            if weighty
            else Verdict("same", 0.05)
        )
    if not removed and not any(not is_filler(token.key) for token in added):
        return Verdict("same", 0.05)
    return Verdict("word", 0.65, (FactChange("wording", _join(removed), _join(added)),))


def _around_change(contrast: Contrast) -> tuple[str, str]:
    """What was said before and after, with a word or two on each side, for the reader."""
    start = 0
    while start < min(len(contrast.old), len(contrast.new)) and contrast.old[start].key == contrast.new[start].key:
        start += 1
    return tuple(
        " ".join(token.text for token in tokens[max(0, start - 1) : start + 3])
        for tokens in (contrast.old, contrast.new)
    )  # type: ignore[return-value]


def is_filler(stem: str) -> bool:
    """Is a word mere emphasis?"""
    return stem in _FILLERS


_FILLERS = frozenset(
    ["great", "nice", "lovely", "brand", "warmli", "dear", "whole", "entir", "special", "import", "note", "respective"]
)


_TURNING = frozenset(("only", "may", "might", "must", "should"))


def _is_weighty(pair: tuple[tuple[str, ...], tuple[str, ...]]) -> bool:
    old, new = set(pair[0]) - set(pair[1]), set(pair[1]) - set(pair[0])
    if len(old | new) == 1 and (old | new) & _TURNING:
        return True
    return any(old & group and new & group and not old & new for group in WEIGHTY)


def _word_change(contrast: Contrast) -> FactChange:
    for old, new in contrast.regions:
        if _is_weighty((old, new)):
            return FactChange("wording", " ".join(old), " ".join(new))
    return FactChange("wording", "", "")


def _join(tokens: list[Token]) -> str:
    return " ".join(token.text for token in tokens[:8])


def _judge_wide(contrast: Contrast, old: str, new: str, *, language: str, known_names: frozenset[str]) -> Verdict:
    changes = [
        *find_kind_changes(contrast),
        *find_state_changes(old, new),
        *find_lone_states(old, new),
        *find_name_changes(old, new, language=language, known_names=known_names),
        *find_turned_negations(contrast),
    ]
    if changes:
        return Verdict("fact", 0.7, tuple(changes))
    removed, added = strike_roots(contrast)
    old_size = sum(1 for token in contrast.old if token.kind == "word")
    new_size = sum(1 for token in contrast.new if token.kind == "word")
    longer, shorter = len(contrast.new) / max(1, len(contrast.old)), len(contrast.old) / max(1, len(contrast.new))
    if longer >= 1.4 and len(added) - len(removed) >= max(5, 0.5 * old_size):
        return Verdict("addition", 0.6, (FactChange("wording", "", _join(added)),))
    if shorter >= 1.4 and len(removed) - len(added) >= max(5, 0.5 * new_size):
        return Verdict("removal", 0.5, (FactChange("wording", _join(removed), ""),))
    if _is_one_dropped(contrast):
        return Verdict("word", 0.5, (FactChange("wording", _join(removed), _join(added)),))
    total = old_size + new_size
    overlap = 1.0 - (len(removed) + len(added)) / total if total else 1.0
    shared_facts = {token.key for token in contrast.old if token.kind == "fact"} & {
        token.key for token in contrast.new if token.kind == "fact"
    }
    evidence = overlap + 0.15 * min(2, len(shared_facts))
    if evidence < (SHORT_EVIDENCE if _is_short(contrast) else EVIDENCE):
        return Verdict("other", 0.6)
    return Verdict("paraphrase", round(min(0.25, 0.05 + 0.25 * (1 - overlap)), 3))


def _is_one_dropped(contrast: Contrast) -> bool:
    """Is one text the other with one content word less, all others in their order: an item off a list?"""
    rows = [[token.key for token in side if token.kind in ("word", "fact")] for side in (contrast.old, contrast.new)]
    small = [Counter(token.key for token in side if token.kind == "stop") for side in (contrast.old, contrast.new)]
    if abs(len(rows[0]) - len(rows[1])) != 1 or sum(((small[0] - small[1]) + (small[1] - small[0])).values()) > 1:
        return False
    longer, shorter = sorted(rows, key=len, reverse=True)
    return any(longer[:index] + longer[index + 1 :] == shorter for index in range(len(longer)))


def _is_short(contrast: Contrast) -> bool:
    """Is a text so short that few common words prove nothing? (Japanese runs words together: its tokens are longer.)"""
    return min(len(contrast.old), len(contrast.new)) <= 8 and not any(
        token.key[:1] >= "\u3040" for token in contrast.old
    )
