"""Which words of a text were exchanged, marked for people: whole words, prices and dates, and no crumbs between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Operation = Literal["same", "removed", "added"]

# A price, a date, a version or a time stays in one piece: nobody reads that "4" became "9" within "$24.00".
_PIECE = re.compile(
    r"\s+|[$€£¥]?\d+(?:[.,:/’'-]\d+)*(?:%|[a-zA-Z]{1,2}\b)?|v\d+(?:\.\d+)+|[^\W\d_]+(?:['’][^\W\d_]+)*|\S"
)
# Above so many pieces on both sides together, the texts are shown as one exchanged for the other.
_MAX_PIECES = 4_000
# A pair that shares less than this reads better as one text for the other.
_LEAST_ALIKE = 0.25


class Span(NamedTuple):
    """A stretch of text. What is `same` or `removed` is the text before; `same` or `added`, the text after."""

    op: Operation
    text: str


def mark_exchanged(before: str, after: str) -> tuple[Span, ...]:
    """Return both texts as one row of spans, which read in order show what became of what."""
    if before == after:
        return (Span("same", after),) if after else ()
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    whole = (Span("removed", before), Span("added", after))
    if len(old) + len(new) > _MAX_PIECES:
        return tuple(span for span in whole if span.text)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    spans = tuple(_join_crumbs(list(_read_spans(matcher, old, new))))
    shared = sum(len(span.text.strip()) for span in spans if span.op == "same")
    if shared < _LEAST_ALIKE * max(1, min(len(before), len(after))):
        return tuple(span for span in whole if span.text)
    return spans


def _read_spans(matcher: SequenceMatcher[str], old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of the text before and after, equal where nothing changed."""
    for _, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        yield "".join(old[old_start:old_end]), "".join(new[new_start:new_end])


def _join_crumbs(pairs: list[tuple[str, str]]) -> Iterator[Span]:
    """Take the space between two changes for part of them."""
    joined: list[tuple[str, str]] = []
    for number, (before, after) in enumerate(pairs):
        is_between = 0 < number < len(pairs) - 1
        is_crumb = before == after and is_between and before.isspace()
        if joined and joined[-1][0] != joined[-1][1] and (before != after or is_crumb):
            joined[-1] = (joined[-1][0] + before, joined[-1][1] + after)
        else:
            joined.append((before, after))
    for before, after in joined:
        if before == after:
            yield Span("same", before)
            continue
        if before:
            yield Span("removed", before)
        if after:
            yield Span("added", after)
