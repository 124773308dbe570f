"""How one source is watched: what counts, what doesn't, and how much it takes for an alert."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from headwater.kit.http.fields import Input, Name
from headwater.products.watch.compare.scoring import DEFAULT_THRESHOLD
from headwater.products.watch.compare.severity import DEFAULT_HIGH, DEFAULT_MEDIUM
from headwater.products.watch.page.ignoring import compile_pattern
from headwater.products.watch.page.selectors import check_selector

Keyword = Name

# Deprecated: what these settings were called before.
_FORMER_NAMES = {"tell_after_errors": "notify_after_failures"}


def _is_pattern(pattern: str) -> str:
    compile_pattern(pattern)
    is_expression = len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/")
    # Nested repetition is what makes a backtracking matcher run for hours on a hostile page.
    if is_expression and re.search(r"\([^)]*[*+}][^)]*\)\s*[*+{]", pattern):
        raise ValueError(f"{pattern!r} repeats a group that repeats itself; write it without the nesting")
    return pattern


Selector = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300),
    Field(json_schema_extra={"format": "css-selector"}),
    AfterValidator(check_selector),
]
Pattern = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300),
    Field(json_schema_extra={"format": "regex"}),
    AfterValidator(_is_pattern),
]


class SourceConfig(Input):
    """What a source's owner can set."""

    threshold: float = Field(DEFAULT_THRESHOLD, ge=0, le=1, description="Score from which a change is alerted.")
    medium_from: float = Field(DEFAULT_MEDIUM, ge=0, le=1, description="Score from which it is of medium severity.")
    high_from: float = Field(DEFAULT_HIGH, ge=0, le=1, description="Score from which it is of high severity.")
    keywords_must: list[Keyword] = Field(
        default_factory=list, max_length=50, description="Alert only when one of these is in what changed."
    )
    keywords_must_not: list[Keyword] = Field(
        default_factory=list, max_length=50, description="No alert when one of these is in what changed."
    )
    watch_selectors: list[Selector] = Field(
        default_factory=list, max_length=20, description="Only what these CSS selectors find is watched."
    )
    ignore_selectors: list[Selector] = Field(
        default_factory=list, max_length=50, description="What these CSS selectors find is left out."
    )
    ignore_patterns: list[Pattern] = Field(
        default_factory=list,
        max_length=20,
        description="Text that is left out: plain words, or a regular expression between slashes.",
    )
    render: Literal["http", "browser"] = Field(
        "http", description="`browser` runs the page's scripts; it needs the extra `browser` and a Chromium."
    )
    notify_after_failures: int = Field(
        3,
        ge=1,
        le=10,
        description="Failed checks in a row before you are notified; you are notified again when it recovers.",
    )

    @model_validator(mode="before")
    @classmethod
    def _read_former_names(cls, given: Any) -> Any:
        """Read settings that were stored under a name which is deprecated now."""
        if isinstance(given, dict) and (former := _FORMER_NAMES.keys() & given.keys()):
            kept = {name: value for name, value in given.items() if name not in former}
            return {_FORMER_NAMES[name]: given[name] for name in former} | kept
        return given

    def reading(self) -> tuple[object, ...]:
        """The settings that decide which text is read from the page; the others only judge it."""
        return self.watch_selectors, self.ignore_selectors, self.ignore_patterns, self.render
