"""Which passage of the new version stands for which of the old: equal ones first, then what is nearest."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import numpy as np

from headwater.products.watch.language.words import Token, read_tokens
from headwater.products.watch.page.passages import Passage

Embed = Callable[[list[str]], np.ndarray]
Likeness = Mapping[tuple[str, str], float]
MAX_FOR_SEQUENCE = 3_000
MAX_FOR_NEAREST = 150


@dataclass(slots=True)
class Alignment:
    """Indexes into the two versions: equal pairs, those of them that moved, and what found no equal."""

    equal: list[tuple[int, int]] = field(default_factory=list)
    moved: list[tuple[int, int]] = field(default_factory=list)
    old: list[int] = field(default_factory=list)
    new: list[int] = field(default_factory=list)


def align_equal(old: Sequence[str], new: Sequence[str]) -> Alignment:
    """Pair equal keys, in order where that is possible, then wherever they went."""
    alignment = Alignment()
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    alignment.equal.extend((index, index) for index in range(start))
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    used_old: set[int] = set()
    used_new: set[int] = set()
    if max(len(old_middle), len(new_middle)) <= MAX_FOR_SEQUENCE and not _is_repetitive(old_middle):
        for block in SequenceMatcher(None, old_middle, new_middle, autojunk=False).get_matching_blocks():
            for offset in range(block.size):
                alignment.equal.append((start + block.a + offset, start + block.b + offset))
                used_old.add(block.a + offset)
                used_new.add(block.b + offset)
    places: dict[str, deque[int]] = defaultdict(deque)
    for index, key in enumerate(new_middle):
        if index not in used_new:
            places[key].append(index)
    for index, key in enumerate(old_middle):
        if index in used_old:
            continue
        if places.get(key):
            partner = places[key].popleft()
            used_new.add(partner)
            alignment.moved.append((start + index, start + partner))
        else:
            alignment.old.append(start + index)
    alignment.new.extend(start + index for index in range(len(new_middle)) if index not in used_new)
    alignment.equal.extend((len(old) - end + index, len(new) - end + index) for index in range(end))
    return alignment


def _is_repetitive(keys: Sequence[str]) -> bool:
    """Would a longest common subsequence be quadratic here, because the same key comes up again and again?"""
    counts = Counter(keys)
    return sum(count * count for count in counts.values()) > 200_000


@dataclass(slots=True)
class Fragment:
    """What is left of a passage without the sentences that both versions have. `gap` names its neighbours."""

    index: int
    passage: Passage
    text: str
    gap: tuple[int, int] = (-1, -1)


def set_gaps(
    old: Sequence[Fragment], new: Sequence[Fragment], equal: Sequence[tuple[int, int]], *, sizes: tuple[int, int]
) -> None:
    """Tell each fragment between which pairs of equal passages it stands: equal numbers, the same place."""
    for fragments, side in ((old, 0), (new, 1)):
        anchors = sorted((pair[side], number) for number, pair in enumerate(sorted(equal)))
        cursor, before = 0, -1
        for fragment in fragments:
            while cursor < len(anchors) and anchors[cursor][0] < fragment.index:
                before = anchors[cursor][1]
                cursor += 1
            after = anchors[cursor][1] if cursor < len(anchors) else sizes[0] + sizes[1]
            if cursor < len(anchors) and anchors[cursor][0] == fragment.index:
                before = after
            fragment.gap = (before, after)


def pair_nearest(
    old: Sequence[Fragment],
    new: Sequence[Fragment],
    *,
    embed: Embed,
    language: str,
    likeness: Likeness | None = None,
) -> list[tuple[int, int]]:
    """Pair changed fragments, best first: likeness by vector and words, the same place, the same kind of element."""
    if not old or not new:
        return []
    candidates = _list_candidates(old, new)
    known = _look_up_likeness(old, new, likeness or {})
    alike = _measure_vectors(old, new, embed=embed) if known is None else known
    words = [_matter(read_tokens(fragment.text, language)) for fragment in (*old, *new)]
    scored = []
    for left, right in candidates:
        same_gap = old[left].gap == new[right].gap
        if old[left].text == new[right].text:
            continue  # equal texts that are left here were parted on purpose: values under other labels
        beside = same_gap or old[left].gap[0] == new[right].gap[0] or old[left].gap[1] == new[right].gap[1]
        score = 0.5 * float(alike[left, right]) + 0.5 * _share(words[left], words[len(old) + right])
        same_tag = old[left].passage.tag == new[right].passage.tag
        if score + 0.05 * same_tag >= (0.18 if beside else 0.5):
            scored.append((score + 0.2 * same_gap + 0.1 * beside + 0.05 * same_tag, -abs(left - right), left, right))
    pairs, taken_old, taken_new = [], set(), set()
    for _, _, left, right in sorted(scored, reverse=True):
        if left not in taken_old and right not in taken_new:
            pairs.append((left, right))
            taken_old.add(left)
            taken_new.add(right)
    pairs.extend(_pair_by_place(old, new, taken_old, taken_new))
    return sorted(pairs)


def _list_candidates(old: Sequence[Fragment], new: Sequence[Fragment]) -> list[tuple[int, int]]:
    if len(old) <= MAX_FOR_NEAREST and len(new) <= MAX_FOR_NEAREST:
        return [(left, right) for left in range(len(old)) for right in range(len(new))]
    window = 8
    ratio = len(new) / len(old)
    return [
        (left, right)
        for left in range(len(old))
        for right in range(max(0, int(left * ratio) - window), min(len(new), int(left * ratio) + window + 1))
    ]


def _measure_vectors(old: Sequence[Fragment], new: Sequence[Fragment], *, embed: Embed) -> np.ndarray:
    vectors = np.asarray(embed([fragment.text for fragment in (*old, *new)]), dtype=np.float32)
    likeness: np.ndarray = np.clip(vectors[: len(old)] @ vectors[len(old) :].T, 0.0, 1.0)
    return likeness


def _look_up_likeness(old: Sequence[Fragment], new: Sequence[Fragment], likeness: Likeness) -> np.ndarray | None:
    """Return what is known of each pair; None where a pair isn't known, for likeness by words can't stand beside it."""
    if not likeness or any(fragment.text != fragment.passage.text for fragment in (*old, *new)):
        return None
    pairs = [(left.passage.hash, right.passage.hash) for left in old for right in new]
    if not all(pair in likeness for pair in pairs):
        return None
    known: np.ndarray = np.array([likeness[pair] for pair in pairs], dtype=np.float32).reshape(len(old), len(new))
    return known


def _matter(tokens: Sequence[Token]) -> Counter[str]:
    return Counter(token.key for token in tokens if token.kind in ("word", "fact"))


def _share(old: Counter[str], new: Counter[str]) -> float:
    total = sum(old.values()) + sum(new.values())
    return 2.0 * sum((old & new).values()) / total if total else 0.0


def _pair_by_place(
    old: Sequence[Fragment], new: Sequence[Fragment], taken_old: set[int], taken_new: set[int]
) -> list[tuple[int, int]]:
    """What is left in one place on both sides, as many here as there, and of like size, stands for each other."""
    by_gap: dict[tuple[int, int], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for index, fragment in enumerate(old):
        if index not in taken_old:
            by_gap[fragment.gap][0].append(index)
    for index, fragment in enumerate(new):
        if index not in taken_new:
            by_gap[fragment.gap][1].append(index)
    return [
        pair
        for left, right in by_gap.values()
        if len(left) == len(right)
        for pair in zip(left, right, strict=True)
        if _is_like_size(old[pair[0]], new[pair[1]])
    ]


def _is_like_size(old: Fragment, new: Fragment) -> bool:
    """May two texts in one place stand for each other? At the page's edge, where they take turns, any two may."""
    if "main" not in (old.passage.region, new.passage.region) and old.passage.tag == new.passage.tag:
        return True
    return 0.4 <= len(old.text) / max(1, len(new.text)) <= 2.5
