"""When a source is looked at next. Pure rules with an explicit clock and an explicit share of chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

PAUSE_AFTER_ERRORS = 10
LONGEST_BACK_OFF = timedelta(hours=24)
_FIRST_BACK_OFF = timedelta(minutes=1)
_SPREAD = 0.05


@dataclass(frozen=True)
class FeedRhythm:
    """What a feed says of itself: minutes that an answer stays fresh, and hours of the day (UTC) without news."""

    ttl_minutes: int = 0
    skip_hours: frozenset[int] = field(default_factory=frozenset)


def schedule_next(now: datetime, *, interval: timedelta, chance: float, rhythm: FeedRhythm | None = None) -> datetime:
    """Give the moment of the next check after one that went well.

    `chance` (0 to 1) spreads sources that were added together over a tenth of the interval.
    """
    after = now + interval * (1 - _SPREAD + 2 * _SPREAD * chance)
    if rhythm is None:
        return after
    after = max(after, now + timedelta(minutes=rhythm.ttl_minutes))
    # At most a day of skipped hours: a feed that skips all 24 is looked at all the same.
    for _ in range(24):
        if after.hour not in rhythm.skip_hours:
            return after
        after = after.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return after


def back_off(
    now: datetime, *, interval: timedelta, errors: int, chance: float, retry_after: timedelta = timedelta()
) -> datetime:
    """Give the moment of the next check after `errors` failures in a row (from 1).

    A failure is looked at again sooner than the interval at first, then ever later; a site's Retry-After is obeyed.
    """
    first = min(interval, _FIRST_BACK_OFF)
    wait = first * 2 ** min(errors - 1, 20)
    longest = max(interval, LONGEST_BACK_OFF)
    wait = min(wait, longest) * (1 - _SPREAD + 2 * _SPREAD * chance)
    return now + max(wait, min(retry_after, LONGEST_BACK_OFF * 30))
