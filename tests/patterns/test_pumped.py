"""Every regular expression of the code base is pumped: none may take seconds on what it can meet.

It is no stopwatch: a pattern that takes its text in one pass needs milliseconds, one that doesn't needs minutes, and a
child process that is killed after `DEADLINE_SECONDS` tells them apart on any machine.
"""

from __future__ import annotations

import re

import pytest

from headwater.kit.processes import DeadlinePassed, ProcessPool
from tests.patterns import pumping
from tests.patterns.bounds import BOUNDS, OF_PASSAGES, bound_of
from tests.patterns.collecting import Found, collect_patterns
from tests.patterns.pumping import list_strings, measure

DEADLINE_SECONDS = 20.0
PARTS = 2
#: First all strings of a pattern at this size; then the slowest of them at the size that it can meet.
TRIED = 2_048
SUSPECTED = 3
SUSPICIOUS_SECONDS = 0.002


async def find_slow(found: Found, pool: ProcessPool) -> str | None:
    """Return the beginning of a string on which a pattern runs into the deadline."""
    bound = bound_of(found)
    is_anchored = found.is_anchored or bound == 0
    size = bound or 65_536
    strings = list_strings(found.pattern, size=min(TRIED, size))
    try:
        seconds = await pool.run(measure, found.pattern, strings, is_anchored)
    except DeadlinePassed:
        return f"one of {len(strings)} strings of {min(TRIED, size)} characters"
    if size <= TRIED:
        return None
    # Below this even the square of it passes: a string 32 times as long takes a thousand times as much.
    slow = [place for place, spent in enumerate(seconds) if spent > SUSPICIOUS_SECONDS]
    slowest = sorted(slow, key=lambda place: -seconds[place])[:SUSPECTED]
    longer = list_strings(found.pattern, size=size)
    for place in slowest:
        try:
            await pool.run(measure, found.pattern, [longer[place]], is_anchored)
        except DeadlinePassed:
            return repr(longer[place][:60])
    return None


@pytest.mark.parametrize("part", range(PARTS))
async def test_no_pattern_takes_seconds_on_what_it_can_meet(part: int) -> None:
    pool = ProcessPool(size=1, seconds=DEADLINE_SECONDS, preload=[pumping.__name__])
    try:
        found = collect_patterns()[part::PARTS]
        slow = {str(one): text for one in found if (text := await find_slow(one, pool)) is not None}
    finally:
        await pool.close()
    assert not slow


async def test_pumping_finds_what_is_exponential_and_what_is_quadratic() -> None:
    pool = ProcessPool(size=1, seconds=1.0, preload=[pumping.__name__])
    patterns = (
        r"(?:<!--.{0,1000}?-->|\s)*<urlset",
        r"<title[^>]*>\s*(.*?)\s*</title>",
        r"[a-z][a-z0-9+.-]*://[^:/@\s]*:[^/\s]+@",
        r'"(?:[^"\\]|\\.)*"|[\[\]{}]',
        r"(?:[^\W\d_]+[ ,]*){1,3}!",
    )
    try:
        for pattern in patterns:
            found = Found("here", pattern, re.compile(pattern, re.DOTALL | re.IGNORECASE), is_anchored=False)
            assert await find_slow(found, pool) is not None, pattern
    finally:
        await pool.close()


def test_every_pattern_is_collected_and_every_bound_is_somebodys() -> None:
    found = collect_patterns()
    assert len(found) > 250
    names = [str(one) for one in found]
    assert "headwater.core.telemetry:_URL_PASSWORD" in names
    assert all(any(name.startswith(bound) for name in names) for bound in BOUNDS)
    assert {name.partition(":")[0] for name in names} >= OF_PASSAGES
