"""Numbers as people write them: 1,234.56 and 1.234,56, prices with sign or code, percentages, quantities with unit."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from headwater.products.watch.language.lexicon import read_sections

NUMBER = r"\d+(?:[.,'’  \u00a0\u202f](?=\d)\d+)*"
# A space parts thousands only: three digits after it, at most three before.
GROUPED = r"(?:\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d{1,2})?|\d++(?>(?:[.,]\d++)*))"

_CURRENCIES = {
    "$": "USD",
    "us$": "USD",
    "usd": "USD",
    "dollar": "USD",
    "dollars": "USD",
    "€": "EUR",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "pound": "GBP",
    "pounds": "GBP",
    "¥": "JPY",
    "jpy": "JPY",
    "yen": "JPY",
    "円": "JPY",
    "￥": "JPY",
    "chf": "CHF",
    "sfr": "CHF",
    "franken": "CHF",
    "kr": "KR",
    "sek": "SEK",
    "nok": "NOK",
    "dkk": "DKK",
    "zł": "PLN",
    "pln": "PLN",
    "₹": "INR",
    "inr": "INR",
    "rs": "INR",
    "₩": "KRW",
    "krw": "KRW",
    "r$": "BRL",
    "brl": "BRL",
    "c$": "CAD",
    "ca$": "CAD",
    "cad": "CAD",
    "a$": "AUD",
    "au$": "AUD",
    "aud": "AUD",
    "nz$": "NZD",
    "nzd": "NZD",
    "mx$": "MXN",
    "mxn": "MXN",
    "₽": "RUB",
    "rub": "RUB",
    "₺": "TRY",
    "try": "TRY",
    "cny": "CNY",
    "rmb": "CNY",
    "元": "CNY",
    "hk$": "HKD",
    "hkd": "HKD",
    "s$": "SGD",
    "sgd": "SGD",
    "₿": "BTC",
    "btc": "BTC",
    "cents": "CENT",
    "cent": "CENT",
    "¢": "CENT",
    "ct": "CENT",
    "pence": "PENCE",
    "czk": "CZK",
    "kč": "CZK",
    "huf": "HUF",
    "ft": "HUF",
    "zar": "ZAR",
    "ils": "ILS",
    "₪": "ILS",
}
_SIGN = r"(?:US|CA|AU|NZ|HK|MX|R|C|A|S)?\$|[€£¥￥₹₩₽₺₿₪]"
_CODE = (
    r"USD|EUR|GBP|JPY|CHF|SEK|NOK|DKK|PLN|INR|KRW|BRL|CAD|AUD|NZD|MXN|RUB|CNY|RMB|HKD|SGD|BTC|CZK|HUF|ZAR|ILS|Fr\.|"
    r"SFr\.?"
)
_AFTER = rf"{_SIGN}|(?:{_CODE}|dollars?|euros?|pounds?|yen|Franken|kr|zł|Kč|cents?|pence|ct)(?![^\W\d_])|円|元|¢"
_SCALE = (
    r"(?:thousand|million|billion|trillion|mln|mio|mrd|bn|millionen|milliarden|tausend|millions?|milliards?|millones|"
    r"mil|[kKmMbB](?![^\W\d_])|万|億)"
)
_SCALES = {
    "thousand": 10**3,
    "tausend": 10**3,
    "mil": 10**3,
    "k": 10**3,
    "million": 10**6,
    "millions": 10**6,
    "mln": 10**6,
    "mio": 10**6,
    "millionen": 10**6,
    "millones": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "b": 10**9,
    "mrd": 10**9,
    "milliarden": 10**9,
    "milliard": 10**9,
    "milliards": 10**9,
    "trillion": 10**12,
    "万": 10**4,
    "億": 10**8,
}

PRICE = re.compile(
    rf"(?:(?P<sign>{_SIGN}|(?<![^\W\d_])(?:{_CODE}|"
    rf"kr\.?))\s?(?P<first>{GROUPED})(?:\s?(?P<scale>{_SCALE})\.?)?(?:\.?[–—-]{{1,2}}(?!\s?\d))?(?:\s?(?:USD|EUR|GBP|"
    rf"JPY)(?![^\W\d_]))?"
    rf"|(?P<second>{GROUPED})(?:,[–—-]{{1,2}})?(?:\s?(?P<scale2>{_SCALE})\.?)?\s?(?P<after>{_AFTER}))",
    re.IGNORECASE,
)
PERCENT = re.compile(
    rf"(?P<number>{GROUPED})\s?(?:%|％|per\s?cent(?![^\W\d_])|percent\b|Prozent\b|pour\s?cent\b|por\s?ciento\b|パーセント)",
    re.IGNORECASE,
)
PLAIN = re.compile(
    rf"(?P<number>{GROUPED})(?:(?P<ordinal>st|nd|rd|th|º|ª|er|ère|ème|e)(?![^\W\d_])|\s?(?P<scale>{_SCALE})\.?)?"
)

# Units: what one says of itself in the smallest one of its kind, so that 90 minutes are 1.5 hours.
_UNITS = {
    "time": {
        1: "second seconds sec secs s sekunde sekunden seconde secondes segundo segundos 秒",
        60: "minute minutes min mins minuten minuto minutos 分 分間",
        3600: "hour hours hr hrs h stunde stunden std heure heures hora horas 時間",
        86400: "day days tag tage tagen jour jours día días 日間",
        604800: "week weeks wk wks woche wochen semaine semaines semana semanas 週間",
    },
    "months": {
        1: "month months monat monate monaten mois mes meses ヶ月 か月 カ月",
        12: "year years yr yrs jahr jahre jahren an ans année années año años 年間",
        120: "decade decades jahrzehnt jahrzehnte décennie décennies década décadas",
        1200: "century centuries jahrhundert jahrhunderte siècle siècles siglo siglos",
    },
    "mass": {
        1: "mg milligram milligrams milligramm",
        1000: "g gram grams gramm grammes gramme gramos ㌘",
        10**6: "kg kilo kilos kilogram kilograms kilogramm",
    },
    "length": {
        1: "mm millimetre millimetres millimeter",
        10: "cm centimetre centimetres centimeter centimeters",
        1000: "metre metres meter meters mètre mètres metro metros",
        10**6: "km kilometre kilometres kilometer kilometers kilomètre kilomètres kilómetros",
    },
    "volume": {1: "ml millilitre millilitres", 10: "cl", 1000: "l litre litres liter liters litro litros"},
    "bytes": {1: "kb", 1000: "mb", 10**6: "gb", 10**9: "tb"},
}
UNIT_OF_WORD = {
    word: (kind, size) for kind, sizes in _UNITS.items() for size, words in sizes.items() for word in words.split()
}
UNIT = re.compile(
    r"[\s\u00a0-]?(?P<unit>"
    + "|".join(re.escape(word) for word in sorted(UNIT_OF_WORD, key=len, reverse=True))
    + r")(?![^\W\d_])",
    re.IGNORECASE,
)
_COMMA_LANGUAGES = frozenset(
    ["de", "fr", "es", "it", "pt", "nl", "pl", "ru", "cs", "sv", "da", "nb", "no", "fi", "tr", "id"]
)
WORDS_TO_NUMBERS: dict[str, int] = {
    word: int(value)
    for value, _, words in (line.partition(":") for line in read_sections("numbers")["numbers"])
    for word in words.split()
}


def parse_number(written: str, *, language: str = "") -> str:
    """The value as a plain decimal string without needless zeros: "1.234,50" → "1234.5"."""
    digits = re.sub(r"[\s'’\u00a0\u202f]", "", written)
    last_dot, last_comma = digits.rfind("."), digits.rfind(",")
    if last_dot >= 0 and last_comma >= 0:
        point = "." if last_dot > last_comma else ","
        digits = digits.replace("," if point == "." else ".", "").replace(point, ".")
    elif last_comma >= 0:
        digits = (
            digits.replace(",", "")
            if _parts_thousands(digits, ",", language not in _COMMA_LANGUAGES)
            else digits.replace(",", ".", 1)
        )
    elif last_dot >= 0 and _parts_thousands(digits, ".", language in _COMMA_LANGUAGES):
        digits = digits.replace(".", "")
    if digits.count(".") > 1 or "," in digits:
        return digits
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return digits
    return format_value(value) if len(digits) < 40 else digits


def format_value(value: Decimal) -> str:
    """A decimal without exponent or trailing zeros."""
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _parts_thousands(digits: str, sign: str, usual: bool) -> bool:
    groups = digits.split(sign)
    grouped = all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3 and groups[0] != "0"
    return grouped and (usual or len(groups) > 2)


def scale_number(value: str, scale: str | None) -> str:
    """A value times its word of magnitude: ("1.5", "million") → "1500000"."""
    factor = _SCALES.get((scale or "").lower().rstrip("."))
    if factor is None:
        return value
    try:
        return format_value(Decimal(value) * factor)
    except InvalidOperation:
        return value


def name_currency(sign: str) -> str:
    """The ISO code of a currency sign, code or word; upper-case sign itself where it is not known."""
    lowered = sign.lower().strip(". ")
    return _CURRENCIES.get(lowered, "CHF" if lowered in ("fr", "sfr") else lowered.upper())


def measure(value: str, unit: str) -> tuple[str, str]:
    """(kind of quantity, value in its smallest unit), so that equal quantities are equal."""
    kind, size = UNIT_OF_WORD[unit.lower()]
    try:
        return kind, format_value(Decimal(value) * size)
    except InvalidOperation:
        return kind, f"{value}x{size}"
