"""What changes without saying anything: clocks, counters, adverts, stamps and ids by their wording and their containers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from headwater.products.watch.dates import DATE, TIME
from headwater.products.watch.lexicon.noise import ANYWHERE, APART, COUNTED, LABELS, WHOLE
from headwater.products.watch.passages import Passage

MASK = "   "
LONGEST_COUNTER_LINE = 200
_NAMED_GROUP = re.compile(r"\(\?P<\w+>")
_BACK_REFERENCE = re.compile(r"\(\?P=sep\)")


def _plain(pattern: str) -> str:
    return _BACK_REFERENCE.sub("[/.-]", _NAMED_GROUP.sub("(?:", pattern))


_STAMP = rf"(?:(?:[^\W\d_]{{2,12}}\.?,?\s)?(?:{_plain(DATE.pattern)})|{_plain(TIME.pattern)})"
_STAMPS = rf"(?:{_STAMP}(?:[\s,·|@–-]|at|um|à|a las|um)*)+(?:\s?(?:UTC|GMT|CES?T|E[SD]T|P[SD]T|MES?Z|JST|Uhr|h)\b)?"
_COUNT = r"(?<![\d$€£¥.,/-])\d[\d.,\u202f\u00a0]*(?: \d{3})*\s?(?:k|m|mio\.?|tsd\.?|million|thousand|万)?\b\+?"
_SPAN = (
    r"(?:\d+ ?(?:days?|d|hours?|hrs?|h|minutes?|mins?|min|m|seconds?|secs?|s|weeks?|tage?n?|std|stunden?|minuten|sekunden|jours?|heures?|secondes?|"
    r"días?|horas?|minutos?|segundos?)\b(?:[,:]? (?:and )?(?=\d))?){1,4}|\d{1,3}:\d\d(?::\d\d)?(?::\d\d)?"
)


def _compile_lines(table: str) -> re.Pattern[str]:
    filled = (
        table.replace("{labels}", LABELS).replace("{counted}", COUNTED).replace("{count}", _COUNT).replace("{span}", f"(?:{_SPAN})").replace("{stamp}", _STAMPS)
    )
    return re.compile("|".join(f"(?:{line.strip()})" for line in filled.strip().splitlines()), re.IGNORECASE)


_ANYWHERE, _APART, _WHOLE = _compile_lines(ANYWHERE), _compile_lines(APART), _compile_lines(WHOLE)
_NEEDS_LOOK = re.compile(
    r"\d|\bago\b|just now|moment|gerade|instant|ahora|たった今|sponsor|advert|\bads?\b|promot|anzeige|werbung|publici|anuncio|広告|\bpr\b|partner|brought|random|"
    r"daily|fun fact|did you know|of the (?:day|hour|week)|playing|member|visitor|browser|agent|\b(?:node|server|host|pod|instance|worker|backend|edge|pop)\b|"
    r"someone|bought|purchased|signed up|booked|from|updated|cache|moon|session|presented|präsentiert|patrocin|soutien|today|yesterday|heute|gestern",
    re.IGNORECASE,
)
_SEPARATOR_BEFORE = re.compile(r"(?:^|[|·•∙–—\-/,;:()\[\]!]|\s{2,}|\u2003)\s*$")
_SEPARATOR_AFTER = re.compile(r"\s*(?:$|[|·•∙–—\-/,;()\[\]!.]|\s{2,})")
# Amounts that someone promises or allows are facts, however much they look like a counter.
_LIMIT_BEFORE = re.compile(
    r"(?:up to|at most|at least|includes?|including|limit(?:ed)?(?: of| to)?|maximum(?: of)?|max\.?|minimum(?: of)?|min\.?|first|only|per|every|"
    r"bis zu|maximal|jusqu['’]à|hasta|最大)\s*$",
    re.IGNORECASE,
)
_LIMIT_AFTER = re.compile(r"^\s*(?:per\b|/|a (?:day|week|month|year)\b|each\b|every\b|included|allowed|limit|maximum|pro\b|par\b|al (?:mes|día)\b)", re.IGNORECASE)
_WEATHER_WORD = re.compile(r"weather|forecast|wetter|météo|tiempo|pronóstico|clima|天気|temperature|climate", re.IGNORECASE)
_WEATHER_LINE = re.compile(r"-?\d{1,3}\s?°\s?[CF]?\b", re.IGNORECASE)
_TICKER_LINE = re.compile(r"(?:[▲▼↑↓△▽⬆⬇]\s?[+-−]?\d|\d\s?[▲▼↑↓]|[A-Z]{2,6}\s[\d.,]+\s\(?[+−-]\d+(?:[.,]\d+)?\s?%)")
_MARKET_WORD = re.compile(r"stock|share|market|rate|price|index|exchange|kurs|börse|bourse|bolsa|株", re.IGNORECASE)
_ADVERT_HINTS = frozenset(("advert", "advertlink"))
_NOISE_HINTS = frozenset(("advert", "related", "widget", "counter", "clock"))
_PITCH = re.compile(
    r"(?:shop|buy|order|book|try|save|download|subscribe|join|sign up|get|learn|click|discover|start) (?:now|today|here|more|yours|\d+ ?%|up to|it free|free)|"
    r"\d+ ?% off|limited[- ]time|special offer|act now|don['’]t miss|best deals?|hurry|free trial|free shipping|jetzt (?:kaufen|bestellen|sparen|testen|sichern)|"
    r"sparen sie|profitez|achetez|essayez|compra ahora|ahorra|aprovecha|今すぐ",
    re.IGNORECASE,
)


@lru_cache(maxsize=16384)
def mask_volatile(text: str) -> str:
    """The text without clocks, relative times, stamps, counters and ids; "" where nothing but noise was in it."""
    if not _NEEDS_LOOK.search(text):
        return text
    if _WHOLE.fullmatch(text):
        return ""
    masked = _cut_out(_ANYWHERE, text, apart=False)
    if len(masked) <= LONGEST_COUNTER_LINE:
        masked = _cut_out(_APART, masked, apart=True)
    if masked == text:
        return text
    return " ".join(masked.split()) if re.search(r"\w", masked) else ""


def _cut_out(pattern: re.Pattern[str], text: str, *, apart: bool) -> str:
    pieces: list[str] = []
    position = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        if start == end or _LIMIT_BEFORE.search(text[max(0, start - 24) : start]) or _LIMIT_AFTER.match(text, end):
            continue
        if apart and not (_SEPARATOR_BEFORE.search(text[max(0, start - 4) : start]) and _SEPARATOR_AFTER.match(text, end)):
            continue
        pieces.append(text[position:start])
        position = end
    pieces.append(text[position:])
    return MASK.join(pieces)


def stable_text(passage: Passage) -> str:
    """What of a passage may be compared: without what its markup or its wording calls a clock or a counter."""
    text = passage.text
    for piece in passage.volatile:
        text = text.replace(piece, MASK, 1)
    return mask_volatile(" ".join(text.split()))


def find_noise(passage: Passage, *, headings: str = "") -> str | None:
    """Why a whole passage is noise (advert, related, counter, clock, widget, weather, ticker), or None.

    `headings` are the page's own headings: on a page about the weather, the weather is its matter.
    """
    for hint in passage.hints:
        if hint == "related" and passage.tag in ("h1", "h2"):
            continue
        if hint in _NOISE_HINTS and not (hint in ("counter", "clock") and len(passage.text) > 160):
            return hint
    if "advertlink" in passage.hints and "link" in passage.hints:
        return "advert"
    if "promotion" in passage.hints and (_PITCH.search(passage.text) or "advertlink" in passage.hints):
        return "advert"
    short = len(passage.text) <= 90 and passage.tag not in ("tr", "h1", "h2", "h3")
    about = f"{headings} {passage.heading}"
    if short and _WEATHER_LINE.search(passage.text) and not _WEATHER_WORD.search(about):
        if "weather" in passage.hints or passage.region in ("header", "aside", "footer") or len(passage.text.split()) <= 8:
            return "weather"
    if short and _TICKER_LINE.search(passage.text) and not _MARKET_WORD.search(about):
        return "ticker"
    if not stable_text(passage):
        return "clock"
    return None


def is_rotating_pitch(old: str, new: str) -> bool:
    """Do two texts in one place look like two adverts that take turns?"""
    return _PITCH.search(old) is not None and _PITCH.search(new) is not None


def page_headings(passages: Sequence[Passage]) -> str:
    """The main headings of a page, which say what it is about."""
    return " ".join(passage.text for passage in passages if passage.tag in ("h1", "h2") and "related" not in passage.hints)[:2000]
