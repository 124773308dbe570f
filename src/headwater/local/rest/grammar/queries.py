"""A whole query string: its parts parsed, its values apart, and the key of its shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from urllib.parse import quote_plus, unquote_plus

from headwater.local.rest import errors
from headwater.local.rest.grammar.filters import Values, parse_filter, parse_logic, parse_logic_path, parse_path
from headwater.local.rest.grammar.orders import parse_order
from headwater.local.rest.grammar.selects import EVERYTHING, parse_columns, parse_conflict, parse_select
from headwater.local.rest.grammar.tree import Filter, LogicNode, OrderTerm, Path, SelectItem

T = TypeVar("T")
MAX_VALUES = 30_000
# Longer texts are hardly met twice, and remembering them would let strangers fill the memory.
LONGEST_KEPT = 2048


@dataclass(slots=True)
class Query:
    """The parameters of one request; `values` are its bound values and `shape` all that is not a value."""

    select: tuple[SelectItem, ...] = EVERYTHING
    filters: list[tuple[Path, Filter]] = field(default_factory=list)
    logic: list[tuple[Path, LogicNode]] = field(default_factory=list)
    orders: list[tuple[Path, tuple[OrderTerm, ...]]] = field(default_factory=list)
    limits: dict[Path, str] = field(default_factory=dict)
    offsets: dict[Path, str] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None
    on_conflict: tuple[str, ...] | None = None
    arguments: list[tuple[str, str]] = field(default_factory=list)
    filter_keys: set[str] = field(default_factory=set)
    values: list[bytes | None] = field(default_factory=list)
    shape: list[str] = field(default_factory=list)


class Remembering(Protocol[T]):
    """A parser that remembers what it has read (`functools.lru_cache`)."""

    __wrapped__: Callable[..., T]

    def __call__(self, text: str, /) -> T:
        """Parse a text, or give what it gave before."""
        ...


def read(parse: Remembering[T], text: str) -> T:
    """Parse a text, remembering it only where it is short."""
    return parse(text) if len(text) <= LONGEST_KEPT else parse.__wrapped__(text)


def split_query(raw: str) -> list[tuple[str, str | None]]:
    """Split a query string into names and values; a name without `=` has the value None."""
    pairs: list[tuple[str, str | None]] = []
    for part in raw.split("&"):
        if not part:
            continue
        name, equals, value = part.partition("=")
        if "%" in part or "+" in part:
            name, value = unquote_plus(name), unquote_plus(value)
        pairs.append((name, value if equals else None))
    return pairs


def format_canonical(pairs: list[tuple[str, str | None]]) -> str:
    """Return the parameters sorted by name, as `Content-Location` shows them."""
    ordered = sorted(pairs, key=lambda pair: pair[0])
    return "&".join(f"{encode(name)}={encode(value or '')}" for name, value in ordered)


def encode(text: str) -> str:
    """Percent-encode as PostgREST does: unreserved characters stay, a space becomes %20."""
    if text.isalnum() and text.isascii():
        return text
    return quote_plus(text, safe="").replace("+", "%20")


def parse_query(pairs: list[tuple[str, str | None]], *, for_call: bool) -> Query:
    """Read all parameters; with `for_call` those that hold no operator are a function's arguments."""
    query = Query()
    values = Values(query.values)
    for name, value in pairs:
        if value is None:
            continue
        last = name.rpartition(".")[2]
        if name == "select":
            add_select(query, value)
        elif name == "columns":
            query.columns = query.columns or read(parse_columns, value)
        elif name == "on_conflict":
            query.on_conflict = query.on_conflict or read(parse_conflict, value)
            query.shape.append("c" + value)
        elif last == "order":
            query.orders.append((read(parse_path, name)[0], read(parse_order, value)))
            query.shape.append("o" + name + "=" + value)
        elif last == "limit":
            query.limits.setdefault(read(parse_path, name)[0], value)
        elif last == "offset":
            query.offsets.setdefault(read(parse_path, name)[0], value)
        elif last in ("and", "or"):
            add_logic(query, name, value, values)
        else:
            add_filter(query, name, value, values, for_call=for_call)
    if len(query.values) > MAX_VALUES:
        raise errors.too_complex(f"more than {MAX_VALUES} values")
    return query


def add_select(query: Query, text: str) -> None:
    """Take the first select of a request."""
    if not any(part.startswith("s") for part in query.shape):
        query.select = read(parse_select, text)
        query.shape.append("s" + text)


def add_logic(query: Query, name: str, text: str, values: Values) -> None:
    """Take a tree of conditions; its shape is its text without the values."""
    path, prefix = read(parse_logic_path, name)
    values.spans.clear()
    query.logic.append((path, parse_logic(prefix, text, values)))
    source = prefix + text
    parts = ["l", name, "="]
    at = 0
    for start, end in values.spans:
        parts.append(source[at:start])
        at = end
    parts.append(source[at:])
    query.shape.append("\1".join(parts))


def add_filter(query: Query, name: str, text: str, values: Values, *, for_call: bool) -> None:
    """Take a filter, or in a call an argument."""
    path, target = read(parse_path, name)
    found = parse_filter(text, values)
    if found is None:
        if for_call:
            query.arguments.append((target.name, text))
            return
        problem = f'unexpected "{text[:1]}" expecting "not" or operator (eq, gt, ...)'
        raise errors.syntax_error("filter", text, 1, problem)
    operation, slot = found
    query.filters.append((path, Filter(target, operation, slot)))
    query.filter_keys.add(name)
    query.shape.append("f" + name + "\1" + operation.key)
