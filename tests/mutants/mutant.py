"""One small fault: where it is and what it changes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """Replaces the bytes `start` to `end` of the file `path` (below the checkout) by `after`; `line` from 1."""

    path: str
    rule: str
    line: int
    start: int
    end: int
    before: str
    after: str

    def apply(self, source: bytes) -> bytes:
        """Return the file with the fault in it."""
        return source[: self.start] + self.after.encode() + source[self.end :]


def place_mutant(path: str, source: bytes, *, rule: str, start: int, end: int, after: str) -> Mutant:
    """Make a mutant of the bytes `start` to `end` of `source`."""
    line = source.count(b"\n", 0, start) + 1
    return Mutant(path, rule, line, start, end, source[start:end].decode(), after)


def find_text(path: str, source: bytes, *, before: str, after: str, rule: str) -> Mutant:
    """Make the mutant that replaces the text `before`. Raises ValueError unless it stands there exactly once."""
    wanted = before.encode()
    if source.count(wanted) != 1:
        raise ValueError(f"{path}: found {source.count(wanted)} times: {before!r}")
    start = source.index(wanted)
    return place_mutant(path, source, rule=rule, start=start, end=start + len(wanted), after=after)
