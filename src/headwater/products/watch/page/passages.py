"""Passages: a page cut into pieces of about a paragraph, each known by the hash of its normalised text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from headwater.core.text import clean_text
from headwater.products.watch.language.dates import MONTH_WORD

_DAY_NUMBER = re.compile(r"(?:^|\D)\d{1,2}\.$")
LONGEST_PASSAGE = 1_500
MOST_PASSAGES = 5_000

_SPACE = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]+")
_SOFT = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+(?=[\"'“‘«(¿¡]*[A-ZÀ-ÞА-Я0-9])|(?<=[。！？])\s*")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-zÀ-ÿ]|Mr|Mrs|Ms|Dr|Prof|St|No|Nr|vs|etc|approx|Inc|Ltd|Co|bzw|usw|ca|bspw|Sra|Jan|Feb|Mar|"
    r"Apr|Jun|Jul|Aug|Sept|Sep|Oct|Okt|Nov|Dec|Dez|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Tel|Str|Abs|Art|Fig|Min|Max|Std|p|a|"
    r"m)\.$"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page as its markup delimits it, before it is cut to size."""

    text: str
    tag: str = "p"
    region: str = "main"
    hints: tuple[str, ...] = ()
    heading: str = ""
    volatile: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """About a paragraph of a page.

    `hash` is the SHA-256 (hex) of the normalised text. `tag` says what it was (p, li, tr, dd, h1…h6, button, entry),
    `region` where it stood (main, header, aside, footer), `hints` what its containers say of it (advert, related,
    clock, counter …), `heading` the heading that it stands under, `volatile` the pieces of its text that the markup
    itself calls clocks or counters.
    """

    text: str
    hash: str
    ordinal: int
    tag: str = "p"
    region: str = "main"
    hints: tuple[str, ...] = ()
    heading: str = ""
    volatile: tuple[str, ...] = ()


def normalise_text(text: str) -> str:
    """The text, cleaned, with one form of each sign and one space between words; letter case is kept."""
    text = clean_text(text)
    if text.isascii():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFKC", _SOFT.sub("", text))
    return _SPACE.sub(" ", composed).strip()


def hash_text(text: str) -> str:
    """SHA-256 of the normalised text, in hex."""
    return hashlib.sha256(normalise_text(text).encode()).hexdigest()


def make_passage(text: str, *, ordinal: int = 0, tag: str = "p", region: str = "main", heading: str = "") -> Passage:
    """One passage of a plain text, for feeds, tests and whoever has no markup."""
    clean = normalise_text(text)
    return Passage(text=clean, hash=hash_text(clean), ordinal=ordinal, tag=tag, region=region, heading=heading)


def split_sentences(text: str) -> list[str]:
    """The sentences of a passage; abbreviations and initials do not end one."""
    sentences: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        piece = text[start : match.start()]
        if _ABBREVIATION.search(piece[-12:]) or _is_ordinal(piece, text[match.end() :]):
            continue
        if text[start : match.end()].strip():
            sentences.append(text[start : match.end()].strip())
        start = match.end()
    rest = text[start:].strip()
    if rest:
        sentences.append(rest)
    return sentences


def _is_ordinal(piece: str, rest: str) -> bool:
    """Is the dot that of "3. August"?"""
    return _DAY_NUMBER.search(piece[-4:]) is not None and MONTH_WORD.match(rest) is not None


def cut_passages(blocks: Iterable[Block]) -> tuple[Passage, ...]:
    """Cut blocks into passages in the order of the page; at most `MOST_PASSAGES`, the rest is joined to the last."""
    passages: list[Passage] = []
    for block in blocks:
        for piece in _cut_text(normalise_text(block.text)):
            if len(passages) == MOST_PASSAGES:
                return tuple(passages)
            passages.append(
                Passage(
                    text=piece,
                    hash=hashlib.sha256(piece.encode()).hexdigest(),
                    ordinal=len(passages),
                    tag=block.tag,
                    region=block.region,
                    hints=block.hints,
                    heading=block.heading,
                    volatile=tuple(span for span in map(normalise_text, block.volatile) if span in piece),
                )
            )
    return tuple(passages)


def _cut_text(text: str) -> list[str]:
    if not text:
        return []
    if len(text) <= LONGEST_PASSAGE:
        return [text]
    pieces: list[str] = []
    current = ""
    for sentence in split_sentences(text):
        for start in range(0, len(sentence), LONGEST_PASSAGE):
            part = sentence[start : start + LONGEST_PASSAGE]
            if current and len(current) + len(part) > LONGEST_PASSAGE // 2:
                pieces.append(current)
                current = part
            else:
                current = f"{current} {part}".strip()
    if current:
        pieces.append(current)
    return pieces


def passage_to_json(passage: Passage) -> dict[str, Any]:
    """What a row keeps of a passage; empty fields are left out."""
    record: dict[str, Any] = {"text": passage.text, "hash": passage.hash, "tag": passage.tag, "region": passage.region}
    for name in ("hints", "heading", "volatile"):
        value = getattr(passage, name)
        if value:
            record[name] = list(value) if isinstance(value, tuple) else value
    return record


def passage_from_json(record: Mapping[str, Any], *, ordinal: int) -> Passage:
    """The passage that `passage_to_json` wrote down."""
    return Passage(
        text=str(record["text"]),
        hash=str(record["hash"]),
        ordinal=ordinal,
        tag=str(record.get("tag", "p")),
        region=str(record.get("region", "main")),
        hints=tuple(record.get("hints", ())),
        heading=str(record.get("heading", "")),
        volatile=tuple(record.get("volatile", ())),
    )
