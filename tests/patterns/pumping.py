"""Strings that make a backtracking matcher work: each repetition of a pattern, repeated, after what leads to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from re import _constants as codes
from re import _parser as parser
from time import process_time
from typing import Any

_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_LONG = 8
_CLASSES = {
    codes.CATEGORY_DIGIT: "0",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_NOT_WORD: " ",
}
#: What tempts readers of markup, addresses, quotes and numbers, whatever the pattern.
PIECES = (
    *("a", "0", " ", "\n", "\n ", "-", ".", "a.", "a-", "1,1 ", "1.", "é", "_", "/", "a1"),
    *("<", "<!---->", "<!--", "<?xml ?>", "<!DOCTYPE a>", "<a ", "<a>", "<title>", "<loc>", "<url> ", "< "),
    *('"', '"\\', "\\", "'", "(", "[", "{", "((", "a://", "a://b:", "@", "a@", "?a=", "&token=", "#", "# ", "%", "$1"),
)
_ENDS = ("", "\x00")


def list_strings(pattern: re.Pattern[Any], *, size: int) -> list[str]:
    """List pumped strings of about `size` characters for a pattern."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(source, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags)
    made: dict[str, None] = {}
    for lead, body in (*_list_pumps(tree, ""), *(("", piece) for piece in PIECES)):
        if body:
            for end in _ENDS:
                made[lead + body * max(1, size // len(body)) + end] = None
            whole = lead + body
            made[whole * max(1, size // len(whole))] = None
    return list(made)


def measure(pattern: re.Pattern[Any], strings: Sequence[str], is_anchored: bool) -> list[float]:
    """Return the CPU seconds that the pattern takes on each string. Runs in a child, under its deadline."""
    seconds = []
    for text in strings:
        subject: Any = text if isinstance(pattern.pattern, str) else text.encode("utf-8", "replace")
        began = process_time()
        if is_anchored:
            pattern.match(subject)
            pattern.fullmatch(subject)
        else:
            for _ in pattern.finditer(subject):
                pass
        seconds.append(process_time() - began)
    return seconds


def _list_pumps(tree: Any, lead: str) -> Iterator[tuple[str, str]]:
    """List pairs of what leads to a repetition and what is repeated."""
    for operation, value in tree:
        for inner in _list_inner(operation, value):
            yield from _list_pumps(inner, lead)
        if operation in _REPEATS and value[1] > _LONG:
            samples = [_sample(value[2], choice) for choice in range(3)]
            for sample in (*samples, "".join(dict.fromkeys(samples))):
                yield lead, sample
        lead += _sample([(operation, value)], 0)


def _list_inner(operation: Any, value: Any) -> list[Any]:
    if operation in _REPEATS:
        return [value[2]]
    if operation is codes.SUBPATTERN:
        return [value[3]]
    if operation is codes.BRANCH:
        return list(value[1])
    if operation is codes.ATOMIC_GROUP:
        return [value]
    return [value[1]] if operation in (codes.ASSERT, codes.ASSERT_NOT) else []


def _sample(tree: Any, choice: int) -> str:
    """Return a short string that the tree matches, or nearly; `choice` picks among its branches and classes."""
    return "".join(_sample_one(operation, value, choice) for operation, value in tree)


def _sample_one(operation: Any, value: Any, choice: int) -> str:
    if operation is codes.LITERAL:
        return chr(value)
    if operation is codes.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if operation is codes.ANY:
        return "a"
    if operation is codes.IN:
        return _sample_class(value, choice)
    if operation is codes.BRANCH:
        return _sample(value[1][choice % len(value[1])], choice)
    if operation in _REPEATS:
        return _sample(value[2], choice) * min(max(value[0], choice % 2), 50)
    inner = [] if operation in (codes.ASSERT, codes.ASSERT_NOT) else _list_inner(operation, value)
    return "".join(_sample(one, choice) for one in inner)


def _sample_class(members: Any, choice: int) -> str:
    if members[0][0] is codes.NEGATE:
        barred = {chr(value) for kind, value in members[1:] if kind is codes.LITERAL}
        return next(sign for sign in "a0 <-._x"[choice % 3 :] + "bcdefgh" if sign not in barred)
    kind, value = members[choice % len(members)]
    if kind is codes.LITERAL:
        return chr(value)
    return chr(value[0]) if kind is codes.RANGE else _CLASSES.get(value, "a")
