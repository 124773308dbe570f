"""What the owner of a source told us to ignore: text patterns, plain words or /regular expressions/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex  # type: ignore[import-untyped]

from headwater.core.clock import monotonic
from headwater.kit.text.normalising import hash_text, normalise_text
from headwater.products.watch.page.passages import Passage

LONGEST_PATTERN = 300
_SECONDS_FOR_ONE = 0.1
_SECONDS_FOR_ALL = 1.0


def compile_pattern(pattern: str) -> regex.Pattern[str]:
    """A pattern as a person writes it: `/…/` is a regular expression, all else plain text in any letter case."""
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"A pattern to ignore has at most {LONGEST_PATTERN} characters.")
    body = (
        pattern[1:-1]
        if len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/")
        else regex.escape(pattern)
    )
    try:
        return regex.compile(body, regex.IGNORECASE)
    except regex.error as error:
        raise ValueError(f"The pattern {pattern!r} is no regular expression: {error}") from error


def remove_patterns(passages: Sequence[Passage], *, patterns: Sequence[str]) -> tuple[Passage, ...]:
    """The passages without what the patterns match; a passage of which nothing is left goes.

    Raises ValueError for a pattern that does not compile or that takes too long on this page.
    """
    compiled = [compile_pattern(pattern) for pattern in patterns if pattern.strip()]
    kept: list[Passage] = []
    deadline = monotonic() + _SECONDS_FOR_ALL
    for passage in passages:
        text = passage.text
        for pattern in compiled:
            if monotonic() > deadline:
                raise ValueError("The patterns to ignore take too long on this page.")
            try:
                text = pattern.sub(" ", text, timeout=_SECONDS_FOR_ONE)
            except TimeoutError as error:
                raise ValueError(f"The pattern {pattern.pattern!r} takes too long on this page.") from error
        if text == passage.text:
            kept.append(replace(passage, ordinal=len(kept)))
            continue
        clean = normalise_text(text)
        if clean:
            kept.append(replace(passage, text=clean, hash=hash_text(clean), ordinal=len(kept)))
    return tuple(kept)
