"""What the owner of a source has us ignore: text patterns, plain words or /regular expressions/."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import prod

import regex  # type: ignore[import-untyped]

from headwater.core.clock import monotonic
from headwater.kit.text.normalising import hash_text, normalise_text
from headwater.products.watch.page.passages import Passage

LONGEST_PATTERN = 300
#: How long a pattern may be once what it counts is written out; the compiler takes some 300 bytes for each of these.
MAX_WRITTEN_OUT = 2_000
_COUNT = re.compile(r"\{([0-9]+)(?:,[0-9]*)?\}")
# What a count stands behind where it repeats more than one character.
_ENDS_OF_GROUPS = frozenset(")}*+?")
_VERBOSE = re.compile(r"\(\?[a-zA-Z0-9-]*x")
_SECONDS_FOR_ONE = 0.1
_SECONDS_FOR_ALL = 1.0


def compile_pattern(pattern: str) -> regex.Pattern[str]:
    """Compile a pattern as a person writes it: `/…/` is a regular expression, all else plain text in any letter case.

    Raises ValueError for one that does not compile, or that would take much time and memory to compile.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"A pattern to ignore has at most {LONGEST_PATTERN} characters.")
    if len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/"):
        body = pattern[1:-1]
        _check_counts(body)
    else:
        body = regex.escape(pattern)
    try:
        # Kept by nobody: hundreds of long ones would hold memory for as long as the process lives.
        return regex.compile(body, regex.IGNORECASE, cache_pattern=False)
    except regex.error as error:
        raise ValueError(f"The pattern {pattern!r} is no regular expression: {error}") from error


def _check_counts(body: str) -> None:
    """Refuse a pattern whose counts make it long: the compiler writes `a{1000}` out, and groups of such as well.

    It estimates too much rather than too little: what stands in a class or behind a backslash is counted like the rest.
    """
    # Blanks and comments inside a count would hide it.
    if _VERBOSE.search(body):
        raise ValueError(f"The pattern {body!r} uses the flag x; write it without.")
    single, groups = len(body), [1]
    for count in _COUNT.finditer(body):
        least = int(count[1])
        if body[: count.start()][-1:] in _ENDS_OF_GROUPS:
            groups.append(max(1, least))
        else:
            single += least
    if single * prod(groups) > MAX_WRITTEN_OUT:
        raise ValueError(f"The pattern {body!r} repeats too much: over {MAX_WRITTEN_OUT} characters once written out.")


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
