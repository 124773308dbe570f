"""Amounts of time and the like that are said in words, brought to figures before the numbers are read."""

from __future__ import annotations

import re

from headwater.products.watch.language.numbers import WORDS_TO_NUMBERS


def _half_past(match: re.Match[str]) -> str:
    hour = WORDS_TO_NUMBERS.get(match.group(1).lower(), match.group(1))
    return f"{hour}:30" if str(hour).isdigit() else match.group()


def _add_words(match: re.Match[str]) -> str:
    return str(sum(WORDS_TO_NUMBERS[word.lower()] for word in match.groups()))


_IDIOMS = tuple(
    (re.compile(pattern, re.IGNORECASE), plain)
    for pattern, plain in (
        (
            r"\b24\s?/\s?7\b|\ba?round[ -]the[ -]clock\b|\b24 hours (?:a|per) day\b(?:,? (?:7|seven) days (?:a|per) "
            r"week)?|\bday and night\b|\brund um die uhr\b|"
            r"\b24 ?h(?:eures)? sur 24\b|\b24h/24\b|\blas 24 horas\b|24時間",
            "roundtheclock",
        ),
        (r"\b(?:7|seven) days (?:a|per) week\b|\b7j/7\b", "daily"),
        (r"\bhalf an hour\b", "30 minutes"),
        (r"\ba quarter of an hour\b", "15 minutes"),
        (r"\bhalf a year\b", "6 months"),
        (r"\bone and a half hours\b|\ban hour and a half\b", "90 minutes"),
        (
            r"(?<=[\d€$£¥]) (?:a|an) (?=(?:day|week|month|year|hour)\b)|\s?/\s?(?=(?:day|week|month|year|hour|mo|"
            r"yr)\b)",
            " per ",
        ),
        (r"\bper mo\b\.?", "per month"),
        (r"\bper yr\b\.?", "per year"),
        (r"\bnoon\b|\bmidday\b", "12:00"),
        (r"\bhalf past (\w+)\b", _half_past),
        (r"\be-mail", "email"),
        (
            r"\b(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[- ](one|two|three|four|five|six|seven|eight|"
            r"nine)\b",
            _add_words,
        ),
        (r"\(?\bopens? in (?:a )?new (?:tab|window)\)?", " "),
    )
)


def normalise_idioms(text: str) -> str:
    """ "24/7" and "around the clock" alike, "half an hour" as 30 minutes, "$7/month" as $7 per month."""
    for pattern, plain in _IDIOMS:
        text = pattern.sub(plain, text)
    return text
