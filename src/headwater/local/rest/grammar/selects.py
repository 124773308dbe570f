"""The `select` and `columns` parameters."""

from __future__ import annotations

from functools import lru_cache

from headwater.local.rest.grammar.scanner import IDENTIFIER, Scanner, read_field, read_name
from headwater.local.rest.grammar.tree import Field, SelectField, SelectItem, SelectRelation

AGGREGATES = ("sum", "avg", "count", "max", "min")
EVERYTHING: tuple[SelectItem, ...] = (SelectField(Field("*")),)


@lru_cache(maxsize=1024)
def parse_select(text: str) -> tuple[SelectItem, ...]:
    """Read a select list; raises PGRST100."""
    scanner = Scanner(text, "select parameter")
    # What follows a closing bracket is passed over, as PostgREST does; after a field nothing else may stand.
    return read_items(scanner)


def read_items(scanner: Scanner) -> tuple[SelectItem, ...]:
    """Read items up to a closing bracket or the end."""
    items: list[SelectItem] = []
    scanner.skip_blank()
    if scanner.at_end() or scanner.sees(")"):
        return ()
    while True:
        scanner.skip_blank()
        items.append(read_item(scanner))
        scanner.skip_blank()
        if not scanner.accept(","):
            return tuple(items)


def read_item(scanner: Scanner) -> SelectItem:
    """Read a star, a spread, a relation or a field."""
    if scanner.accept("..."):
        name = read_name(scanner)
        return read_relation(scanner, name, None, spread=True)
    start = scanner.position
    if scanner.accept("*"):
        if ends_item(scanner):
            return SelectField(Field("*"))
        scanner.fail('")", "," or end of input')
    alias = read_alias(scanner)
    after_alias = scanner.position
    name = read_name(scanner)
    if (scanner.sees("!") or scanner.sees("(")) and name != "count":
        return read_relation(scanner, name, alias, spread=False)
    if name == "count" and scanner.accept("()"):
        item = SelectField(Field("*"), alias, None, "count", read_cast(scanner))
    else:
        scanner.position = after_alias
        item = read_plain_field(scanner, alias)
    if not ends_item(scanner):
        scanner.fail('letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input')
    if scanner.position == start:
        scanner.fail("field name (* or [a..z0..9_$])")
    return item


def read_alias(scanner: Scanner) -> str | None:
    """Read `alias:` if it stands here."""
    start = scanner.position
    if scanner.sees('"') or IDENTIFIER.match(scanner.text, start):
        alias = read_name(scanner)
        if scanner.sees(":") and not scanner.sees("::"):
            scanner.position += 1
            return alias
    scanner.position = start
    return None


def read_plain_field(scanner: Scanner, alias: str | None) -> SelectField:
    """Read a field with its cast and its aggregate."""
    field = read_field(scanner)
    cast = read_cast(scanner)
    aggregate = None
    aggregate_cast = None
    if scanner.sees("."):
        for name in AGGREGATES:
            if scanner.accept(f".{name}()"):
                aggregate = name
                aggregate_cast = read_cast(scanner)
                break
    return SelectField(field, alias, cast, aggregate, aggregate_cast)


def read_cast(scanner: Scanner) -> str | None:
    """Read `::type` if it stands here."""
    if not scanner.accept("::"):
        return None
    match = scanner.take(IDENTIFIER)
    if not match:
        scanner.fail("a type name")
    return match[0].strip()


def read_relation(scanner: Scanner, name: str, alias: str | None, *, spread: bool) -> SelectRelation:
    """Read the hint, the kind of join and the items of a relation."""
    hint: str | None = None
    join: str | None = None
    for _ in range(2):
        if not scanner.accept("!"):
            break
        word = read_name(scanner)
        if word in ("inner", "left"):
            join = join or word
        else:
            hint = hint or word
    scanner.expect("(")
    scanner.enter()
    children = read_items(scanner)
    scanner.leave()
    scanner.expect(")")
    scanner.skip_blank()
    return SelectRelation(name, children, alias, hint, join, spread)


def ends_item(scanner: Scanner) -> bool:
    """Say whether an item ends here."""
    scanner.skip_blank()
    return scanner.at_end() or scanner.sees(",") or scanner.sees(")")


@lru_cache(maxsize=1024)
def parse_columns(text: str) -> tuple[str, ...]:
    """Read the list of columns that are written; raises PGRST100."""
    return read_names(Scanner(text, "columns parameter"))


@lru_cache(maxsize=1024)
def parse_conflict(text: str) -> tuple[str, ...]:
    """Read the list of columns that an upsert goes by; raises PGRST100."""
    return read_names(Scanner(text, "on_conflict parameter"))


def read_names(scanner: Scanner) -> tuple[str, ...]:
    """Read names to the end of the list."""
    names = [read_name(scanner)]
    while True:
        scanner.skip_blank()
        if not scanner.accept(","):
            return tuple(names)
        scanner.skip_blank()
        names.append(read_name(scanner))
