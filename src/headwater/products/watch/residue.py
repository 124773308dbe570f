"""What is left of two versions when all is struck out that is equal, said in another form, cut otherwise, or noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from headwater.products.watch.align import Alignment, Fragment, align_equal
from headwater.products.watch.passages import Passage, split_sentences
from headwater.products.watch.volatile import find_noise, read_context, stable_text
from headwater.products.watch.words import read_tokens


def undo_swaps(raw: Alignment, old: Sequence[Passage], new: Sequence[Passage]) -> None:
    """A bare value ("$20") that moved from one label to another is no shuffle: its two places changed."""
    for left, right in list(raw.moved):
        if not _is_bare_value(old[left]) or left == 0 or right == 0:
            continue
        before, after = old[left - 1], new[right - 1]
        if before.hash != after.hash and not _is_bare_value(before) and not _is_bare_value(after):
            raw.moved.remove((left, right))
            raw.old.append(left)
            raw.new.append(right)
    raw.old.sort()
    raw.new.sort()


def _is_bare_value(passage: Passage) -> bool:
    return len(passage.text) <= 24 and len(passage.text.split()) <= 3 and any(sign.isdigit() for sign in passage.text)


def write_canonical(text: str, *, language: str) -> str:
    """One form for all ways of writing the same words and values."""
    return " ".join(token.key for token in read_tokens(text, language))


def strike_noise(
    raw: Alignment, old: Sequence[Passage], new: Sequence[Passage], noise: list[tuple[str, str]], *, language: str
) -> tuple[list[Fragment], list[Fragment], list[tuple[int, int]]]:
    """Take out what differs only in form, or only in what is noise."""
    contexts = read_context(old), read_context(new)
    old_keys = [write_canonical(stable_text(old[index], contexts[0]), language=language) for index in raw.old]
    new_keys = [write_canonical(stable_text(new[index], contexts[1]), language=language) for index in raw.new]
    again = align_equal(old_keys, new_keys)
    same = [(raw.old[left], raw.new[right]) for left, right in (*again.equal, *again.moved)]
    for left, right in same:
        if old[left].text != new[right].text and stable_text(new[right], contexts[1]) != new[right].text:
            noise.append(("stamp", new[right].text))
    left_over: list[list[Fragment]] = [[], []]
    for side, (passages, indexes, again_left, keys) in enumerate(
        ((old, raw.old, again.old, old_keys), (new, raw.new, again.new, new_keys))
    ):
        for position in again_left:
            passage = passages[indexes[position]]
            reason = find_noise(passage, contexts[side]) or ("" if keys[position] else "signs")
            if reason:
                noise.append((reason, passage.text))
            else:
                left_over[side].append(Fragment(indexes[position], passage, stable_text(passage, contexts[side])))
    return left_over[0], left_over[1], same


def strike_sentences(
    old: list[Fragment], new: list[Fragment], *, language: str
) -> tuple[list[Fragment], list[Fragment]]:
    """Take out the sentences that both sides have, wherever they stand."""
    old_pieces = [_cut(fragment, language) for fragment in old]
    new_pieces = [_cut(fragment, language) for fragment in new]
    common = Counter(key for pieces in old_pieces for key, _ in pieces) & Counter(
        key for pieces in new_pieces for key, _ in pieces
    )
    if not common:
        return old, new
    return _keep_rest(old, old_pieces, Counter(common)), _keep_rest(new, new_pieces, Counter(common))


def _cut(fragment: Fragment, language: str) -> list[tuple[str, str]]:
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


def strike_recut(old: list[Fragment], new: list[Fragment], *, language: str) -> tuple[list[Fragment], list[Fragment]]:
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
