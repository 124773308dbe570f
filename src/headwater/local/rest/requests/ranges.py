"""Rows asked for by `Range`, `limit` and `offset`, and the `Content-Range` answered."""

from __future__ import annotations

import re
from dataclasses import dataclass

from headwater.local.rest import errors

HEADER = re.compile(r"^([0-9]+)-([0-9]*)$")
NUMBER = re.compile(r"^\s*(-?[0-9]{1,18})\s*$")


@dataclass(frozen=True, slots=True)
class RowRange:
    """Rows from an offset on; a limit of None means all of them."""

    offset: int = 0
    limit: int | None = None

    @property
    def is_all(self) -> bool:
        """Say whether nothing is left out."""
        return self.offset == 0 and self.limit is None

    def restrict(self, maximum: int | None) -> RowRange:
        """Return the range with no more rows than a maximum."""
        if maximum is None or (self.limit is not None and self.limit <= maximum):
            return self
        return RowRange(self.offset, maximum)


ALL_ROWS = RowRange()


def read_number(text: str | None) -> int | None:
    """Read a whole number; what is none counts as not given."""
    match = NUMBER.match(text) if text is not None else None
    return int(match[1]) if match else None


def resolve_range(limit: str | None, offset: str | None) -> RowRange:
    """Return the range of an embedded level."""
    rows = read_number(limit)
    if rows == 0:
        return RowRange(0, 0)
    return RowRange(read_number(offset) or 0, rows)


def resolve_top_range(method: str, header: str | None, *, limit: str | None, offset: str | None) -> RowRange:
    """Return the range of the top level; the header counts for GET only (RFC 9110).

    Raises PGRST103 for a range without rows and PGRST114 for a range on PUT.
    """
    low, high = 0, None
    if method == "GET" and header is not None and (match := HEADER.match(header)):
        low = int(match[1])
        high = int(match[2]) if match[2] else None
        if high is not None and high < low:
            raise errors.invalid_range(
                "The lower boundary must be lower than or equal to the upper boundary in the Range header."
            )
    wanted = resolve_range(limit, offset)
    if wanted.limit == 0:
        return RowRange(0, 0)
    if wanted.limit is not None:
        last = wanted.offset + wanted.limit - 1
        high = last if high is None else min(high, last)
    start = max(low, wanted.offset)
    if high is not None and high < start:
        raise errors.invalid_range("Limit should be greater than or equal to zero.")
    result = RowRange(start, None if high is None else high - start + 1)
    if method == "PUT" and not result.is_all:
        raise errors.put_with_range()
    return result


def format_content_range(lower: int, upper: int, total: int | None) -> str:
    """Return the `Content-Range` value."""
    rows = f"{lower}-{upper}" if total != 0 and lower <= upper else "*"
    return f"{rows}/{'*' if total is None else total}"


def range_status(lower: int, upper: int, total: int | None) -> int:
    """Return 200, 206 for a part, or 416 for an offset beyond the end."""
    if total is None:
        return 200
    if lower > total:
        return 416
    return 206 if 1 + upper - lower < total else 200
