"""Two texts at the edge of a page of which only counts, stamps, readings of the weather or a ticker moved."""

from __future__ import annotations

import re

from headwater.products.watch.compare.noise.reasons import NoiseReason
from headwater.products.watch.language.facts import find_hard_facts
from headwater.products.watch.language.lexicon import read_joined
from headwater.products.watch.language.stamps import DAY_SIGN, TIME_SIGN, sign_stamps
from headwater.products.watch.language.weight import GRAVE, LIMITS

_WORDS = read_joined("running")
_NUMBER = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
_DIGITAL = re.compile(r"(?<![^\s|·•,;()])[^\s|·•,;()\d]*+\d[^\s|·•,;()]*+")
_MONEY = re.compile(r"[$€£¥₹円]|\b(?:euros?|eur|usd|gbp|dollars?|chf|kr|zł|pln|sek|nok|dkk|kč)\b", re.IGNORECASE)
_ARROW = re.compile(r"[+−–▲▼↑↓-]")
# "4.6 (892)", "£41,220 raised of £60,000": the mean of many votes, the way to a goal.
MEAN = re.compile(r"(?<![\d.,])(?:10|[0-9])[.,]\d\s?(?:/ ?(?:5|10)\s?)?\(\d[\d.,' ]*\)")
_METER = re.compile(
    r"(\d[\d.,' ]{0,30})[^\d]{1,24}\b(?:of|von|sur|de|di|van|av|af|z|ze|/)\b[^\d]{0,12}(\d[\d.,' ]*)", re.IGNORECASE
)
_SHARE = re.compile(r"# ?(?:[%％‰]|percent|prozent)", re.IGNORECASE)
_MOVED_BY = re.compile(r"(?:[+−–-]|▲|▼|↑|↓) ?\d+(?:[.,]\d+)? ?%")
_RANGE = re.compile(r"#\.? ?(?:[-–~]|to|bis|à|a|tot|al?|até|から|do|till|til) ?#")
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
_REGISTER = re.compile(
    r"(?<![^\W\d_])(?:compan\w*|regist\w*|vat|ust\w*|hrb|siret|siren|cif|nif|nip|kvk|btw|iva|cvr|org|licen[cs]e|licenza|"
    r"charity|iban|bic|konto\w*|account|compte|cuenta|conto|isbn|issn)(?![^\W\d_])",
    re.IGNORECASE,
)
# What a server took for something; the answers of readers.
LATENCY = re.compile(r"\W*\d[\d.,]* ?(?:ms|µs)\W*")
_POLL = re.compile(r"# ?% (?:of|von|der|des|sur|de|di|van|af|av|z|ze) #", re.IGNORECASE)
_PROMISED = re.compile(rf"(?<![^\W\d_])(?:{_WORDS['promise']})(?![^\W\d_])", re.IGNORECASE)
_ONLOOKERS = re.compile(
    rf"(?<![^\W\d_])(?:{_WORDS['activity']}|{_WORDS['presence']}|{_WORDS['people']}|{_WORDS['deeds']})(?![^\W\d_])",
    re.IGNORECASE,
)
SMALLEST_COUNT = 100
_NOW_LABEL = re.compile(rf"(?:{_WORDS['now']}) ?[:：]", re.IGNORECASE)
_HEAT_OR_WIND = re.compile(
    r"# ?(?:m/s|km/h|mph|kn|kts?|knots|knoten|nodi|nœuds|nudos|nós|knopen|knob|hpa|°|grad|gradi|grados|graus|graden|"
    r"grader|degrees|degrés|stopni|stupňů|astetta)(?![^\W\d_])",
    re.IGNORECASE,
)
_DURABLE = frozenset(("phone", "email"))


def holds_durable(text: str) -> bool:
    return any(fact.kind in _DURABLE for fact in find_hard_facts(text))


def find_count(old: str, new: str, *, footer: bool, edge: bool, about: bool) -> NoiseReason | None:
    """A line of which nothing moved but counts: not money, measures, limits, places or opening hours.

    `edge`: it stands at the edge of the page, `footer`: at its foot; `about`: it tells what readers did with an item.
    """
    if (footer or (edge and all(_COPYRIGHT.search(text) for text in (old, new)))) and _is_colophon(old, new):
        return "stamp"
    signed = [sign_stamps(text) for text in (old, new)]
    bare = [_NUMBER.sub("#", one.text) for one in signed]
    reading = _find_reading(old, new, bare) if edge else None
    if reading is not None:
        return reading
    if _SIGNS.sub("", bare[0]) != _SIGNS.sub("", bare[1]) or "#" not in bare[0]:
        return None
    if all(MEAN.search(text) for text in (old, new)) or (edge and _is_meter(old, new)):
        return "counter"
    text = bare[0]
    if LATENCY.fullmatch(old) and LATENCY.fullmatch(new):
        return "clock"
    if signed[0].stamps != signed[1].stamps or _is_durable_number(text, old, new):
        return None
    if edge and (_says_now(text) or _POLL.search(text)):
        return "counter"
    if any(pattern.search(text) for pattern in (_SHARE, _MEASURED)) or (edge and not about and _is_small(old, new)):
        return None
    return "counter" if re.search(r"[^\W\d_]", text) or not edge else None


def _find_reading(old: str, new: str, bare: list[str]) -> NoiseReason | None:
    """A ticker, a line that begins with "now", the weather."""
    if all(_MOVED_BY.search(text) for text in (old, new)) and len({_ARROW.sub("~", text) for text in bare}) == 1:
        return "ticker"
    if all(_NOW_LABEL.match(text) and not GRAVE.search(text) for text in (old, new)):
        return "clock"
    if all(_HEAT_OR_WIND.search(text) and len(text.split()) <= 12 for text in bare) and not _PROMISED.search(bare[1]):
        return "weather"
    return None


def _is_durable_number(bare: str, old: str, new: str) -> bool:
    """Does a line name money, a range, a limit, a place, a way to reach somebody, or another year?"""
    if _MONEY.search(bare) or _RANGE.search(bare) or _says_limit(bare) or _PLACE.search(_name_large(new)):
        return True
    years = [_YEAR.findall(_SIGNS.sub(" ", sign_stamps(text).text)) for text in (old, new)]
    return years[0] != years[1] or holds_durable(old) or holds_durable(new)


def _name_large(text: str) -> str:
    """The text with a sign for each number, another one where it is too large for a house or a room.

    Not where it is the number of a company, a licence or an account.
    """
    if _REGISTER.search(text):
        return _NUMBER.sub("#", text)
    return _NUMBER.sub(lambda found: "#" if len(re.sub(r"\D", "", found.group())) < 6 else "~", text)


def _is_small(old: str, new: str) -> bool:
    """Are all numbers below a hundred, and no word says that somebody looks on? A group's size, a number of lessons."""
    values = [int(re.sub(r"\D", "", found)) for text in (old, new) for found in _NUMBER.findall(text)]
    return max(values) < SMALLEST_COUNT and _ONLOOKERS.search(new) is None


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
    if signed[0].stamps != signed[1].stamps and not all(_has_time_stamp(one.text) for one in signed):
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


def _has_time_stamp(signed: str) -> bool:
    """Is a date written with an hour, or as that of the last change?"""
    if DAY_SIGN in signed and re.search("[\ue001\ue002]", signed):
        return True
    return re.search(rf"(?<![^\W\d_])(?:{_WORDS['updated']})(?![a-zß-ÿ])", signed, re.IGNORECASE) is not None


def is_date_of_today(old: str, new: str) -> bool:
    """Does a bar at the top or bottom of the page begin with the day, another one each time?"""
    signed = [sign_stamps(text) for text in (old, new)]
    if not all(DAY_SIGN in one.text[:3] for one in signed) or signed[0].stamps[:1] == signed[1].stamps[:1]:
        return False
    return max(len(old), len(new)) <= 120 and not any(TIME_SIGN in one.text and "–" in one.text for one in signed)


def _says_limit(text: str) -> bool:
    return LIMITS.search(text) is not None


def _says_now(text: str) -> bool:
    return re.search(rf"(?<![^\W\d_])(?:{_WORDS['now']})(?![^\W\d_])", text, re.IGNORECASE) is not None
