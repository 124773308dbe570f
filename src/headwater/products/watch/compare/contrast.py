"""Two rows of tokens against each other: what each has alone, where they differ, and in how many places."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from headwater.products.watch.language.words import (
    Token,
    is_known_word,
    is_small_word,
    same_kind,
    same_meaning,
    same_root,
)

# Pairs of equal words in two rows; a long passage of prose has some 5,000.
MAX_MATCHES = 20_000
_AGREEING = frozenset(
    [
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "were",
        "has",
        "have",
        "he",
        "she",
        "his",
        "her",
        "him",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "ein",
        "eine",
        "einen",
        "einer",
        "einem",
        "le",
        "la",
        "les",
        "un",
        "une",
        "l",
        "el",
        "los",
        "las",
        "una",
        "uno",
        "del",
        "au",
        "aux",
        "du",
        "des",
    ]
)


@dataclass(slots=True)
class Contrast:
    """Two token rows and what is left of each when the common words are taken away."""

    old: tuple[Token, ...]
    new: tuple[Token, ...]
    removed: list[Token] = field(default_factory=list)
    added: list[Token] = field(default_factory=list)
    regions: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)
    overlap: float = 0.0


def make_contrast(old: tuple[Token, ...], new: tuple[Token, ...]) -> Contrast:
    """Set two texts against each other."""
    contrast = Contrast(old, new)
    for operation, old_start, old_end, new_start, new_end in _list_operations(list_keys(old), list_keys(new)):
        if operation != "equal":
            pair = (
                tuple(token.key for token in old[old_start:old_end]),
                tuple(token.key for token in new[new_start:new_end]),
            )
            contrast.regions.append(pair)
    old_words = [token for token in old if token.kind == "word"]
    new_words = [token for token in new if token.kind == "word"]
    contrast.removed, contrast.added = _cancel(old_words, new_words)
    total = len(old_words) + len(new_words)
    contrast.overlap = 1.0 - (len(contrast.removed) + len(contrast.added)) / total if total else 1.0
    return contrast


def _list_operations(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """How one row of keys becomes the other. Rows that repeat themselves are replaced whole: matching is quadratic."""
    counts = Counter(new)
    if sum(counts[key] for key in old) > MAX_MATCHES:
        return [("replace", 0, len(old), 0, len(new))]
    return list(SequenceMatcher(None, old[:600], new[:600], autojunk=False).get_opcodes())


def _cancel(old: list[Token], new: list[Token]) -> tuple[list[Token], list[Token]]:
    """What is left of both when equal stems, then synonyms, are struck out one against one."""
    count = Counter(token.key for token in new)
    removed = []
    for token in old:
        if count[token.key] > 0:
            count[token.key] -= 1
        else:
            removed.append(token)
    count = Counter(token.key for token in old)
    added = []
    for token in new:
        if count[token.key] > 0:
            count[token.key] -= 1
        else:
            added.append(token)
    left = []
    for token in removed[:200]:
        for index, other in enumerate(added):
            if same_meaning(token.key, other.key):
                del added[index]
                break
        else:
            left.append(token)
    return left, added


def list_keys(tokens: tuple[Token, ...]) -> list[str]:
    """The keys of a row of tokens."""
    return [token.key for token in tokens]


def is_narrow(contrast: Contrast) -> bool:
    """Was only one place changed (or several times the same)? Articles that follow suit do not count."""
    if max(len(contrast.old), len(contrast.new)) <= 4:
        return True
    real = {pair for pair in contrast.regions if not _AGREEING.issuperset((*pair[0], *pair[1]))}
    return len(real) <= 1 and not any(_is_rephrased(pair) for pair in real)


def _is_rephrased(pair: tuple[tuple[str, ...], tuple[str, ...]]) -> bool:
    """Was a whole clause put in other words here? Then small words changed too, not only the one that bears a fact."""
    old_small = [key for key in pair[0] if is_small_word(key) and key not in _AGREEING]
    new_small = [key for key in pair[1] if is_small_word(key) and key not in _AGREEING]
    if min(len(pair[0]), len(pair[1])) >= 6:
        return True
    return (
        min(len(old_small), len(new_small)) >= 1
        and max(len(old_small), len(new_small)) >= 2
        and min(len(pair[0]), len(pair[1])) >= 3
    )


def strike_typos(removed: list[Token], added: list[Token]) -> tuple[list[Token], list[Token]]:
    """What is left of both sides when slips of the pen are struck out."""
    left = []
    added = list(added)
    for token in removed:
        for index, other in enumerate(added):
            if is_typo(token.text, other.text):
                del added[index]
                break
        else:
            left.append(token)
    return left, added


def is_typo(old: str, new: str) -> bool:
    """Is one lower-case word the other with a slip of the pen? Known words and names never are."""
    if old.lower() == new.lower():
        return True
    if not (old.islower() and new.islower()) or min(len(old), len(new)) < 5 or old[0] != new[0]:
        return False
    if (is_known_word(old) and is_known_word(new)) or same_kind(old, new):
        return False
    if abs(len(old) - len(new)) > 1:
        return False
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    if len(old_middle) == len(new_middle) == 2:
        return old_middle == new_middle[::-1]
    if len(old_middle) + len(new_middle) == 1:
        return end > 0 and (old_middle or new_middle) != "s"
    return len(old_middle) == len(new_middle) == 1 and end > 0 and start > 1 and len(old) >= 7


def strike_roots(contrast: Contrast) -> tuple[list[Token], list[Token]]:
    """What is left of both sides when words of one root are struck out."""
    left, added = [], list(contrast.added)
    for token in contrast.removed[:200]:
        for index, other in enumerate(added):
            if same_root(token.key, other.key):
                del added[index]
                break
        else:
            left.append(token)
    return left, added
