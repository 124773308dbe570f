"""Passages: a page cut into pieces of about a paragraph, each known by the hash of its normalised text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from headwater.kit.text.normalising import hash_text, normalise_text
from headwater.products.watch.language.dates import MONTH_WORD

_DAY_NUMBER = re.compile(r"(?:^|\D)\d{1,2}\.$")
LONGEST_PASSAGE = 1_500
MAX_PASSAGES = 5_000

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

    def __reduce__(self) -> tuple[type[Passage], tuple[object, ...]]:
        """Pickle it by its values: pages go through the pool of processes, and dataclasses ask for each name anew."""
        values = self.text, self.hash, self.ordinal, self.tag, self.region, self.hints, self.heading, self.volatile
        return Passage, values


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
    """Cut blocks into passages in the order of the page; at most `MAX_PASSAGES`, the rest is joined to the last."""
    passages: list[Passage] = []
    for block in blocks:
        for piece in _cut_text(normalise_text(block.text)):
            if len(passages) == MAX_PASSAGES:
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
