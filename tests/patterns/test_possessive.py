"""Possessive repeats of what can fail half-way: Python up to 3.11.4 stays where the failed turn stopped.

Of `12, x` the pattern `\\d++(?:[.,]\\d++)*+` takes the comma as well there. An atomic group, `(?>(?:...)*)`, means the
same and is right everywhere: https://github.com/python/cpython/issues/106052.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _constants as codes  # nothing public shows how a pattern is built
from re import _parser as parser
from typing import Any

import pytest

from tests.patterns.collecting import collect_patterns

# The only turn that fails half-way is a backslash at the very end of the text, where both positions match alike; or
# none can, for all that follows the first character is optional.
HARMLESS = {
    "headwater.local.rest.grammar.scanner:QUOTED",
    "headwater.local.rest.requests.payload:BRACKET",
    "headwater.products.watch.page.markup.blocks:_TAG",
}


def list_parts(code: Any, value: Any) -> list[Any]:
    """Return the sequences that one element of a pattern is made of."""
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return [value[2]]
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.BRANCH:
        return list(value[1])
    if code is codes.ATOMIC_GROUP:
        return [value]
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return [value[1]]
    return []


def can_fail_halfway(sequence: Any) -> bool:
    """Say whether a sequence has a second element, or a part of it has."""
    return len(sequence) > 1 or any(can_fail_halfway(part) for one in sequence for part in list_parts(*one))


def list_suspects(sequence: Any) -> Iterator[Any]:
    """Yield the possessive repeats of what can fail half-way."""
    for code, value in sequence:
        if code is codes.POSSESSIVE_REPEAT and can_fail_halfway(value[2]):
            yield value
        for part in list_parts(code, value):
            yield from list_suspects(part)


def is_suspect(pattern: re.Pattern[Any]) -> bool:
    """Say whether a pattern has such a repeat."""
    return any(list_suspects(parser.parse(pattern.pattern, pattern.flags)))


def test_no_pattern_repeats_possessively_what_can_fail_halfway() -> None:
    assert {str(found) for found in collect_patterns() if is_suspect(found.pattern)} == HARMLESS


@pytest.mark.parametrize(
    ("pattern", "suspect"),
    [(r"\d++(?:[.,]\d++)*+", True), (r"(?:a|bc)*+", True), (r"\d++(?>(?:[.,]\d++)*)", False), (r"(?:a|b)*+", False)],
)
def test_such_a_repeat_is_found(pattern: str, suspect: bool) -> None:
    assert is_suspect(re.compile(pattern)) is suspect
