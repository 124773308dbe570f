"""States and what excludes them: in stock against sold out, open against closed, free against paid; and negation."""

from __future__ import annotations

import re
from functools import lru_cache

from headwater.products.watch.lexicon.states import STATES


def _read_states(table: str) -> dict[str, tuple[str, str]]:
    known: dict[str, tuple[str, str]] = {}
    for line in table.strip().splitlines():
        name, _, values = line.partition(":")
        for value in values.split(";"):
            label, _, words = value.partition("=")
            for word in words.split("|"):
                known.setdefault(word.strip(), (name.strip(), label.strip()))
    return known


_KNOWN = _read_states(STATES)
_PATTERN = re.compile(
    "|".join(
        rf"{re.escape(word)}" if not word.isascii() and ord(word[0]) > 0x2E80 else rf"\b{re.escape(word)}\b"
        for word in sorted(_KNOWN, key=len, reverse=True)
    )
)


@lru_cache(maxsize=4096)
def find_state_words(text: str) -> tuple[tuple[int, int, str, str], ...]:
    """Where a text names states: (start, end, what it is a state of, value), longest names first, no overlap."""
    lowered = text.lower()
    if len(lowered) != len(text):
        return ()
    return tuple((match.start(), match.end(), *_KNOWN[match.group()]) for match in _PATTERN.finditer(lowered))


def state_of_word(word: str) -> tuple[str, str] | None:
    """The state that one lower-case word or phrase names: (what it is a state of, value)."""
    return _KNOWN.get(word)
