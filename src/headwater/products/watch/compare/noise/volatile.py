"""What changes without saying anything: clocks, counters, adverts, stamps and ids, by wording and by container."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from headwater.products.watch.compare.noise.reasons import NoiseReason
from headwater.products.watch.language.facts import ENDLESS_NUMBER
from headwater.products.watch.language.lexicon import read_sections
from headwater.products.watch.language.stamps import DAY, SECONDS_SIGN, STAMP, sign_stamps
from headwater.products.watch.page.markup.boilerplate import ADVERT_LABEL
from headwater.products.watch.page.passages import Passage

MASK = "   "
LONGEST_COUNTER_LINE = 200
_COUNT = (
    r"(?<![\d$€£¥.,/-])\d[\d.,\u202f\u00a0]*(?: \d{3})*\s?(?:k|m|mio\.?|tsd\.?|million|thousand|"
    r"万)?(?![A-Za-zÀ-ÿ\d])\+?"
)
_SPAN = (
    r"(?:\d+ ?(?:days?|d|hours?|hrs?|h|minutes?|mins?|min|m|seconds?|secs?|s|weeks?|tage?n?|std|stunden?|minuten|"
    r"sekunden|jours?|heures?|secondes?|"
    r"días?|horas?|minutos?|segundos?)\b(?:[,:]? (?:and )?(?=\d))?){1,4}|\d{1,3}:\d\d(?::\d\d)?(?::\d\d)?"
)


# What only a running clock says: seconds, or more than one unit.
_SPANS = (
    r"(?:\d{1,3}:\d\d:\d\d(?::\d\d)?|(?:\d+ ?(?:days?|d|hours?|hrs?|h|minutes?|mins?|min|m)\b[,:]? (?:and "
    r")?){1,3}\d+ ?(?:hours?|hrs?|h|minutes?|mins?|min|m|seconds?|secs?|s)\b|\d+ ?(?:seconds?|secs?|s)\b)"
)


_LINES = read_sections("noise")
_COUNTED, _LABELS = "".join(_LINES["counted"]), "".join(_LINES["labels"])


def _fill(line: str) -> str:
    return (
        line.strip()
        .replace("{labels}", _LABELS)
        .replace("{counted}", _COUNTED)
        .replace("{count}", _COUNT)
        .replace("{span}", f"(?:{_SPAN})")
        .replace("{spans}", _SPANS)
        .replace("{stamp}", STAMP)
        .replace("{day}", DAY)
        .replace("{seconds}", SECONDS_SIGN)
    )


@dataclass(frozen=True, slots=True)
class _Lines:
    """The patterns of one table: those over the text as it is, and those over the text with signs for its stamps."""

    plain: re.Pattern[str]
    signed: re.Pattern[str] | None


def _compile_lines(lines: Sequence[str]) -> _Lines:
    halves = [
        "|".join(f"(?:{_fill(line)})" for line in lines if (_SIGNED_FIELD.search(line) is not None) is signed)
        for signed in (False, True)
    ]
    return _Lines(*(re.compile(half, re.IGNORECASE) if half else None for half in halves))  # type: ignore[arg-type]


_SIGNED_FIELD = re.compile(r"\{(?:stamp|day|seconds)\}")
_ANYWHERE, _APART, _WHOLE, _CLOCKS = (
    _compile_lines(_LINES["anywhere"]),
    _compile_lines(_LINES["apart"]),
    _compile_lines(_LINES["whole"]),
    _compile_lines(_LINES["clocks"]),
)
_NEEDS_LOOK = re.compile(
    r"\d|\bago\b|just now|moment|gerade|instant|ahora|たった今|sponsor|advert|\bads?\b|promot|anzeige|werbung|publici|"
    r"anuncio|広告|\bpr\b|partner|brought|random|"
    r"daily|fun fact|did you know|of the (?:day|hour|week)|playing|member|visitor|browser|agent|\b(?:node|server|"
    r"host|pod|instance|worker|backend|edge|pop)\b|"
    r"someone|bought|purchased|signed up|booked|from|updated|cache|moon|session|presented|präsentiert|patrocin|"
    r"soutien|today|yesterday|heute|gestern",
    re.IGNORECASE,
)
# What stands beside a counter in one line and is one itself, though alone it might be a fact.
_MORE_COUNTERS = re.compile(
    r"(?:[\s·|•,;:/–—-]|and|(?:members|users|posts|topics|threads|messages|beiträge|mitglieder|themen): \d[\d.,]*+|"
    r"newest member: \S+|\d[\d.,]*+\s?k? (?:posts?|members?|users?|guests?|topics|threads|messages|following|photos?|"
    r"files?|"
    r"answers?|questions?|points|badges|stars|commits|branches|contributors|open issues|issues|repositories|beiträge|"
    r"mitglieder|themen|publications|publicaciones))+",
    re.IGNORECASE,
)
_SEPARATOR_BEFORE = re.compile(r"(?:^|[|·•∙–—\-/,;:()\[\]!]|\s{2,}|\u2003)\s*$")
_SEPARATOR_AFTER = re.compile(r"\s*(?:$|[|·•∙–—\-/,;()\[\]!.]|\s{2,})")
# Amounts that someone promises or allows are facts, however much they look like a counter.
_LIMIT_BEFORE = re.compile(
    r"(?:up to|at most|at least|includes?|including|limit(?:ed)?(?: of| to)?|maximum(?: of)?|max\.?|minimum(?: of)?|"
    r"min\.?|first|only|per|every|(?:plans?|tariff|package|licen[cs]e|subscription|tarif|paket|forfait|abo|plano|piano|formule)\s?:|"
    r"bis zu|maximal|jusqu['’]à|hasta|最大)\s*$",
    re.IGNORECASE,
)
_LIMIT_AFTER = re.compile(
    r"\s*(?:per\b|/|a (?:day|week|month|year)\b|each\b|every\b|included|allowed|limit|maximum|pro\b|par\b|al (?:mes|"
    r"día)\b)",
    re.IGNORECASE,
)
_STAMP_LINE = re.compile(rf"(?:\w+[:,]? )?{STAMP}", re.IGNORECASE)
_PLANS = re.compile(
    r"\b(?:per|a|/) ?(?:month|mo|year|user|seat)\b|/mo\b|\bplans?\b|pricing|subscription|pro monat|par mois|al mes",
    re.IGNORECASE,
)
_WEATHER_WORD = re.compile(
    r"weather|forecast|wetter|météo|tiempo|pronóstico|clima|天気|temperature|climate", re.IGNORECASE
)
_WEATHER_LINE = re.compile(r"-?\d{1,3}\s?°(?:\s?[CF]\b)?", re.IGNORECASE)
_SKY = re.compile(
    r"sunny|cloud|clear|rain|shower|overcast|snow|fog|wind|humid|storm|drizzle|haze|weather|feels like|temperature|"
    r"outside|"
    r"sonnig|bewölkt|wolkig|regen|klar|wetter|ensoleillé|nuageux|pluie|météo|soleado|nublado|lluvia|tiempo|晴|曇|雨|気温|天気",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\d|ago|now|today|yesterday", re.IGNORECASE)
_TICKER_LINE = re.compile(
    r"(?i:^(?:bitcoin|btc|ethereum|eth|dow|nasdaq|s&p|dax|ftse|nikkei|brent|[a-z]{3}/[a-z]{3})\b.*\d.*%)|"
    r"(?:[▲▼↑↓△▽⬆⬇]\s?[+-−]?\d|\d\s?[▲▼↑↓]|[A-Z]{2,6}\s[\d.,]+\s\(?[+−-]\d+(?:[.,]\d+)?\s?%)"
)
_MARKET_WORD = re.compile(r"stock|share|market|rate|price|index|exchange|kurs|börse|bourse|bolsa|株", re.IGNORECASE)
_NOISE_HINTS: Mapping[str, NoiseReason] = {
    "advert": "advert",
    "related": "related",
    "widget": "widget",
    "counter": "counter",
    "clock": "clock",
}
_PITCH = re.compile(
    r"(?:shop|buy|order|book|try|save|download|subscribe|join|sign up|get|learn|click|discover|start) (?:now|today|"
    r"here|more|yours|\d{1,3} ?%|up to|it free|free)|"
    r"\d{1,3} ?% off|limited[- ]time|special offer|act now|don['’]t miss|best deals?|hurry|free trial|free shipping|"
    r"jetzt (?:kaufen|bestellen|sparen|testen|sichern)|"
    r"sparen sie|profitez|achetez|essayez|compra ahora|ahorra|aprovecha|今すぐ",
    re.IGNORECASE,
)


@lru_cache(maxsize=512)
def mask_volatile(text: str, *, table: bool = False, plans: bool = False) -> str:
    """The text without clocks, relative times, stamps, counters and ids; "" where nothing but noise was in it.

    In a `table` a time with seconds is a result; in a list of `plans` "10,000 visits" is what one gets for the money.
    """
    if not _NEEDS_LOOK.search(text) or ENDLESS_NUMBER.search(text):
        return text
    if _WHOLE.plain.fullmatch(text):
        return ""
    masked = _cut_out(_ANYWHERE, text, apart=False)
    if not table:
        masked = _cut_out(_CLOCKS, masked, apart=False)
    if len(masked) <= LONGEST_COUNTER_LINE and not plans:
        masked = _cut_out(_APART, masked, apart=True)
    if masked == text:
        return text
    if _MORE_COUNTERS.fullmatch(masked):
        return ""
    return " ".join(masked.split()) if re.search(r"\w", masked) else ""


def _cut_out(lines: _Lines, text: str, *, apart: bool) -> str:
    found = [match.span() for match in lines.plain.finditer(text)]
    if lines.signed is not None:
        signed = sign_stamps(text)
        found.extend(
            (signed.place(match.start()), signed.place(match.end())) for match in lines.signed.finditer(signed.text)
        )
    spans = [
        (start, end)
        for start, end in _join_overlapping(found)
        if not _LIMIT_BEFORE.search(text, max(0, start - 24), start) and not _LIMIT_AFTER.match(text, end)
    ]
    if apart:
        spans = _keep_apart(spans, text)
    pieces: list[str] = []
    position = 0
    for start, end in spans:
        pieces.append(text[position:start])
        position = end
    pieces.append(text[position:])
    return MASK.join(pieces)


def _join_overlapping(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _keep_apart(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """The spans that stand for themselves: between separators, or beside others that do."""
    starts = {start for start, _ in spans}
    ends = {end for _, end in spans}
    kept = []
    for start, end in spans:
        before = (
            len(text[:start].rstrip()) in ends or _SEPARATOR_BEFORE.search(text[max(0, start - 4) : start]) is not None
        )
        rest = text[end:]
        after = end + len(rest) - len(rest.lstrip()) in starts or _SEPARATOR_AFTER.match(text, end) is not None
        if before and after:
            kept.append((start, end))
    return kept


@dataclass(frozen=True)
class PageContext:
    """What of a page decides what is noise on it: its headings, where its title stands, and what else it says."""

    headings: str = ""
    title_at: int = 0
    texts: tuple[str, ...] = ()

    @cached_property
    def plans(self) -> bool:
        """Whether the page sells plans. It takes a search through all of it, so it is found out when it is asked."""
        return any(_PLANS.search(text) for text in self.texts)


def read_context(passages: Sequence[Passage]) -> PageContext:
    """The context of a page's passages."""
    headings = " ".join(
        passage.text for passage in passages if passage.tag in ("h1", "h2") and "related" not in passage.hints
    )[:2000]
    title_at = next((passage.ordinal for passage in passages if passage.tag == "h1"), 0)
    return PageContext(headings, title_at, tuple(passage.text for passage in passages[:400]))


def stable_text(passage: Passage, context: PageContext) -> str:
    """What of a passage may be compared: without what its markup or its wording calls a clock or a counter."""
    text = passage.text
    for piece in passage.volatile:
        text = text.replace(piece, MASK, 1)
    listed = passage.tag in ("li", "tr", "dd")
    return mask_volatile(" ".join(text.split()), table=passage.tag == "tr", plans=listed and context.plans)


def find_noise(passage: Passage, context: PageContext, *, left: str | None = None) -> NoiseReason | None:
    """Why a whole passage is noise (advert, related, counter, clock, widget, weather, ticker), or None.

    On a page about the weather, the weather is its main content. `left` is its stable text where that is known already.
    """
    for hint in passage.hints:
        if hint == "related" and passage.tag in ("h1", "h2"):
            continue
        if hint in _NOISE_HINTS and (hint not in ("counter", "clock") or _AMOUNT.search(passage.text)):
            return _NOISE_HINTS[hint]
    if "advertlink" in passage.hints and "link" in passage.hints:
        return "advert"
    if "promotion" in passage.hints and (_PITCH.search(passage.text) or "advertlink" in passage.hints):
        return "advert"
    about = f"{context.headings} {passage.heading}"
    if passage.region != "main" and ("personal" in passage.hints or "popup" in passage.hints):
        return "widget"
    chrome = passage.region != "main" or passage.ordinal < context.title_at
    left = stable_text(passage, context) if left is None else left
    if not left or ADVERT_LABEL.match(left):
        return "advert" if left else "clock"
    short = len(left) <= 90 and passage.tag not in ("tr", "h1", "h2", "h3")
    if short and not _WEATHER_WORD.search(about) and _is_weather_line(left, passage, chrome=chrome):
        return "weather"
    if short and _TICKER_LINE.search(left) and not _MARKET_WORD.search(about):
        return "ticker"
    if chrome and passage.region != "aside" and _STAMP_LINE.fullmatch(sign_stamps(passage.text).text):
        return "clock"
    return None


def _is_weather_line(text: str, passage: Passage, *, chrome: bool) -> bool:
    """Does a line tell the weather of now ("Delft 9 °C, cloudy"), and not the heat of an oven?"""
    if not _WEATHER_LINE.search(text) or len(text.split()) > 9:
        return False
    return "weather" in passage.hints or chrome or _SKY.search(text) is not None


def is_rotating_pitch(old: str, new: str) -> bool:
    """Do two texts in one place look like two adverts that take turns?"""
    return _PITCH.search(old) is not None and _PITCH.search(new) is not None


def is_running_clock(old: str, new: str) -> bool:
    """Are two lines nothing but a date and time, of which a minute is so odd that nobody would announce it?"""
    if not all(_STAMP_LINE.fullmatch(sign_stamps(text).text) for text in (old, new)):
        return False
    minutes = [int(minute) for text in (old, new) for minute in re.findall(r"\d[:h](\d\d)", text)]
    return any(minute % 5 for minute in minutes)
