"""Request bodies: JSON, CSV and forms, and the keys that they write."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from headwater.local.rest import errors
from headwater.local.rest.requests.media_types import CSV, FORM, JSON, OCTETS, TEXT, XML, MediaType


@dataclass(frozen=True, slots=True)
class Payload:
    """A body as it is bound; `keys` are the columns or arguments that it names."""

    body: bytes
    keys: tuple[str, ...] = ()
    is_object: bool = False
    arguments: tuple[tuple[str, str], ...] = ()


NOTHING = Payload(b"")
BLANK = b" \t\n\r"
DEEPEST = 1000
PIECE = 1 << 20
# A string that nobody closes goes to the end of the body: it must not be looked at again from each quote in it.
BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.S)
# The body's own limit bounds a field; the library's default would refuse long texts.
csv.field_size_limit(2**31 - 1)


def is_too_deep(body: bytes) -> bool:
    """Say whether JSON is nested beyond the bound, past which Postgres would run out of stack.

    Brackets are summed up a piece at a time, those within strings too; only where that sum is beyond the bound, which
    ordinary bodies never reach, the strings are left out one by one.
    """
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return False
    import numpy

    depth = 0
    for start in range(0, len(body), PIECE):
        signs = numpy.frombuffer(body, numpy.uint8, min(PIECE, len(body) - start), start)
        opened = (signs == 0x5B) | (signs == 0x7B)
        closed = (signs == 0x5D) | (signs == 0x7D)
        sums = numpy.cumsum(opened.astype(numpy.int8) - closed.astype(numpy.int8), dtype=numpy.int32)
        if depth + int(sums.max()) > DEEPEST:
            return is_nested_too_deep(body)
        depth += int(sums[-1])
    return False


def is_nested_too_deep(body: bytes) -> bool:
    """Say the same exactly, strings left out."""
    depth = 0
    for match in BRACKET.finditer(body):
        sign = match[0]
        if sign in (b"[", b"{"):
            depth += 1
            if depth > DEEPEST:
                return True
        elif sign in (b"]", b"}"):
            depth -= 1
    return False


def starts_object(body: bytes) -> bool:
    """Say whether a JSON text is an object, by its first sign."""
    return body[:64].lstrip(BLANK).startswith(b"{") or body.lstrip(BLANK).startswith(b"{")


def read_payload(body: bytes, content: MediaType, columns: tuple[str, ...] | None, *, for_call: bool) -> Payload:
    """Read a body; raises PGRST102 for one that can't be read. `columns` are those of the address, if given."""
    if content == JSON:
        return read_json(body, columns, for_call=for_call)
    if content == CSV:
        return read_csv(body)
    if content == FORM:
        pairs = tuple(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        keys = tuple(sorted({key for key, _ in pairs}))
        return Payload(orjson.dumps(dict(pairs)), keys, True, pairs)
    if for_call and content in (TEXT, XML, OCTETS):
        if content != OCTETS and b"\0" in body:
            raise errors.null_character()
        return Payload(body)
    raise errors.invalid_body(f"Content-Type not acceptable: {content.name}")


def read_json(body: bytes, columns: tuple[str, ...] | None, *, for_call: bool) -> Payload:
    """Read JSON; with `columns` its keys do not matter and Postgres alone reads it."""
    if for_call and not body and columns is None:
        return Payload(b"{}", (), True)
    if is_too_deep(body):
        raise errors.invalid_body(f"JSON nested deeper than {DEEPEST} levels")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if columns is not None:
            return Payload(body, tuple(sorted(set(columns))), starts_object(body))
        raise errors.invalid_body("Empty or invalid json") from error
    if b"\\u0000" in body:
        raise errors.RestError(
            400, "22P05", "unsupported Unicode escape sequence", details="\\u0000 cannot be converted to text."
        )
    if columns is not None:
        return Payload(body, tuple(sorted(set(columns))), isinstance(value, dict))
    return read_keys(body, value, "All object keys must match")


def read_keys(body: bytes, value: Any, complaint: str) -> Payload:
    """Find the keys of an object, or of a list of objects that all have the same."""
    if isinstance(value, dict):
        return Payload(body, tuple(sorted(value)), True)
    if not isinstance(value, list) or not value:
        return Payload(b"[]")
    first = value[0]
    if not isinstance(first, dict):
        raise errors.invalid_body(complaint)
    keys = first.keys()
    if not all(isinstance(item, dict) and item.keys() == keys for item in value):
        raise errors.invalid_body(complaint)
    return Payload(body, tuple(sorted(keys)))


def read_csv(body: bytes) -> Payload:
    """Read CSV with a head line; the word NULL stands for null."""
    try:
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise errors.invalid_body(f"parse error: {error}") from error
    rows = [row for row in rows if row]
    if not rows:
        raise errors.invalid_body('parse error (not enough input) at ""')
    head, *lines = rows
    if any(len(line) != len(head) for line in lines):
        raise errors.invalid_body("All lines must have same number of fields")
    records = [{key: None if text == "NULL" else text for key, text in zip(head, line, strict=True)} for line in lines]
    return read_keys(orjson.dumps(records), records, "All lines must have same number of fields")
