"""States and what excludes them: in stock against sold out, open against closed, free against paid; and negation."""

from __future__ import annotations

import re
from functools import lru_cache

from headwater.products.watch.language.lexicon import read_sections


def _read_states(lines: list[str]) -> dict[str, tuple[str, str]]:
    known: dict[str, tuple[str, str]] = {}
    for line in lines:
        name, _, values = line.partition(":")
        for value in values.split(";"):
            label, _, words = value.partition("=")
            for word in words.split("|"):
                known.setdefault(word.strip(), (name.strip(), label.strip()))
    return known


_KNOWN = _read_states(read_sections("states")["states"])
_LATIN = {tuple(word.replace("-", " ").split()): state for word, state in _KNOWN.items() if ord(word[0]) < 0x2E80}
_LONGEST = max(map(len, _LATIN))
_STARTS = frozenset(words[0] for words in _LATIN)
_JAPANESE = re.compile(
    "|".join(re.escape(word) for word in sorted(_KNOWN, key=len, reverse=True) if ord(word[0]) >= 0x2E80)
)
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=512)
def find_state_words(text: str) -> tuple[tuple[int, int, str, str], ...]:
    """Where a text names states: (start, end, what it is a state of, value), longest names first, no overlap."""
    lowered = text.lower()
    if len(lowered) != len(text):
        return ()
    words = list(_WORD.finditer(lowered))
    found: list[tuple[int, int, str, str]] = []
    index = 0
    while index < len(words):
        size = _match_state(words, index) if words[index].group() in _STARTS else 0
        if size:
            key = tuple(match.group() for match in words[index : index + size])
            found.append((words[index].start(), words[index + size - 1].end(), *_LATIN[key]))
        index += size or 1
    if not text.isascii():
        found.extend((match.start(), match.end(), *_KNOWN[match.group()]) for match in _JAPANESE.finditer(lowered))
    return tuple(found)


def _match_state(words: list[re.Match[str]], index: int) -> int:
    """How many words from here on name a state; 0 for none."""
    for size in range(min(_LONGEST, len(words) - index), 0, -1):
        key = tuple(match.group() for match in words[index : index + size])
        gap = words[index + size - 1].end() - words[index].start() - sum(map(len, key))
        if key in _LATIN and gap == size - 1:
            return size
    return 0
