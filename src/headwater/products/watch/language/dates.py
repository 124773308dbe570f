"""Dates and times of day as pages write them, in a dozen languages, brought to one form each."""

from __future__ import annotations

import re
from functools import lru_cache

_MONTHS = (
    "january jan januar jän janvier janv enero ene gennaio janeiro januari stycznia styczeń ledna leden tammikuuta "
    "ocak января ianuarie január|"
    "february feb februar febr février fevr févr febrero febbraio fevereiro februari lutego luty února únor helmikuuta "
    "şubat февраля februarie február|"
    "march mar märz mär mars marzo março maart marca marzec března březen maaliskuuta mart марта martie március|"
    "april apr avril avr abril abr aprile kwietnia kwiecień dubna duben huhtikuuta nisan апреля aprilie április|"
    "may mai mayo maggio maio mei maja maj května květen toukokuuta mayıs мая május|"
    "june jun juni juin junio giugno junho czerwca czerwiec června červen kesäkuuta haziran июня iunie június|"
    "july jul juli juillet juil julio luglio julho lipca lipiec července červenec heinäkuuta temmuz июля iulie július|"
    "august aug août aout agosto ago augustus augusti sierpnia sierpień srpna srpen elokuuta ağustos августа augusztus|"
    "september sept sep septembre septiembre settembre setembro września wrzesień září syyskuuta eylül сентября "
    "septembrie szeptember|"
    "october oct oktober okt octobre octubre ottobre outubro października październik října říjen lokakuuta ekim "
    "октября octombrie október|"
    "november nov novembre noviembre novembro listopada listopad marraskuuta kasım ноября noiembrie|"
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro grudnia grudzień prosince prosinec "
    "joulukuuta aralık декабря decembrie"
)
MONTH_OF_NAME = {name: number for number, names in enumerate(_MONTHS.split("|"), start=1) for name in names.split()}
_NAME = "|".join(sorted(map(re.escape, MONTH_OF_NAME), key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d"
DATE = re.compile(
    rf"(?P<iso>(?P<y1>{_YEAR})[-/.](?P<m1>0?[1-9]|1[0-2])[-/.](?P<d1>0?[1-9]|[12]\d|3[01])(?!\d))"
    rf"|(?P<ja>(?:(?P<y2>{_YEAR})年\s?)?(?P<m2>1[0-2]|0?[1-9])月\s?(?P<d2>3[01]|[12]\d|0?[1-9])日)"
    rf"|(?P<jm>(?P<y7>{_YEAR})年\s?(?P<m7>1[0-2]|0?[1-9])月)"
    rf"|(?<![\d.,/-])(?P<num>(?P<a>0?[1-9]|[12]\d|3[01])(?P<sep>[/.-])(?P<b>0?[1-9]|[12]\d|"
    rf"3[01])(?P=sep)(?P<y3>{_YEAR}|\d\d)(?![\d.,]?\d))"
    rf"|(?<!\d)(?P<dmy>(?P<d4>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|º|\.)?\s?(?:of |de |"
    rf"d['’])?-?(?<![^\W\d_])(?P<m4>{_NAME})(?![^\W\d_])\.?(?:,?\s?(?:de |del )?-?(?P<y4>{_YEAR})(?!\d))?)"
    rf"|(?<![^\W\d_])(?P<mdy>(?P<m5>{_NAME})(?![^\W\d_])\.?\s(?:the )?(?P<d5>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|"
    rf"th)?(?![\d:]|[.,]\d|\s?[%€$£])(?:,?\s(?P<y5>{_YEAR})(?!\d))?)"
    rf"|(?<![^\W\d_])(?P<my>(?P<m6>{_NAME})(?![^\W\d_])\.?,?\s(?:de |del )?(?P<y6>{_YEAR})(?!\d))",
    re.IGNORECASE,
)
MONTH_WORD = re.compile(rf"(?<![^\W\d_])(?:{_NAME})(?![^\W\d_])", re.IGNORECASE)
TIME = re.compile(
    r"(?<![\d.,:])(?P<h1>[01]?\d|"
    r"2[0-4])[:h](?P<m1>[0-5]\d)(?::(?P<s1>[0-5]\d)(?:\.\d+)?)?(?:\s?(?P<p1>[ap])\.?\s?m\b\.?)?(?:\s?Uhr\b)?(?!\d)"
    r"|(?<![\d.,:])(?P<h2>1[0-2]|0?[1-9])(?:\.(?P<m2>[0-5]\d))?\s?(?P<p2>[ap])(?:\.\s?m\.|\.?m\b)"
    r"|(?<![\d.,:])(?P<h3>[01]?\d|2[0-4])(?:[.:](?P<m3>[0-5]\d))?\s(?:Uhr|o['’]clock|heures?(?= précises| du matin| "
    r"du soir))\b"
    r"|(?<![\d.,:])(?P<h4>[01]?\d|2[0-3])\s?h(?![^\W\d_]|\d)(?=\s?[,.;)–-]|\s(?:à|a|y|et|bis|to|-|–)\s?\d|\s?$)"
    r"|(?P<ja>午前|午後)?(?P<h5>[01]?\d|2[0-3])時(?!間)(?:(?P<m5>[0-5]?\d)分|(?P<half>半))?",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\s?(?:UTC|GMT|CET|CEST|BST|EST|EDT|PST|PDT|CST|CDT|MEZ|MESZ|JST|Z)\b(?:[+-]\d{1,2}(?::?\d\d)?)?")
_WEEKDAYS = (
    "monday mon montag lundi lunes 月曜日|tuesday tue tues dienstag mardi martes 火曜日|"
    "wednesday wed mittwoch mercredi miércoles 水曜日|"
    "thursday thu thur thurs donnerstag jeudi jueves 木曜日|friday fri freitag vendredi viernes 金曜日|"
    "saturday sat samstag sonnabend samedi sábado 土曜日|sunday sun sonntag dimanche domingo 日曜日"
)
WEEKDAY_OF_NAME = {name: number for number, names in enumerate(_WEEKDAYS.split("|"), start=1) for name in names.split()}


@lru_cache(maxsize=1024)
def read_date(text: str) -> tuple[str, ...]:
    """The readings of a date as `year-month-day`, `*` for what is not said; two where day and month may be swapped."""
    match = DATE.fullmatch(text)
    if match is None:
        return ()
    part = match.groupdict()
    if part["iso"]:
        return (_write(part["y1"], part["m1"], part["d1"]),)
    if part["ja"]:
        return (_write(part["y2"], part["m2"], part["d2"]),)
    if part["jm"]:
        return (_write(part["y7"], part["m7"], None),)
    if part["num"]:
        year = part["y3"] if len(part["y3"]) == 4 else f"20{part['y3']}"
        readings = [
            _write(year, month, day)
            for day, month in ((part["a"], part["b"]), (part["b"], part["a"]))
            if int(month) <= 12
        ]
        return tuple(dict.fromkeys(readings[:1] if part["sep"] == "." else readings))
    for year, month, day in (("y4", "m4", "d4"), ("y5", "m5", "d5"), ("y6", "m6", "")):
        name = part[month]
        if name:
            return (_write(part[year], str(MONTH_OF_NAME[name.lower()]), part[day] if day else None),)
    return ()


def _write(year: str | None, month: str, day: str | None) -> str:
    return f"{year or '*'}-{int(month):02d}-{f'{int(day):02d}' if day else '*'}"


def same_date(before: str, after: str) -> bool:
    """May two dates (readings joined by `/`) be the same day? What one of them leaves open, the other may fill."""
    return any(_compatible(old, new) for old in before.split("/") for new in after.split("/"))


def _compatible(old: str, new: str) -> bool:
    return all(one == other or "*" in (one, other) for one, other in zip(old.split("-"), new.split("-"), strict=False))


def read_time(match: re.Match[str]) -> str:
    """A time of day as hh:mm or hh:mm:ss."""
    part = match.groupdict()
    hour = int(part["h1"] or part["h2"] or part["h3"] or part["h4"] or part["h5"])
    minute = int(part["m1"] or part["m2"] or part["m3"] or part["m5"] or (30 if part["half"] else 0))
    half_of_day = (part["p1"] or part["p2"] or {"午前": "a", "午後": "p"}.get(part["ja"] or "", "")).lower()
    if half_of_day == "p" and hour < 12:
        hour += 12
    elif half_of_day == "a" and hour == 12:
        hour = 0
    seconds = f":{part['s1']}" if part["s1"] else ""
    return f"{hour:02d}:{minute:02d}{seconds}"


def end_of_zone(text: str, position: int) -> int:
    """Where a time zone that follows a time ends; `position` itself if none does."""
    match = _ZONE.match(text, position)
    return match.end() if match else position
