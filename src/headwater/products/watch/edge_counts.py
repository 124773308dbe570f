"""Two texts at the edge of a page of which only counts, stamps, readings of the weather or a ticker moved."""

from __future__ import annotations

import re

from headwater.products.watch.facts import find_hard_facts
from headwater.products.watch.lexicon import noise_running as words
from headwater.products.watch.lexicon.grave import GRAVE
from headwater.products.watch.lexicon.limits import LIMITS
from headwater.products.watch.stamps import DAY_SIGN, TIME_SIGN, sign_stamps

_NUMBER = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
_DIGITAL = re.compile(r"[^\s|·•,;()]*\d[^\s|·•,;()]*")
_MONEY = re.compile(r"[$€£¥₹円]|\b(?:euros?|eur|usd|gbp|dollars?|chf|kr|zł|pln|sek|nok|dkk|kč)\b", re.IGNORECASE)
_ARROW = re.compile(r"[+−–▲▼↑↓-]")
# "4.6 (892)", "£41,220 raised of £60,000": the mean of many votes, the way to a goal.
MEAN = re.compile(r"(?<![\d.,])(?:10|[0-9])[.,]\d\s?(?:/ ?(?:5|10)\s?)?\(\d[\d.,' ]*\)")
_METER = re.compile(
    r"(\d[\d.,' ]*)[^\d]{1,24}\b(?:of|von|sur|de|di|van|av|af|z|ze|/)\b[^\d]{0,12}(\d[\d.,' ]*)", re.IGNORECASE
)
_SHARE = re.compile(r"# ?(?:[%％‰]|percent|prozent)", re.IGNORECASE)
_MOVED_BY = re.compile(r"(?:[+−–-]|▲|▼|↑|↓) ?\d+(?:[.,]\d+)? ?%")
_RANGE = re.compile(r"# ?(?:[-–~]|to|bis|à|a|tot|al?|até|から|do|till|til) ?#")
_MEASURED = re.compile(
    r"# ?(?:km|m|cm|mm|kg|g|mg|ml|cl|l|m²|m2|mb|gb|tb|kb|kwh|kw|w|v|hz|°\w?|"
    r"h|std\w*|stund\w*|hours?|hrs?|min\w*|minut\w*|sec\w*|seg\w*|sek\w*|days?|tage?n?|jours?|d[ií]as?|giorn[io]|dag\w*|dni|"
    r"weeks?|woch\w*|semain\w*|seman\w*|settiman\w*|veck\w*|uk\w*|ug\w*|tyg\w*|months?|monat\w*|mois|mes\w*|maand\w*|månad\w*|mies\w*|"
    r"years?|yrs?|jahr\w*|ans?|años?|ann[io]|anos?|jaar|år|lat\w*|rok\w*|日|時間|分|週間|か月|年|歳|名|席)(?![^\W\d_])",
    re.IGNORECASE,
)
# "Bahnhofstraße 12", "Room 4", "12345 Berlin": numbers that name a place.
_PLACE = re.compile(r"[A-ZÀ-ÞĀ-ŽА-Я][\w.'’-]+\.? #(?: ?[a-z])?(?:\s?[,|·/)]|$)|(?:^|, )#{1,2} [A-ZÀ-ÞĀ-ŽА-Я]")
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,])")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
_HOUR_RANGE = re.compile(r"\d ?(?:h|uhr|am|pm|[ap]\.m\.)? ?[-–—] ?\d", re.IGNORECASE)
_SIGNS = re.compile("[\ue000\ue001\ue002]")
_NOW_LABEL = re.compile(rf"(?:{words.NOW}) ?[:：]", re.IGNORECASE)
_HEAT_OR_WIND = re.compile(
    r"# ?(?:m/s|km/h|mph|kn|kts?|knots|knoten|nodi|nœuds|nudos|nós|knopen|knob|hpa|°|grad|gradi|grados|graus|graden|"
    r"grader|degrees|degrés|stopni|stupňů|astetta)(?![^\W\d_])",
    re.IGNORECASE,
)
_DURABLE = frozenset(("phone", "email"))


def holds_durable(text: str) -> bool:
    return any(fact.kind in _DURABLE for fact in find_hard_facts(text))


def find_count(old: str, new: str, *, footer: bool, edge: bool) -> str | None:
    """A line of which nothing moved but counts: not money, measures, limits, places or opening hours."""
    if (footer or (edge and all(_COPYRIGHT.search(text) for text in (old, new)))) and _is_colophon(old, new):
        return "stamp"
    signed = [sign_stamps(text) for text in (old, new)]
    bare = [_NUMBER.sub("#", one.text) for one in signed]
    if all(_MOVED_BY.search(text) for text in (old, new)) and len({_ARROW.sub("~", text) for text in bare}) == 1:
        return "ticker"
    if edge and all(_NOW_LABEL.match(text) and not GRAVE.search(text) for text in (old, new)):
        return "clock"
    if edge and all(_HEAT_OR_WIND.search(text) and len(text.split()) <= 12 for text in bare):
        return "weather"
    if _SIGNS.sub("", bare[0]) != _SIGNS.sub("", bare[1]) or "#" not in bare[0]:
        return None
    if all(MEAN.search(text) for text in (old, new)):
        return "counter"
    if edge and _is_meter(old, new):
        return "counter"
    if signed[0].stamps != signed[1].stamps:
        return None
    text = bare[0]
    if _says_now(text) and edge and not _says_limit(text):
        return "counter"
    if any(pattern.search(text) for pattern in (_MONEY, _SHARE, _MEASURED, _RANGE)) or _says_limit(text):
        return None
    if _YEAR.search(_SIGNS.sub(" ", signed[1].text)) or _PLACE.search(text) or holds_durable(old) or holds_durable(new):
        return None
    return "counter" if re.search(r"[^\W\d_]", text) or not edge else None


def _is_meter(old: str, new: str) -> bool:
    """Did somebody come nearer to a goal that stayed where it was?"""
    found = [_METER.search(text) for text in (old, new)]
    return found[0] is not None and found[1] is not None and found[0].group(2) == found[1].group(2)


def _is_colophon(old: str, new: str) -> bool:
    """Did only years, builds, versions, stamps and ids move in a footer?"""
    if any(holds_durable(text) or _MONEY.search(text) for text in (old, new)):
        return False
    bare = [_YEAR.sub("#", text) for text in (old, new)]
    if any(_HOUR_RANGE.search(sign_stamps(_cut_dates(text)).text) for text in bare) or _says_limit(bare[0]):
        return False
    signed = [sign_stamps(text) for text in (old, new)]
    if _is_signed_stamp(*(one.text for one in signed)):
        return True
    if signed[0].stamps != signed[1].stamps and not all(_tells_stamp(one.text) for one in signed):
        return False
    masked = [_DIGITAL.sub("#", _SIGNS.sub("#", one.text)) for one in signed]
    if masked[0] != masked[1]:
        return False
    return _PLACE.search(_DIGITAL.sub("#", _YEAR.sub("~", new))) is None


def _is_signed_stamp(old: str, new: str) -> bool:
    """ "Last change: 17 November 9:15, by jkowal": a label, a day with an hour, and who did it."""
    parts = [_HEAD_OF_STAMP.match(text) for text in (old, new)]
    if parts[0] is None or parts[1] is None or parts[0].group(1) != parts[1].group(1):
        return False
    return all(len(text[part.end() :].split()) <= 4 for part, text in zip(parts, (old, new), strict=True) if part)


_HEAD_OF_STAMP = re.compile(f"([^\\d{DAY_SIGN}]{{3,40}}){DAY_SIGN}[\\s,·|@–-]*[{TIME_SIGN}\ue002]")


def _cut_dates(text: str) -> str:
    return _SIGNS.sub(" ", sign_stamps(text).text)


def _tells_stamp(signed: str) -> bool:
    """Is a date told with an hour, or as that of the last change?"""
    if DAY_SIGN in signed and re.search("[\ue001\ue002]", signed):
        return True
    return re.search(rf"(?<![^\W\d_])(?:{words.UPDATED})(?![a-zß-ÿ])", signed, re.IGNORECASE) is not None


def is_date_of_today(old: str, new: str) -> bool:
    """Does a bar at the top or bottom of the page begin with the day, another one each time?"""
    signed = [sign_stamps(text) for text in (old, new)]
    if not all(DAY_SIGN in one.text[:3] for one in signed) or signed[0].stamps[:1] == signed[1].stamps[:1]:
        return False
    return max(len(old), len(new)) <= 120 and not any(TIME_SIGN in one.text and "–" in one.text for one in signed)


def _says_limit(text: str) -> bool:
    return LIMITS.search(text) is not None


def _says_now(text: str) -> bool:
    return re.search(rf"(?<![^\W\d_])(?:{words.NOW})(?![^\W\d_])", text, re.IGNORECASE) is not None
