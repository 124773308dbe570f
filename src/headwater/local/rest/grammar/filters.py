"""Filters: the operators, their values, and trees of and/or."""

from __future__ import annotations

import re
from functools import lru_cache

from headwater.local.rest.grammar.scanner import (
    IDENTIFIER,
    QUOTED,
    Scanner,
    read_field,
    read_json_path,
    read_name,
    unescape,
)
from headwater.local.rest.grammar.tree import Field, Filter, LogicGroup, LogicNode, Operation, Path

QUANTIFIABLE = ("eq", "gte", "gt", "lte", "lt", "like", "ilike", "match", "imatch")
SIMPLE = ("neq", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj")
SEARCHES = ("fts", "plfts", "phfts", "wfts")
CONSTANTS = ("null", "not_null", "true", "false", "unknown")
PLAIN = {word: Operation("compare", word) for word in (*QUANTIFIABLE, *SIMPLE)}
PATTERNS = ("like", "ilike")
WORD = re.compile(r"[a-z]+")
LANGUAGE = re.compile(r"\(([\w $]+)\)")
QUANTIFIER = re.compile(r"\((any|all)\)")
BARE = re.compile(r"[^,)]*")
BARE_ARRAY = re.compile(r"\{[^{}]*\}")
EXPECTED = '"not" or operator (eq, gt, ...)'


class Values:
    """The values of a request in the order met, and where in the text each stood."""

    __slots__ = ("items", "spans")

    def __init__(self, items: list[bytes | None]) -> None:
        self.items = items
        self.spans: list[tuple[int, int]] = []

    def add(self, value: str, start: int, end: int) -> int:
        """Keep a value; returns its slot."""
        self.items.append(value.encode())
        self.spans.append((start, end))
        return len(self.items) - 1


@lru_cache(maxsize=4096)
def parse_path(key: str) -> tuple[Path, Field]:
    """Read a parameter's name into the levels that it goes down and the field."""
    scanner = Scanner(key, "tree path")
    names = [read_name(scanner)]
    while scanner.sees("."):
        scanner.position += 1
        names.append(read_name(scanner))
    return tuple(names[:-1]), Field(names[-1], read_json_path(scanner))


def parse_filter(text: str, values: Values) -> tuple[Operation, int] | None:
    """Read a filter's value; returns None for text that starts with no operator at all."""
    word, dot, value = text.partition(".")
    operation = PLAIN.get(word)
    if operation and dot:
        values.items.append((value.replace("*", "%") if word in PATTERNS else value).encode())
        return operation, len(values.items) - 1
    scanner = Scanner(text, "filter")
    if not starts_operation(scanner):
        return None
    return read_operation(scanner, values, in_tree=False)


def starts_operation(scanner: Scanner) -> bool:
    """Say whether an operator stands here, so that a failure after it is an error and not another kind of value."""
    if scanner.sees("not."):
        return True
    match = WORD.match(scanner.text, scanner.position)
    if not match:
        return False
    word, follows = match[0], scanner.text[match.end() : match.end() + 1]
    if word in ("in", "is", "isdistinct") or word in SIMPLE:
        return follows == "."
    if word in QUANTIFIABLE:
        quantifier = QUANTIFIER.match(scanner.text, match.end())
        return scanner.text.startswith(".", quantifier.end() if quantifier else match.end())
    if word in SEARCHES:
        language = LANGUAGE.match(scanner.text, match.end())
        return scanner.text.startswith(".", language.end() if language else match.end())
    return False


def read_operation(scanner: Scanner, values: Values, *, in_tree: bool) -> tuple[Operation, int]:
    """Read an operator and its value; raises PGRST100."""
    negated = scanner.accept("not.")
    if not starts_operation(scanner) or scanner.sees("not."):
        scanner.fail(EXPECTED if not negated else "operator (eq, gt, ...)")
    match = scanner.take(WORD)
    word = match[0] if match else ""
    if word == "in":
        scanner.position += 1
        return Operation("in", "in", negated), read_list(scanner, values)
    if word == "is":
        scanner.position += 1
        return Operation("is", read_constant(scanner), negated), -1
    quantifier = None
    language = None
    kind = "isdistinct" if word == "isdistinct" else "compare"
    if word in QUANTIFIABLE:
        if found := scanner.take(QUANTIFIER):
            quantifier = found[1]
    elif word in SEARCHES:
        kind = "search"
        if found := scanner.take(LANGUAGE):
            language = found[1].strip()
    scanner.expect(".")
    slot = read_value(scanner, values, in_tree=in_tree, pattern=word in PATTERNS)
    return Operation(kind, word, negated, quantifier, language), slot


def read_constant(scanner: Scanner) -> str:
    """Read what `is` compares with, in any case of letters."""
    rest = scanner.text[scanner.position : scanner.position + 8].lower()
    word = next((word for word in CONSTANTS if rest.startswith(word)), None)
    if word is None:
        scanner.fail("isVal: (null, not_null, true, false, unknown)")
    scanner.position += len(word)
    return word


def read_value(scanner: Scanner, values: Values, *, in_tree: bool, pattern: bool) -> int:
    """Read one value: to the end of the text, or within a tree to the next comma or bracket."""
    start = scanner.position
    value = read_tree_value(scanner) if in_tree else scanner.text[start:]
    if not in_tree:
        scanner.position = len(scanner.text)
    return values.add(value.replace("*", "%") if pattern else value, start, scanner.position)


def read_tree_value(scanner: Scanner) -> str:
    """Read a quoted, an array or a bare value."""
    if (quoted := take_quoted(scanner)) is not None:
        return quoted
    match = scanner.take(BARE_ARRAY) or scanner.take(BARE)
    return match[0] if match else ""


def take_quoted(scanner: Scanner) -> str | None:
    """Read a quoted value if one stands here and ends where a value must."""
    match = QUOTED.match(scanner.text, scanner.position)
    if match and scanner.text[match.end() : match.end() + 1] in ("", ",", ")"):
        scanner.position = match.end()
        return unescape(match[1])
    return None


def read_list(scanner: Scanner, values: Values) -> int:
    """Read the list of an `in`, kept as the literal of a Postgres array."""
    start = scanner.position
    scanner.skip_blank()
    scanner.expect("(")
    scanner.skip_blank()
    items: list[str] = []
    while True:
        quoted = take_quoted(scanner)
        if quoted is None:
            match = scanner.take(BARE)
            quoted = match[0] if match else ""
        items.append(quoted)
        if not scanner.accept(","):
            break
    scanner.skip_blank()
    scanner.expect(")")
    scanner.skip_blank()
    return values.add(format_array(items), start, scanner.position)


def format_array(items: list[str]) -> str:
    """Return the literal of a text array; a single empty item means an empty list."""
    if items == [""]:
        return "{}"
    return "{" + ",".join('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items) + "}"


LOGIC_PATH = re.compile(r"\.")


@lru_cache(maxsize=1024)
def parse_logic_path(key: str) -> tuple[Path, str]:
    """Read the name of a logic parameter into its level and its operator, with `not.` before it where negated."""
    scanner = Scanner(key, "logic path")
    names = [read_name(scanner)]
    while scanner.accept("."):
        names.append(read_name(scanner))
    levels = tuple(name for name in names[:-1] if name != "not")
    return levels, ("not." if "not" in names else "") + names[-1]


def parse_logic(prefix: str, text: str, values: Values) -> LogicNode:
    """Read a tree such as `(a.eq.1,or(b.is.null,c.lt.3))` under its operator."""
    scanner = Scanner(prefix + text, "logic tree", shown=text)
    return read_logic(scanner, values)


LOGIC_START = re.compile(r"(not\.)?(and|or)[ \t]*\(")


def read_logic(scanner: Scanner, values: Values) -> LogicNode:
    """Read a group or a single condition."""
    match = LOGIC_START.match(scanner.text, scanner.position)
    if not match:
        return read_condition(scanner, values)
    scanner.position = match.end()
    scanner.skip_blank()
    scanner.enter()
    members = [read_logic(scanner, values)]
    while True:
        scanner.skip_blank()
        if not scanner.accept(","):
            break
        scanner.skip_blank()
        members.append(read_logic(scanner, values))
    scanner.leave()
    scanner.skip_blank()
    scanner.expect(")")
    scanner.skip_blank()
    return LogicGroup(match[2], tuple(members), bool(match[1]))


def read_condition(scanner: Scanner, values: Values) -> Filter:
    """Read `field.operator.value`."""
    if not (scanner.sees('"') or IDENTIFIER.match(scanner.text, scanner.position)):
        scanner.fail("field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)")
    field = read_field(scanner)
    scanner.expect(".")
    operation, slot = read_operation(scanner, values, in_tree=True)
    return Filter(field, operation, slot)
