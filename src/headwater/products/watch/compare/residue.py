"""What is left of two versions when all is struck out that is equal, said in another form, cut otherwise, or noise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from headwater.products.watch.compare.align import Alignment, Fragment, align_equal
from headwater.products.watch.compare.noise.reasons import Noise
from headwater.products.watch.compare.noise.volatile import PageContext, find_noise, read_context, stable_text
from headwater.products.watch.language.words import read_tokens
from headwater.products.watch.page.passages import Passage, split_sentences

MAX_STABILISED = 150_000
# A digit takes about as long to read as so many other characters: it may begin a date, a price, a version.
WEIGHT_OF_DIGIT = 10
_DIGITS = re.compile(r"\d")


def weigh_text(text: str) -> int:
    """How long it takes to read a text closely, in characters of plain prose."""
    return len(text) + WEIGHT_OF_DIGIT * len(_DIGITS.findall(text))


def unpair_swapped_values(raw: Alignment, old: Sequence[Passage], new: Sequence[Passage]) -> None:
    """Part the pairs of equal values that stand under other labels now: each of their two places changed."""
    for pairs in (raw.equal, raw.moved):
        swapped = [(left, right) for left, right in pairs if _is_swapped(left, right, old, new)]
        if swapped:
            pairs[:] = [pair for pair in pairs if pair not in set(swapped)]
            raw.old = sorted((*raw.old, *(left for left, _ in swapped)))
            raw.new = sorted((*raw.new, *(right for _, right in swapped)))


def find_regrouped(raw: Alignment, old: Sequence[Passage], new: Sequence[Passage]) -> list[tuple[int, int]]:
    """Items that stand under another heading now, where both headings stand on both pages: from "Planned" to "Done".

    Where most items went over, the list was only ordered anew.
    """
    headings = {one.text[:120] for one in old if one.tag in _HEADINGS} & {
        one.text[:120] for one in new if one.tag in _HEADINGS
    }
    if len(headings) < 2:
        return []
    items, found = 0, []
    for left, right in (*raw.equal, *raw.moved):
        one, other = old[left], new[right]
        if one.tag != "li" or other.tag != "li" or {one.region, other.region} != {"main"}:
            continue
        items += 1
        if (
            one.heading != other.heading
            and {one.heading, other.heading} <= headings
            and not _LISTED.intersection(one.hints)
        ):
            found.append((left, right))
    return found if len(found) <= max(1, items // 3) and not _only_once(found, old, new) else []


def _only_once(found: Sequence[tuple[int, int]], old: Sequence[Passage], new: Sequence[Passage]) -> bool:
    """Does each of the items stand under both headings somewhere, so that nothing went over?"""
    before = {(one.hash, one.heading) for one in old}
    after = {(one.hash, one.heading) for one in new}
    return all(
        (old[left].hash, new[right].heading) in before or (old[left].hash, old[left].heading) in after
        for left, right in found
    )


_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_LISTED = frozenset(("related", "advert", "widget", "counter", "clock"))


def _is_swapped(left: int, right: int, old: Sequence[Passage], new: Sequence[Passage]) -> bool:
    """Did a bare value ("$20") move from one label to another that was there before? That is no shuffle."""
    if not _is_bare_value(old[left]) or not _is_bare_value(new[right]) or left == 0 or right == 0:
        return False
    before, after = old[left - 1], new[right - 1]
    if before.hash == after.hash or _is_bare_value(before) or _is_bare_value(after):
        return False
    return _has_value_after(old, after.hash) and _has_value_after(new, before.hash)


def _has_value_after(passages: Sequence[Passage], label: str) -> bool:
    return any(one.hash == label and _is_bare_value(two) for one, two in pairwise(passages))


def _is_bare_value(passage: Passage) -> bool:
    return len(passage.text) <= 24 and len(passage.text.split()) <= 3 and any(sign.isdigit() for sign in passage.text)


def write_canonical(text: str, *, language: str) -> str:
    """One form for all ways of writing the same words and values."""
    return " ".join(token.key for token in read_tokens(text, language))


@dataclass(frozen=True, slots=True)
class Residue:
    """What is left on either side, the pairs of indexes that differ in form alone, and what was noise."""

    old: list[Fragment]
    new: list[Fragment]
    same: list[tuple[int, int]]
    noise: list[Noise]


def remove_noise(raw: Alignment, old: Sequence[Passage], new: Sequence[Passage], *, language: str) -> Residue:
    """Take out what differs only in form, or only in what is noise."""
    noise: list[Noise] = []
    contexts = read_context(old), read_context(new)
    old_stable, old_keys = _stabilise([old[index] for index in raw.old], contexts[0], language=language)
    new_stable, new_keys = _stabilise([new[index] for index in raw.new], contexts[1], language=language)
    again = align_equal(old_keys, new_keys)
    _part_swapped(again, raw, old, new)
    same = [(raw.old[left], raw.new[right]) for left, right in (*again.equal, *again.moved)]
    for left, right in (*again.equal, *again.moved):
        if new_stable[right] != new[raw.new[right]].text and old[raw.old[left]].text != new[raw.new[right]].text:
            noise.append(Noise("stamp", new[raw.new[right]].text))
    left_over: list[list[Fragment]] = [[], []]
    for side, (passages, indexes, again_left, keys, stable) in enumerate(
        ((old, raw.old, again.old, old_keys, old_stable), (new, raw.new, again.new, new_keys, new_stable))
    ):
        for position in again_left:
            passage = passages[indexes[position]]
            reason = find_noise(passage, contexts[side], left=stable[position])
            if reason is not None or not keys[position]:
                noise.append(Noise(reason or "signs", passage.text))
            else:
                left_over[side].append(Fragment(indexes[position], passage, stable[position]))
    return Residue(left_over[0], left_over[1], same, noise)


def _stabilise(passages: Sequence[Passage], context: PageContext, *, language: str) -> tuple[list[str], list[str]]:
    """What of each passage may be compared, and its one form; beyond `MAX_STABILISED` in weight all, as it is."""
    texts, keys, size = [], [], 0
    for passage in passages:
        size += weigh_text(passage.text)
        near = size <= MAX_STABILISED
        texts.append(stable_text(passage, context) if near else passage.text)
        keys.append(write_canonical(texts[-1], language=language) if near else passage.text)
    return texts, keys


def limit_fragments(fragments: list[Fragment]) -> tuple[list[Fragment], list[Fragment]]:
    """The fragments that are looked at closely, and those beyond a weight of `MAX_STABILISED`."""
    size = 0
    for index, fragment in enumerate(fragments):
        size += weigh_text(fragment.text)
        if size > MAX_STABILISED and index:
            return fragments[:index], fragments[index:]
    return fragments, []


def _part_swapped(again: Alignment, raw: Alignment, old: Sequence[Passage], new: Sequence[Passage]) -> None:
    for pairs in (again.equal, again.moved):
        swapped = [pair for pair in pairs if _is_swapped(raw.old[pair[0]], raw.new[pair[1]], old, new)]
        if swapped:
            pairs[:] = [pair for pair in pairs if pair not in set(swapped)]
            again.old = sorted((*again.old, *(left for left, _ in swapped)))
            again.new = sorted((*again.new, *(right for _, right in swapped)))


def strike_sentences(
    old: list[Fragment], new: list[Fragment], *, language: str
) -> tuple[list[Fragment], list[Fragment]]:
    """Take out the sentences that both sides have, wherever they stand."""
    old_pieces = [_cut(fragment, language, side="old") for fragment in old]
    new_pieces = [_cut(fragment, language, side="new") for fragment in new]
    common = Counter(key for pieces in old_pieces for key, _ in pieces) & Counter(
        key for pieces in new_pieces for key, _ in pieces
    )
    if not common:
        return old, new
    return _keep_rest(old, old_pieces, Counter(common)), _keep_rest(new, new_pieces, Counter(common))


def _cut(fragment: Fragment, language: str, *, side: str) -> list[tuple[str, str]]:
    if _is_bare_value(fragment.passage):
        return [(f"{side} {fragment.index}", fragment.text)]  # an equal one elsewhere was parted from it on purpose
    return [(write_canonical(sentence, language=language), sentence) for sentence in split_sentences(fragment.text)]


def _keep_rest(fragments: list[Fragment], pieces: list[list[tuple[str, str]]], common: Counter[str]) -> list[Fragment]:
    kept = []
    for fragment, sentences in zip(fragments, pieces, strict=True):
        rest = []
        for key, sentence in sentences:
            if common[key] > 0:
                common[key] -= 1
            elif key:
                rest.append(sentence)
        if rest:
            kept.append(Fragment(fragment.index, fragment.passage, " ".join(rest)))
    return kept


def remove_rewrapped(
    old: list[Fragment], new: list[Fragment], *, language: str
) -> tuple[list[Fragment], list[Fragment]]:
    """Take out text that was only cut otherwise: one paragraph made two, a table made a list."""
    if len(old) == len(new) == 1 or not old or not new:
        return old, new
    if write_canonical(" ".join(fragment.text for fragment in old), language=language) == write_canonical(
        " ".join(fragment.text for fragment in new), language=language
    ):
        return [], []
    gone: set[tuple[int, int]] = set()
    gaps = {fragment.gap for fragment in old} & {fragment.gap for fragment in new}
    for gap in gaps:
        before = " ".join(fragment.text for fragment in old if fragment.gap == gap)
        after = " ".join(fragment.text for fragment in new if fragment.gap == gap)
        if write_canonical(before, language=language) == write_canonical(after, language=language):
            gone.add(gap)
    return [fragment for fragment in old if fragment.gap not in gone], [
        fragment for fragment in new if fragment.gap not in gone
    ]
