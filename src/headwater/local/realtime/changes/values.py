"""Values of the log, which are text, as the JSON that Postgres itself would make of them (`to_jsonb`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

Convert = Callable[[str], Any]

BOOL, BYTEA, JSON, JSONB = 16, 17, 114, 3802
_NUMBERS = frozenset({21, 23, 20, 700, 701, 1700})
_TIMESTAMP, _TIMESTAMP_ZONE = 1114, 1184
_NO_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """A type of the database, as far as making JSON of it goes."""

    id: int
    name: str
    full_name: str
    """As SQL writes it, with its schema where needed."""
    base_id: int
    """The type beneath a domain, else its own."""
    element_id: int
    """The type of an array's elements, 0 for what is no array."""
    delimiter: str
    needs_database: bool
    """Only Postgres knows its JSON: composite types, and types with a cast to json of their own."""


def find_converter(type_id: int, types: dict[int, TypeInfo]) -> Convert | None:
    """Return what turns a value's text into JSON, None where the text itself is the JSON string."""
    info = types.get(type_id)
    if info is None:
        return None
    if info.element_id and info.element_id in types:
        convert = find_converter(info.element_id, types)
        delimiter = info.delimiter
        return lambda text: parse_array(text, convert, delimiter=delimiter)
    base = info.base_id
    if base != type_id:
        return find_converter(base, types)
    if base == BOOL:
        return _convert_bool
    if base in _NUMBERS:
        return _convert_number
    if base in {JSON, JSONB}:
        return _convert_json
    if base == _TIMESTAMP:
        return _convert_timestamp
    if base == _TIMESTAMP_ZONE:
        return _convert_timestamp_zone
    return None


def _convert_bool(text: str) -> bool:
    return text == "t"


def _convert_number(text: str) -> Any:
    # Numbers pass as they are written: no float of ours can shorten them.
    return text if text in _NO_NUMBERS else orjson.Fragment(text)


def _convert_json(text: str) -> Any:
    return orjson.Fragment(text)


def _convert_timestamp(text: str) -> str:
    return text.replace(" ", "T", 1)


def _convert_timestamp_zone(text: str) -> str:
    moment = text.replace(" ", "T", 1)
    # "+00" becomes "+00:00"; "infinity" and years before Christ stay.
    return f"{moment}:00" if moment[-3:-2] in {"+", "-"} and moment[-2:].isdigit() else moment


def parse_array(text: str, convert: Convert | None, *, delimiter: str = ",") -> list[Any]:
    """Read an array literal of Postgres; bounds other than 1 are dropped, as `to_jsonb` does."""
    start = text.find("{")
    items, _ = _parse_level(text, start + 1, convert, delimiter)
    return items


def _parse_level(text: str, at: int, convert: Convert | None, delimiter: str) -> tuple[list[Any], int]:
    items: list[Any] = []
    while at < len(text):
        sign = text[at]
        if sign == "}":
            return items, at + 1
        if sign == delimiter:
            at += 1
        elif sign == "{":
            inner, at = _parse_level(text, at + 1, convert, delimiter)
            items.append(inner)
        elif sign == '"':
            plain, at = _read_quoted(text, at + 1)
            items.append(convert(plain) if convert else plain)
        else:
            end = at
            while text[end] not in (delimiter, "}"):
                end += 1
            plain = text[at:end]
            items.append(None if plain == "NULL" else convert(plain) if convert else plain)
            at = end
    return items, at


def _read_quoted(text: str, at: int) -> tuple[str, int]:
    signs: list[str] = []
    while text[at] != '"':
        if text[at] == "\\":
            at += 1
        signs.append(text[at])
        at += 1
    return "".join(signs), at + 1
