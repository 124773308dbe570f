"""Names of things in the database and how they are quoted."""

from __future__ import annotations

from typing import NamedTuple


class QualifiedName(NamedTuple):
    """A name within a schema; an empty schema leaves the choice to the search path or names an alias."""

    schema: str
    name: str


def quote_identifier(name: str) -> str:
    """Quote a name so that Postgres reads it as one identifier, whatever it holds."""
    cut = name.split("\0", 1)[0]
    return '"' + cut.replace('"', '""') + '"'


def quote_name(name: QualifiedName) -> str:
    """Quote a qualified name."""
    if name.schema:
        return quote_identifier(name.schema) + "." + quote_identifier(name.name)
    return quote_identifier(name.name)


def quote_literal(text: str) -> str:
    """Quote text that comes from the catalog itself, never from a request."""
    cut = text.split("\0", 1)[0]
    doubled = "'" + cut.replace("'", "''") + "'"
    if "\\" in doubled:
        return "E" + doubled.replace("\\", "\\\\")
    return doubled


# Type names that the SQL grammar spells by keywords: a quoted identifier would not find them.
KEYWORD_TYPES = {
    word: word
    for word in (
        "bigint", "bit", "bit varying", "boolean", "char", "character", "character varying", "dec", "decimal",
        "double precision", "float", "int", "integer", "interval", "national character",
        "national character varying", "nchar", "numeric", "real", "smallint", "time", "time with time zone",
        "time without time zone", "timestamp", "timestamp with time zone", "timestamp without time zone", "varchar",
    )
}  # fmt: skip


def quote_cast(name: str) -> str:
    """Return the SQL of a cast's target: a keyword from the closed list, or else a quoted identifier.

    Unquoted names fold to lower case in SQL, so this folds too.
    """
    folded = " ".join(name.lower().split())
    return KEYWORD_TYPES.get(folded) or quote_identifier(folded)
