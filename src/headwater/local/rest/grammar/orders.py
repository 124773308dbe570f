"""The `order` parameter."""

from __future__ import annotations

from functools import lru_cache

from headwater.local.rest.grammar.scanner import Scanner, read_field, read_json_path, read_name
from headwater.local.rest.grammar.tree import Field, OrderTerm


@lru_cache(maxsize=1024)
def parse_order(text: str) -> tuple[OrderTerm, ...]:
    """Read the keys of an order; raises PGRST100."""
    scanner = Scanner(text, "order")
    terms = [read_term(scanner)]
    while scanner.accept(","):
        terms.append(read_term(scanner))
    if not scanner.at_end():
        scanner.fail('"," or end of input')
    return tuple(terms)


def read_term(scanner: Scanner) -> OrderTerm:
    """Read one key with its direction and the place of its nulls."""
    scanner.skip_blank()
    name = read_name(scanner)
    relation: str | None = None
    if scanner.accept("("):
        relation = name
        field = read_field(scanner)
        scanner.expect(")")
    else:
        field = Field(name, read_json_path(scanner))
    direction = next((word for word in ("asc", "desc") if scanner.accept("." + word)), None)
    nulls = next((word for word in ("nullsfirst", "nullslast") if scanner.accept("." + word)), None)
    scanner.skip_blank()
    if not scanner.at_end() and not scanner.sees(","):
        if nulls:
            scanner.fail('"," or end of input')
        if scanner.sees("."):
            scanner.fail('"asc", "desc", "nullsfirst" or "nullslast"')
        scanner.fail('delimiter (.), "," or end of input')
    return OrderTerm(field, relation, direction, nulls)
