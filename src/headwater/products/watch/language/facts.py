"""The facts in a text: what makes "from $20 to $24" a change however alike the two sentences look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from headwater.products.watch.language.dates import DATE, MONTH_OF_NAME, TIME, end_of_zone, read_date, read_time
from headwater.products.watch.language.names import find_names
from headwater.products.watch.language.numbers import (
    PERCENT,
    PLAIN,
    PRICE,
    UNIT,
    measure,
    name_currency,
    parse_number,
    scale_number,
)
from headwater.products.watch.language.states import find_state_words
from headwater.products.watch.language.stopwords import NEGATIONS


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a text. `kind`: price, percentage, date, time, version, quantity, number, phone, email, url, state,
    negation or name; `value` its one form; `text` as written, from `start` to `end`.
    """

    kind: str
    value: str
    text: str
    start: int
    end: int


_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'|]{3,400}", re.IGNORECASE)
_DOMAIN = re.compile(
    r"(?<![\w@.])(?:[a-z0-9-]{2,40}\.)+(?:com|org|net|io|dev|gov|edu|de|fr|es|jp|eu|uk|example|test|info|app|"
    r"ai)(?![\w-])(?:/[^\s<>\"'|,]*)?"
)
_PHONE = re.compile(
    r"(?<![\w.,])(?:\+\d{1,3}[\s./()-]{0,2}(?:\(?\d{1,5}\)?[\s./-]{0,2}){2,6}\d{2,}|"
    r"\(\d{2,5}\)\s?\d[\d\s./-]{4,14}\d|0\d{1,4}[\s/-]\d[\d\s/-]{4,14}\d|"
    r"\d{3}[-.]\d{3}[-.]\d{4}|\d{3}-\d{4})(?![\w]|[.,]\d)"
)
_VERSION = re.compile(
    r"(?<![\w.])(?:v(?:er(?:sion)?)?\.?\s?\d+(?:\.\d+)*(?:[-+._]?(?:alpha|beta|rc|dev|post|preview|"
    r"lts)[.-]?\d*)?(?:[-+][0-9A-Za-z.-]*[0-9A-Za-z])?"
    r"|\d+\.\d+\.\d+(?:\.\d+)*(?:[-+._]?(?:alpha|beta|rc|dev|post|b|"
    r"a)[.-]?\d*)?(?:[-+][0-9A-Za-z.-]*[0-9A-Za-z])?)(?![\w])",
    re.IGNORECASE,
)
# Letters and digits in one word: RTX4090, B12, SKU-4711.
_CODE = re.compile(r"(?<![\w])(?=\w)(?=[\w-]*\d)(?=[\w-]*[^\W\d_])[\w]+(?:-[\w]+)*(?![\w])")
# Rows of figures that are no amount of anything; to read them as one would take the square of their length.
ENDLESS_NUMBER = re.compile(r"(?:\d[.,'’]?){40}")
_WITH_DIGIT = re.compile(r"\d[^\s]{0,200}")
_DIGIT = re.compile(r"\d")
_VERSION_PREFIX = re.compile(r"^v(?:er(?:sion)?)?\.?\s?", re.IGNORECASE)
_TRAILING = ".,;:!?)]}»”’'\""
_THOUSANDS_ONLY = re.compile(r"^\d{1,3}(?:\.\d{3})+$")


@lru_cache(maxsize=256)
def find_hard_facts(text: str, language: str = "") -> tuple[Fact, ...]:
    """Facts that hold a digit or an address, in order, none overlapping another."""
    if not _DIGIT.search(text) and "@" not in text and "." not in text:
        return ()
    if ENDLESS_NUMBER.search(text):
        return tuple(
            Fact("number", match.group(), match.group(), *match.span()) for match in _WITH_DIGIT.finditer(text)
        )
    found: list[Fact] = []
    taken = bytearray(len(text) + 1)
    for fact in _find_candidates(text, language):
        if fact.end > fact.start and not any(taken[fact.start : fact.end]):
            taken[fact.start : fact.end] = b"\x01" * (fact.end - fact.start)
            found.append(fact)
    return tuple(sorted(found, key=lambda fact: fact.start))


def _find_candidates(text: str, language: str) -> Iterator[Fact]:
    """All that might be a fact, the surest kinds first: who comes first keeps the place."""
    for kind, pattern in (("email", _EMAIL), ("url", _URL), ("url", _DOMAIN)):
        for match in pattern.finditer(text):
            shown = match.group().rstrip(_TRAILING)
            yield Fact(
                kind, shown.lower().partition("?")[0].rstrip("/"), shown, match.start(), match.start() + len(shown)
            )
    if not _DIGIT.search(text):
        return
    for match in DATE.finditer(text):
        readings = read_date(match.group())
        if readings:
            yield Fact("date", "/".join(readings), match.group(), match.start(), match.end())
    for match in TIME.finditer(text):
        yield Fact("time", read_time(match), match.group(), match.start(), end_of_zone(text, match.end()))
    for match in PRICE.finditer(text):
        scale = match["scale"] or match["scale2"]
        value = scale_number(parse_number(match["first"] or match["second"], language=language), scale)
        yield Fact(
            "price",
            f"{value} {name_currency(match['sign'] or match['after'])}",
            match.group(),
            match.start(),
            match.end(),
        )
    for match in PERCENT.finditer(text):
        yield Fact(
            "percentage", parse_number(match["number"], language=language), match.group(), match.start(), match.end()
        )
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if 7 <= len(digits) <= 16:
            yield Fact(
                "phone", digits, match.group().strip(), match.start(), match.start() + len(match.group().rstrip())
            )
    for match in _VERSION.finditer(text):
        if not _THOUSANDS_ONLY.match(match.group()):
            yield Fact(
                "version", _VERSION_PREFIX.sub("", match.group().lower()), match.group(), match.start(), match.end()
            )
    yield from _find_numbers(text, language)


def _find_numbers(text: str, language: str) -> Iterator[Fact]:
    for match in PLAIN.finditer(text):
        start, end = match.span()
        if start and (text[start - 1].isalpha() or text[start - 1] == "_") and text[start - 1].isascii():
            continue
        value = scale_number(parse_number(match["number"], language=language), match["scale"])
        unit = UNIT.match(text, end) if match["scale"] is None and match["ordinal"] is None else None
        if unit is not None:
            kind, amount = measure(value, unit["unit"])
            yield Fact("quantity", f"{amount} {kind}", text[start : unit.end()], start, unit.end())
        elif end < len(text) and text[end].isascii() and (text[end].isalpha() or text[end] == "_"):
            continue
        else:
            yield Fact("number", value, match.group(), start, end)
    for match in _CODE.finditer(text):
        yield Fact("number", match.group().lower(), match.group(), match.start(), match.end())
    for match in re.finditer(r"\d+", text):
        yield Fact("number", match.group(), match.group(), match.start(), match.end())


def find_facts(text: str, *, language: str = "") -> tuple[Fact, ...]:
    """All facts of a text in order: the hard ones, then states, negations and names where they stand."""
    hard = find_hard_facts(text, language)
    soft = [
        Fact("state", f"{name}={value}", text[start:end], start, end)
        for start, end, name, value in find_state_words(text)
    ]
    soft += [
        Fact("negation", match.group().lower(), match.group(), match.start(), match.end())
        for match in re.finditer(r"[^\W\d_]+", text)
        if match.group().lower() in NEGATIONS
    ]
    soft += [
        Fact("name", name.lower(), name, start, start + len(name))
        for start, name in find_names(text, language=language)
        if name.lower() not in MONTH_OF_NAME
    ]
    return tuple(sorted((*hard, *soft), key=lambda fact: (fact.start, fact.end)))
