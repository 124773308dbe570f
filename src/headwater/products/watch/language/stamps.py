"""Dates and times of day of a text as single characters, so that a pattern need not spell them out each time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from headwater.products.watch.language.dates import DATE, TIME, WEEKDAY_OF_NAME

# Private-use characters: no page uses them for words, and `\w` does not match them.
DAY_SIGN, TIME_SIGN, SECONDS_SIGN = "\ue000", "\ue001", "\ue002"

_NAMES = sorted((name for name in WEEKDAY_OF_NAME if name.isascii() or name[0] > "\u2000"), key=len, reverse=True)
MORE_WEEKDAYS = (
    "lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|domingo|"
    "maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|"
    "poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela|pondělí|úterý|středa|čtvrtek|pátek|neděle|"
    "måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|mandag|tirsdag|lørdag|søndag|"
    "maanantai|tiistai|keskiviikko|torstai|perjantai|lauantai|sunnuntai|"
    "понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    "pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar|luni|marți|miercuri|joi|vineri|sâmbătă|duminică"
)
_SHORT_WEEKDAYS = (
    "mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|gio|sab|ma|wo|vr|za|zo|seg|ter|qua|qui|sex"
)
_WEEKDAY_BEFORE = re.compile(
    r"(?:(?<![^\W\d_])(?:"
    + "|".join(_NAMES)
    + r"|miércoles|sábado|"
    + f"{MORE_WEEKDAYS}|{_SHORT_WEEKDAYS}"
    + r")\b\.?,?\s)?(?:the |der |den |le |el )?$",
    re.IGNORECASE,
)
_LONGEST_WEEKDAY = 18
_SECONDS = re.compile(r"\d[:.]\d\d[:.]\d\d")
_JOINED = r"(?:[\s,·|@–-]|\bat\b|\bum\b|à|a las)*"
ZONE = r"(?:\s?(?:UTC|GMT|CES?T|E[SD]T|P[SD]T|MES?Z|JST|Uhr|h)\b)?"
_ANY_TIME = f"[{TIME_SIGN}{SECONDS_SIGN}]"
_ANY = f"[{DAY_SIGN}{TIME_SIGN}{SECONDS_SIGN}]"
# Patterns over signed text: dates and times in a row; dates with or without a time.
STAMP = rf"(?:{_ANY}(?:{_JOINED}{_ANY})?{ZONE})"
DAY = rf"(?:{DAY_SIGN}(?:{_JOINED}{_ANY_TIME}{ZONE})?)"


@dataclass(frozen=True, slots=True)
class SignedText:
    """A text whose dates and times are one character each. `shifts`: (place after it, characters that it stands
    for).
    """

    text: str
    stamps: tuple[str, ...] = ()
    shifts: tuple[tuple[int, int], ...] = ()

    def place(self, position: int) -> int:
        """Where a position of the signed text is in the text as it was."""
        for after, length in reversed(self.shifts):
            if after <= position:
                return position + length
        return position


def is_relative_time(text: str) -> bool:
    """Is what a `<time>` element shows relative ("3 hours ago") in whatever language: no date, no hour?"""
    shown = text.strip()
    return (
        bool(shown) and DATE.search(shown) is None and TIME.search(shown) is None and _SEPARATED.search(shown) is None
    )


_SEPARATED = re.compile(r"\d[:./-]\d|(?<!\d)(?:19|20)\d\d(?!\d)|[A-Z][a-z]{2,8}\.? \d|\d{1,2}\.? [A-Z]")


def sign_stamps(text: str) -> SignedText:
    """The text with a sign for each date and each time of day."""
    found: list[tuple[int, int, str]] = []
    for match in DATE.finditer(text):
        weekday = _WEEKDAY_BEFORE.search(text, max(0, match.start() - _LONGEST_WEEKDAY), match.start())
        found.append((weekday.start() if weekday else match.start(), match.end(), DAY_SIGN))
    days = list(found)
    for match in TIME.finditer(text):
        if not any(match.start() < end and start < match.end() for start, end, _ in days):
            sign = SECONDS_SIGN if _SECONDS.search(match.group()) else TIME_SIGN
            found.append((*match.span(), sign))
    if not found:
        return SignedText(text)
    pieces: list[str] = []
    stamps: list[str] = []
    shifts: list[tuple[int, int]] = []
    position, written, shift = 0, 0, 0
    for start, end, sign in sorted(found):
        if start < position:
            continue
        pieces.extend((text[position:start], sign))
        stamps.append(text[start:end])
        written += start - position + 1
        shift += end - start - 1
        shifts.append((written, shift))
        position = end
    pieces.append(text[position:])
    return SignedText("".join(pieces), tuple(stamps), tuple(shifts))
