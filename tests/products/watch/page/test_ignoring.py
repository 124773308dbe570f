"""Patterns to ignore: what people write is compiled, and what would take minutes or gigabytes to compile is refused.

Whoever may edit a source writes them, and gateway and workers compile them outside the pool of processes.
"""

from __future__ import annotations

import pytest
from tests.products.watch.factories import LAMP, SOURCES, Member

from headwater.products.watch.page.ignoring import compile_pattern

# Each is small enough to do no harm where it is not refused; some digits more, and they take gigabytes.
LONG = (
    "/a{10000}/",
    "/[ab]{10000,}/",
    r"/\X{10000,200000}/",
    "/(?:a{60}){60}/",
    "/((a{60})){60}/",
    "/(?:a{60}(?#why)){60}/",
    "/(?:(?:(?:ab){15}){15}){15}/",
    "/(?<=(?:(a{60}b)(c)){60})d/",
    "/(?:[(]a{60}){60}/",
    "/(?:[)]a{60}){60}/",
    r"/(?:\)a{60}){60}/",
    "/(?x)a{1 0 0 0 0}/",
    "/(?ix:a{1 0 0 0 0})/",
)
ORDINARY = (
    r"/\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?/",
    "/[0-9a-f]{64} [0-9a-f]{64} [0-9a-f]{40}/",
    "/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/",
    r"/(\d{1,3}\.){3}\d{1,3}/",
    "/(?:in|out of) stock|sold{0,99999} out/",
    "/(?P<x>a) {2,}/",
    "a{999999999}",
)


@pytest.mark.parametrize("pattern", LONG)
def test_a_pattern_that_is_long_once_written_out_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"repeats too much|flag x"):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ORDINARY)
def test_counts_of_ordinary_patterns_are_taken(pattern: str) -> None:
    assert compile_pattern(pattern)


async def test_a_long_pattern_is_refused_with_the_reason_and_leaves_the_source_as_it_was(ada: Member) -> None:
    source = await ada.watch(LAMP, config={"ignore_patterns": ["stock"]}, first_check=False)
    refused = await ada.patch(f"{SOURCES}/{source}", {"config": {"ignore_patterns": [LONG[0]]}}, expect=422)
    assert "repeats too much" in refused["message"]
    assert (await ada.read(source))["config"]["ignore_patterns"] == ["stock"]
