"""Every small fault that could be made in SQL: in a migration, or in a statement within a Python file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.mutants.mutant import Mutant, place_mutant

# A condition ends where the next begins, at the end of its line, or where a bracket closes that it didn't open.
_CONDITION = re.compile(rb"\s(?:and|or) (?!replace|update|delete|insert|truncate)(?=[a-z_$(\"'0-9])")
_NEXT = re.compile(rb"\s(?:and|or|order by|group by|limit|returning|for update|then|loop)\b|[\n;\"]")
_COMPARISON = re.compile(rb" (<=|>=|<|>) ")
_CLAUSE = re.compile(
    rb"\sfor update(?: skip locked)?|\sfor share| skip locked|\slimit [a-z0-9_$.]+|\sorder by [a-z0-9_.]+"
)
_OPPOSITE = {b"<": "<=", b"<=": "<", b">": ">=", b">=": ">"}
_PROSE = re.compile(rb"^\s*--.*$|comment on [^;]*;", re.MULTILINE)


def find_sql_faults(path: str, source: bytes, start: int = 0, end: int | None = None) -> list[Mutant]:
    """List them within `start` and `end`, leaving comments alone."""
    end = len(source) if end is None else end
    prose = [found.span() for found in _PROSE.finditer(source, start, end)]
    found = [*_drop_conditions(path, source, start, end), *_drop_clauses(path, source, start, end)]
    for sign in _COMPARISON.finditer(source, start, end):
        rule, after = "comparison in SQL changed", _OPPOSITE[sign[1]]
        found.append(place_mutant(path, source, rule=rule, start=sign.start(1), end=sign.end(1), after=after))
    return [mutant for mutant in found if not any(first <= mutant.start < last for first, last in prose)]


def _drop_conditions(path: str, source: bytes, start: int, end: int) -> Iterator[Mutant]:
    for word in _CONDITION.finditer(source, start, end):
        last = _find_end(source, word.end(), end)
        if last is not None and b"between" not in source[max(start, word.start() - 60) : word.start()]:
            yield place_mutant(path, source, rule="condition in SQL dropped", start=word.start(), end=last, after="")


def _find_end(source: bytes, begin: int, end: int) -> int | None:
    depth, position = 0, begin
    while position < end:
        if depth == 0 and _NEXT.match(source, position):
            return position
        sign = source[position : position + 1]
        if sign == b")" and depth == 0:
            return position
        depth += (sign == b"(") - (sign == b")")
        position += 1
    return None


def _drop_clauses(path: str, source: bytes, start: int, end: int) -> Iterator[Mutant]:
    for clause in _CLAUSE.finditer(source, start, end):
        yield place_mutant(path, source, rule="clause dropped", start=clause.start(), end=clause.end(), after="")
