"""Two texts in one place of which only what runs by itself differs: counts of onlookers, clocks, weather, ids.

What `volatile` knows by its wording it cuts out of one text. Here both texts are at hand, so that much less must be
known of the words: where all but the numbers stayed, one word beside them tells a counter from a fact.
"""

from __future__ import annotations

import re
from functools import lru_cache

from headwater.products.watch.compare.noise.reasons import NoiseReason
from headwater.products.watch.language.lexicon import read_joined
from headwater.products.watch.language.stamps import sign_stamps
from headwater.products.watch.page.passages import Passage

_WORDS = read_joined("running")
LONGEST = 160
_NUMBER = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d{3})*(?:[.,]\d+)?(?:\s?(?:k\b|万))?")
_MEASURED = re.compile(
    r"# ?-?(?:h|hours?|days?|weeks?|months?|years?|tagen?|tage|stunden?|wochen?|monaten?|jahren?|jours?|heures?|"
    r"semaines?|mois|ans?|días?|semanas?|mes(?:es)?|años?|giorn[oi]|settiman[ae]|mesi|ann[oi]|dias?|horas?|anos?|dag(?:en)?|weken|maanden|jaar|"
    r"kg|g|km|m|cm|mm|gb|mb|tb|日|時間|週間|か月|年|歳)(?![^\W\d_])",
    re.I,
)
_SPACED_TIME = re.compile(r"\b([01]?\d|2[0-3]) ?h ([0-5]\d)\b")
_STAMP = re.compile("[\ue000\ue001\ue002]")
_MONEY = re.compile(r"[$€£¥₹%円]|\b(?:euros?|eur|usd|gbp|dollars?|chf)\b", re.IGNORECASE)
_DEGREES = re.compile(r"# ?(?:°|grad\b|gradi\b|grados\b|graus\b|graden\b|degrees\b|degrés\b|度)", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,])")
_HASH = re.compile(r"\b(?=[0-9a-f-]*\d)(?=[0-9a-f-]*[a-f])[0-9a-f]{4,}(?:-[0-9a-f]{2,})*\b|\b[0-9a-f]{7,40}\b")
_MACHINE = re.compile(r"\b[a-z]{2,}(?:-[a-z0-9]+)*-?\d+[a-z]?\b|# ?ms\b|\b\d+(?:[.,]\d+)? ?(?:ms|s)\b")
_CHECKSUM = re.compile(r"sha-?\d|md5|checksum|fingerprint|prüfsumme|serial|\bkey\b|coupon|code", re.IGNORECASE)
_JUST_A_STAMP = re.compile(
    "(?:[\\W_]|(?:kw|cw|week|semaine|semana|settimana|ore|h|uhr|om|às|alle|um|à|le|il|o|de|der)\\b)*",
    re.IGNORECASE,
)
# A post of somebody on another site, with its likes.
_POST = re.compile(r"@\w{2,30}\b.{0,200}[❤♥👍🔁💬]")
_MACHINE_NAME = re.compile(r"\b(?:web|app|node|srv|server|host|www|edge|fe|be)-?\d+\b")
_MACHINE_TIME = re.compile(r"# ?(?:m?s|secs?|seconds?|sek\w*|seg\w*)\b", re.IGNORECASE)
_RANGE = re.compile(r"# ?(?:[-–~]|to|bis|à|a|tot|al?|até|から) ?#")
_TELLS_TIME = re.compile(
    rf"(?:(?:{_WORDS['clock_label']})\s?[:：]|(?:{_WORDS['clock_phrase']}))\s?[\ue001\ue002].{{0,30}}", re.IGNORECASE
)
_SOON = re.compile(
    rf"\b{_WORDS['next']}\b.*\b{_WORDS['within']} {_WORDS['span']}|"
    rf"\b(?:sluit over|schließt in|ferme dans|cierra en|chiude tra|fecha em|closes in|opens in) {_WORDS['span']}",
    re.IGNORECASE,
)

_PLAN = re.compile(
    r"(?:plans?|tariff|tarif|package|paket|licen[cs]e|subscription|abo|forfait|formule|plano|piano|tier)\b",
    re.IGNORECASE,
)
_EACH = re.compile(r"# ?\w+ (?:per|each|every|pro|je|par|chaque|por|cada|per|ogni)\b", re.IGNORECASE)


@lru_cache(maxsize=32)
def _compile(alternatives: str) -> re.Pattern[str]:
    """The alternatives as whole words; Japanese ones have no spaces around them."""
    return re.compile(
        rf"(?:(?<![^\W\d_])|(?<=[\u3040-\u9fff]))(?:{alternatives})(?:(?![a-zß-ÿ])|(?<=[\u3040-\u9fff]))", re.I
    )


def _says(alternatives: str, text: str) -> bool:
    return _compile(alternatives).search(text) is not None


def find_running(before: Passage, after: Passage, *, old: str, new: str) -> NoiseReason | None:
    """Why the difference of two texts (what is left of two passages) is noise, or None."""
    if "tr" in (before.tag, after.tag) or after.tag in ("h1", "h2", "h3"):
        return None
    edge = "main" not in (before.region, after.region) or after.ordinal == before.ordinal == 0
    for one, other in dict.fromkeys(((old, new), (before.text, after.text))):
        if max(len(one), len(other)) <= LONGEST:
            reason = _find_in_lines(one, other, edge=edge)
            if reason:
                return reason
    return None


def _find_in_lines(old: str, new: str, *, edge: bool) -> NoiseReason | None:
    if all(re.match(rf"(?:{_WORDS['saying']})\s?[:：?–—-]", text, re.IGNORECASE) for text in (old, new)):
        return "widget"
    if _is_weather(old, new):
        return "weather"
    if _is_last_visit(old, new):
        return "clock"
    if all(re.search(rf"\b(?:{_WORDS['newest_member']})\b", text, re.IGNORECASE) for text in (old, new)):
        return "counter"
    if all(_POST.match(text) for text in (old, new)):
        return "widget"
    if _is_machine_line(old, new, edge=edge):
        return "id"
    return _find_in_numbers(old, new, edge=edge)


def _find_in_numbers(old: str, new: str, *, edge: bool) -> NoiseReason | None:
    signed = [sign_stamps(_SPACED_TIME.sub(r"\1:\2", text)) for text in (old, new)]
    bare = [_NUMBER.sub("#", _MACHINE_NAME.sub("~", one.text)) for one in signed]
    if _STAMP.sub("", bare[0]) != _STAMP.sub("", bare[1]):
        return None
    text = bare[0]
    if signed[0].stamps != signed[1].stamps:
        tells = _says(_WORDS["updated"], text) or _TELLS_TIME.fullmatch(text) is not None
        bare_stamp = edge and _JUST_A_STAMP.fullmatch(_STAMP.sub(" ", text)) is not None
        return "clock" if tells or bare_stamp else None
    if _MONEY.search(text):
        return None
    if _SOON.search(text) and not _EACH.search(text):
        return "clock"
    if _MACHINE_TIME.search(text) and (edge or _says(_WORDS["server"], text)):
        return "clock" if _says(_WORDS["server"], text) else None
    if _PLAN.match(text):
        return None
    text = re.sub(_WORDS["look_back"], "", text, flags=re.IGNORECASE)
    if _says(_WORDS["promise"], text) or _YEAR.search(re.sub("[\ue000]", "", signed[1].text)):
        return None
    if _is_beside_number(_WORDS["presence"], text):
        return "counter"
    if _MEASURED.search(text):
        return None
    if _RANGE.search(text):
        return None
    if _is_beside_number(_WORDS["deeds"], text) or _is_count_alone(text):
        return "counter"
    return "counter" if _says(_WORDS["now"], text) and _is_beside_number(_WORDS["people"], text) else None


def _is_count_alone(text: str) -> bool:
    """Is a line a label and its count ("Followers: 9,812") or a few counts ("126 comments, 31 shares") and no more?"""
    label = rf"{_compile(_WORDS['activity']).pattern}(?:[\s\ue000-\ue002]|(?:{_WORDS['label_tail']})\b)*[:：(]\s?#"
    if re.search(rf"{label}\W*$", text, re.IGNORECASE):
        return True
    few = len(re.findall(r"[^\W\d_]+", text)) <= 3
    return (
        few
        and re.search(rf"#\W{{0,2}}(?:\w+ )?{_compile(_WORDS['activity']).pattern}", text, re.IGNORECASE) is not None
    )


def _is_beside_number(alternatives: str, text: str) -> bool:
    """Does one of the words stand at most four words from a number?"""
    numbers = [match.start() for match in re.finditer("#", text)]
    for match in _compile(alternatives).finditer(text):
        for number in numbers:
            between = text[match.end() : number] if number >= match.end() else text[number + 1 : match.start()]
            if len(between.split()) <= 4:
                return True
    return False


def _is_weather(old: str, new: str) -> bool:
    bare = [_NUMBER.sub("#", text) for text in (old, new)]
    if not all(_DEGREES.search(text) and len(text.split()) <= 12 for text in bare):
        return False
    if _says(_WORDS["promise"], bare[1]):
        return False
    if all(re.match(rf"(?:{_WORDS['heat_label']})\s?[:：]? ?-?#", text, re.IGNORECASE) for text in bare):
        return True
    return all(_says(_WORDS["sky"], re.sub(r"[^\w ]", " ", text)) or _hour_and_heat(text) for text in bare)


def _hour_and_heat(text: str) -> bool:
    """ "It is 12:31 and 27 degrees"."""
    return re.search(rf"\b(?:{_WORDS['clock_phrase']}|{_WORDS['clock_label']})\b", text, re.IGNORECASE) is not None


def _is_last_visit(old: str, new: str) -> bool:
    """ "Latest booking: 14 minutes ago from Delft": who did it passes with the time."""
    for text in (old, new):
        bare = _NUMBER.sub("#", text)
        if _says(_WORDS["promise"], bare) or not (
            _compile(rf"^(?:{_WORDS['latest']})").match(text) and re.search(_WORDS["span_ago"], bare, re.I)
        ):
            return False
    return max(len(old.split()), len(new.split())) <= 12


def _is_machine_line(old: str, new: str, *, edge: bool) -> bool:
    """Do only hashes, machine names and milliseconds differ, at the edge of the page or beside the word session?"""
    if _CHECKSUM.search(new):
        return False
    bare = [_MACHINE.sub("~", _HASH.sub("~", text)) for text in (old, new)]
    if bare[0] != bare[1] or "~" not in bare[0]:
        return False
    session = (
        re.search(r"\b(?:ses[st]?i\w+|sess\w+|sitzung\w*|request|trace|nonce|セッション)\b", new, re.I) is not None
    )
    return _HASH.search(new) is not None and (session or (edge and _MACHINE.search(new) is not None))
