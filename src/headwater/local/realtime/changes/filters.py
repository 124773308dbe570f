"""The grammar of filters on changes: `column=operator.value`, several joined by commas (and).

Source: https://supabase.com/docs/guides/realtime/postgres-changes#available-filters
"""

from __future__ import annotations

from dataclasses import dataclass

OPERATORS = {
    "eq": "=",
    "neq": "<>",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
    "in": "= any",
    "like": "like",
    "ilike": "ilike",
    "match": "~",
    "imatch": "~*",
    "is": "is",
    "isdistinct": "is distinct from",
}
IS_VALUES = frozenset({"null", "true", "false", "unknown"})
# A quotation mark opens a quoted value only where a value or an element of a list may begin.
_BEFORE_QUOTE = frozenset(".(,")


class InvalidFilter(Exception):
    """A filter can't be read; the text is what the subscriber is told."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; of an `in` the value is an array literal of Postgres."""

    column: str
    operator: str
    value: str
    negated: bool = False


def parse_filter(text: str, *, max_conditions: int = 50) -> tuple[Condition, ...]:
    """Read a filter; an empty one has no conditions.

    Raises:
        InvalidFilter: it isn't one, or has more than `max_conditions` conditions.
    """
    text = text.strip()
    if not text:
        return ()
    parts = _split(text)
    if len(parts) > max_conditions:
        raise InvalidFilter(f"a filter may have at most {max_conditions} conditions")
    return tuple(_parse_condition(part.strip()) for part in parts)


def _split(text: str) -> list[str]:
    """Split at the commas that stand outside of parentheses and quotation marks."""
    parts: list[str] = []
    start = depth = 0
    quoted = escaped = False
    previous = ""
    for place, sign in enumerate(text):
        if quoted:
            if escaped:
                escaped = False
            elif sign == "\\":
                escaped = True
            elif sign == '"':
                quoted = False
        elif sign == '"' and previous in _BEFORE_QUOTE:
            quoted = True
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(0, depth - 1)
        elif sign == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
        previous = sign
    return [*parts, text[start:]]


def _parse_condition(text: str) -> Condition:
    if not text:
        raise InvalidFilter("filter must not contain empty segments (check for extra commas)")
    column, equals, rest = text.partition("=")
    if not equals:
        raise InvalidFilter(f'["{text}"]')
    negated = rest.startswith("not.")
    operator, dot, value = rest.removeprefix("not.").partition(".")
    if not dot:
        raise InvalidFilter(f'["{operator}"]')
    if operator not in OPERATORS:
        raise InvalidFilter(f'["{operator}", "{value}"]')
    if operator == "in":
        if len(value) < 2 or value[0] != "(" or value[-1] != ")":
            raise InvalidFilter("`in` filter value must be wrapped by parentheses")
        return Condition(column, operator, "{" + value[1:-1] + "}", negated)
    return Condition(column, operator, _unquote(value), negated)


def _unquote(value: str) -> str:
    """Take the quotation marks off a value that is quoted as a whole; any other is taken literally."""
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    plain: list[str] = []
    signs = iter(value[1:-1])
    for sign in signs:
        if sign == '"':
            return value
        if sign != "\\":
            plain.append(sign)
            continue
        escaped = next(signs, None)
        if escaped is None:
            return value
        plain.append(escaped)
    return "".join(plain)
