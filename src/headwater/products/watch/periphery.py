"""Noise by place and shape, whatever the words: what takes turns at the edge of a page, and counts that run there.

At the edge (outside of the page's matter, see `matter`) and in lines about an item (its votes, its comments) two
kinds of change say nothing: one saying, offer or link in the place of another that it shares no word with, and a
count that moved while all words stayed. A changed price, hour, address, limit or state says something anywhere.
"""

from __future__ import annotations

import re

from headwater.products.watch.align import Fragment
from headwater.products.watch.facts import find_hard_facts
from headwater.products.watch.lexicon import noise_running as words
from headwater.products.watch.lexicon.limits import LIMITS
from headwater.products.watch.names import find_names
from headwater.products.watch.passages import Passage
from headwater.products.watch.stamps import DAY_SIGN, TIME_SIGN, sign_stamps
from headwater.products.watch.states import find_state_words
from headwater.products.watch.words import read_tokens

LONGEST_SAYING = 60
LONGEST_LINE = 240
_NUMBER = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
_DIGITAL = re.compile(r"[^\s|·•,;()]*\d[^\s|·•,;()]*")
_MONEY = re.compile(r"[$€£¥₹円]|\b(?:euros?|eur|usd|gbp|dollars?|chf|kr|zł|pln|sek|nok|dkk|kč)\b", re.IGNORECASE)
_ARROW = re.compile(r"[+−–▲▼↑↓-]")
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
_PLACE = re.compile(r"[^\W\d_a-zß-ÿ][\w.'’-]+\.? #(?: ?[a-z])?(?:\s?[,|·/)]|$)|(?:^|, )#{1,2} [^\W\d_a-zß-ÿ]")
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,])")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
_QUOTED = re.compile(r"^\W{0,3}[\"“”„«»‹›「『‘].{8,}[\"“”„«»‹›」』’]", re.DOTALL)
_HOUR_RANGE = re.compile(r"\d ?(?:h|uhr|am|pm|[ap]\.m\.)? ?[-–—] ?\d", re.IGNORECASE)
_SIGNS = re.compile("[\ue000\ue001\ue002]")
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_LABEL = re.compile(r"[^\W\d_]{2,16} ?[:：–—!] ?")
# What nobody says of an offer or a story that takes its turn.
_GRAVE_STATES = frozenset(
    ["out", "closed", "degraded", "down", "repair", "delayed", "cancelled", "no", "full", "risky", "red"]
)
_DURABLE = frozenset(("phone", "email"))


def find_peripheral(before: Fragment, after: Fragment, *, language: str) -> str | None:
    """Why the difference of two fragments that stand for each other is noise by its place and shape, or None."""
    one, other = before.passage, after.passage
    if "tr" in (one.tag, other.tag) or "h1" in (one.tag, other.tag):
        return None
    edge = "main" not in (one.region, other.region)
    about = "meta" in one.hints and "meta" in other.hints
    if (edge or about) and max(len(one.text), len(other.text)) <= LONGEST_LINE:
        for old, new in dict.fromkeys(((before.text, after.text), (one.text, other.text))):
            reason = _find_count(old, new, footer=other.region == "footer", edge=edge)
            if reason:
                return reason
    if edge and other.region in ("header", "footer") and _is_date_of_today(one.text, other.text):
        return "clock"
    return _find_turn(before, after, edge=edge, language=language)


def _find_count(old: str, new: str, *, footer: bool, edge: bool) -> str | None:
    """A line of which nothing moved but counts: not money, measures, limits, places or opening hours."""
    if (footer or (edge and all(_COPYRIGHT.search(text) for text in (old, new)))) and _is_colophon(old, new):
        return "stamp"
    signed = [sign_stamps(text) for text in (old, new)]
    bare = [_NUMBER.sub("#", one.text) for one in signed]
    if all(_MOVED_BY.search(text) for text in (old, new)) and len({_ARROW.sub("~", text) for text in bare}) == 1:
        return "ticker"
    if _SIGNS.sub("", bare[0]) != _SIGNS.sub("", bare[1]) or "#" not in bare[0]:
        return None
    if signed[0].stamps != signed[1].stamps:
        return None
    text = bare[0]
    if _says_now(text) and edge and not _says_limit(text):
        return "counter"
    if any(pattern.search(text) for pattern in (_MONEY, _SHARE, _MEASURED, _RANGE)) or _says_limit(text):
        return None
    if (
        _YEAR.search(_SIGNS.sub(" ", signed[1].text))
        or _PLACE.search(text)
        or _holds_durable(old)
        or _holds_durable(new)
    ):
        return None
    return "counter" if re.search(r"[^\W\d_]", text) or not edge else None


def _is_colophon(old: str, new: str) -> bool:
    """Did only years, builds, versions, stamps and ids move in a footer?"""
    if any(_holds_durable(text) or _MONEY.search(text) for text in (old, new)):
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


def _is_date_of_today(old: str, new: str) -> bool:
    """Does a bar at the top or bottom of the page begin with the day, another one each time?"""
    signed = [sign_stamps(text) for text in (old, new)]
    if not all(DAY_SIGN in one.text[:3] for one in signed) or signed[0].stamps[:1] == signed[1].stamps[:1]:
        return False
    return max(len(old), len(new)) <= 120 and not any(TIME_SIGN in one.text and "–" in one.text for one in signed)


def _names_grave_state(text: str) -> bool:
    return any(value in _GRAVE_STATES for _, _, _, value in find_state_words(text))


def _holds_durable(text: str) -> bool:
    return any(fact.kind in _DURABLE for fact in find_hard_facts(text))


def _says_limit(text: str) -> bool:
    return LIMITS.search(text) is not None


def _says_now(text: str) -> bool:
    return re.search(rf"(?<![^\W\d_])(?:{words.NOW})(?![^\W\d_])", text, re.IGNORECASE) is not None


def _find_turn(before: Fragment, after: Fragment, *, edge: bool, language: str) -> str | None:
    """One saying, offer or link in the place of another that it has no word in common with."""
    one, other = before.passage, after.passage
    same_place = one.heading == other.heading or one.tag in _HEADINGS or (edge and before.gap == after.gap)
    if not same_place or one.tag != other.tag:
        return None
    if not shares_little(*_without_label(before.text, after.text, edge=edge), language):
        return None
    if "notice" in other.hints or max(_count_words(one.text), _count_words(other.text)) > LONGEST_SAYING:
        return None
    if all(_QUOTED.match(passage.text) for passage in (one, other)):
        return "quote"
    linked = all("link" in passage.hints for passage in (one, other))
    outbound = linked and all("outbound" in passage.hints for passage in (one, other))
    if outbound and (edge or other.tag not in ("li", "dd")):
        return "advert"
    if not edge and not all("slides" in passage.hints for passage in (one, other)):
        return None
    if any(_names_grave_state(text) for text in (before.text, after.text)) or any(
        _holds_durable(passage.text) for passage in (one, other)
    ):
        return None
    shortest = min(_count_words(before.text), _count_words(after.text))
    short = linked or one.region == "header" or one.tag in _HEADINGS
    return "widget" if shortest >= (3 if short else 4) else None


def _without_label(old: str, new: str, *, edge: bool) -> tuple[str, str]:
    """At the edge, what follows a label of one word that both have ("Info: …"), where it is a saying and no value."""
    one, other = _LABEL.match(old), _LABEL.match(new)
    if not edge or one is None or other is None or one.group().lower() != other.group().lower():
        return old, new
    rests = old[one.end() :], new[other.end() :]
    return rests if min(map(_count_words, rests)) >= 3 else (old, new)


def find_attributions(
    changed: list[tuple[Passage | None, Passage | None]], quotes: set[int], *, language: str
) -> set[int]:
    """Which changes (by place in `changed`) only name who said a quote that took another's place.

    `quotes`: places on the new page of the quotes that did.
    """
    found = set()
    for index, (before, after) in enumerate(changed):
        if before is None or after is None or not quotes & {after.ordinal - 1, after.ordinal + 1, after.ordinal - 2}:
            continue
        short = max(len(before.text), len(after.text)) <= 80 and not any(sign.isdigit() for sign in after.text)
        if short and find_names(after.text, language=language) and shares_little(before.text, after.text, language):
            found.add(index)
    return found


def _count_words(text: str) -> int:
    """Words of a text; three signs of a language without spaces count as one."""
    dense = sum(1 for sign in text if "\u3040" <= sign <= "\u9fff")
    return len(text.split()) + dense // 3


def shares_little(before: str, after: str, language: str) -> bool:
    """Have two texts next to no word of matter in common?"""
    old, new = (
        {token.key for token in read_tokens(text, language) if token.kind == "word" and _bears_matter(token.key)}
        for text in (before, after)
    )
    return len(old & new) <= 0.15 * min(len(old), len(new))


def _bears_matter(key: str) -> bool:
    """Short words join longer ones in most languages, also in those of which no list tells which they are."""
    return len(key) > 3 or key[:1] >= "\u3040"
