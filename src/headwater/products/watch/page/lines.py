"""A version as it is stored: its text, a line a passage, and beside it what markup said of each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from headwater.products.watch.page.passages import Passage


def join_passages(passages: Sequence[Passage]) -> tuple[str, list[list[Any]]]:
    """Join a version to its text, a line a passage, and what markup said of each.

    The hash stands before that only where it isn't that of the text, and the place follows from the text.
    """
    marks: list[list[Any]] = []
    for passage in passages:
        mark = [passage.tag, passage.region, list(passage.hints), passage.heading, list(passage.volatile)]
        marks.append(mark if passage.hash == _hash_line(passage.text) else [passage.hash, *mark])
    return "\n".join(passage.text.replace("\n", " ") for passage in passages), marks


def split_passages(content: str, marks: Sequence[Sequence[Any]]) -> tuple[Passage, ...]:
    """Split a version's text into its passages; the reverse of `join_passages`.

    Versions that 0.1.0 stored have the hash and both ends of each passage before its marks.
    """
    passages = []
    for ordinal, (text, mark) in enumerate(zip(content.split("\n"), marks, strict=False)):
        *known, tag, region, hints, heading, volatile = mark
        passages.append(
            Passage(
                text=text,
                hash=known[0] if known else _hash_line(text),
                ordinal=ordinal,
                tag=tag,
                region=region,
                hints=tuple(hints),
                heading=heading,
                volatile=tuple(volatile),
            )
        )
    return tuple(passages)


def _hash_line(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
