"""Capitalised names: people, places, products. German gives every noun a capital, so only pairs and titles count."""

from __future__ import annotations

import re
from functools import lru_cache

from headwater.products.watch.language.dates import MONTH_OF_NAME, WEEKDAY_OF_NAME
from headwater.products.watch.language.stopwords import STOPWORDS

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TITLE = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "herr",
        "frau",
        "monsieur",
        "madame",
        "mme",
        "señor",
        "señora",
        "sra",
        "don",
        "doña",
        "sir",
        "dame",
        "lord",
        "lady",
    ]
)
_COMMON = STOPWORDS | frozenset(
    [
        "i",
        "ok",
        "faq",
        "new",
        "no",
        "yes",
        "not",
        "euro",
        "euros",
        "dollar",
        "dollars",
        "pound",
        "pounds",
        "yen",
        "utc",
        "gmt",
        "am",
        "pm",
    ]
)
_GERMAN = frozenset(
    [
        "der",
        "die",
        "das",
        "den",
        "dem",
        "und",
        "ist",
        "nicht",
        "mit",
        "für",
        "von",
        "zu",
        "ein",
        "eine",
        "wir",
        "sie",
        "auf",
        "im",
        "am",
        "wird",
        "werden",
        "haben",
        "kann",
        "bei",
        "nach",
        "alle",
        "aller",
        "jeder",
        "jede",
        "unsere",
        "unserer",
        "unser",
        "auch",
        "oder",
        "sich",
        "aus",
        "über",
        "durch",
        "repariert",
    ]
)
_ENGLISH = frozenset(
    [
        "the",
        "and",
        "is",
        "not",
        "with",
        "for",
        "of",
        "to",
        "a",
        "an",
        "we",
        "you",
        "on",
        "in",
        "at",
        "will",
        "be",
        "have",
        "can",
        "by",
        "from",
        "all",
    ]
)
_ENDS = frozenset('.!?:;|•·\n–—"“„«([*>')


@lru_cache(maxsize=512)
def find_names(text: str, *, language: str = "") -> tuple[tuple[int, str], ...]:
    """(position, name) of each capitalised word that is not so only for standing first in a sentence."""
    words = list(_WORD.finditer(text))
    if not words:
        return ()
    if language != "de" and _reads_german(words):
        language = "de"
    capital = sum(1 for match in words if match.group()[0].isupper())
    small = len(words) - capital
    names: list[tuple[int, str]] = []
    for index, match in enumerate(words):
        word = match.group()
        lowered = word.lower()
        if (
            lowered in _TITLE
            or not word[0].isupper()
            or len(word) < 2
            or lowered in _COMMON
            or lowered in MONTH_OF_NAME
            or lowered in WEEKDAY_OF_NAME
        ):
            continue
        inner_capital = any(sign.isupper() for part in word.split("-") for sign in part[1:])
        first = _starts_sentence(text, match.start())
        if inner_capital and not (word.isupper() and small == 0 and len(word) > 5):
            names.append((match.start(), word))
        elif language == "de":
            if _follows_name(words, index, text) or _leads_name(words, index, text):
                names.append((match.start(), word))
        elif not first and (small > 0 or capital <= 3):
            names.append((match.start(), word))
    return tuple(names)


def _reads_german(words: list[re.Match[str]]) -> bool:
    """Is a passage German, whatever the page says of itself?"""
    lowered = [match.group().lower() for match in words]
    return sum(word in _GERMAN for word in lowered) > max(0, sum(word in _ENGLISH for word in lowered))


def _starts_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" '’‘\t")
    return not before or before[-1] in _ENDS


def _follows_name(words: list[re.Match[str]], index: int, text: str) -> bool:
    if index == 0:
        return False
    previous = words[index - 1]
    between = text[previous.end() : words[index].start()]
    before = previous.group()
    if before.lower() in _TITLE:
        return between in (" ", ". ")
    return between == " " and (before[0].isupper() and before.lower() not in _COMMON and len(before) > 1)


def _leads_name(words: list[re.Match[str]], index: int, text: str) -> bool:
    if index + 1 >= len(words) or _starts_sentence(text, words[index].start()):
        return False
    following = words[index + 1]
    return (
        text[words[index].end() : following.start()] == " "
        and following.group()[0].isupper()
        and following.group().lower() not in _COMMON
    )
