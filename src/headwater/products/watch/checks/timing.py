"""When a source is looked at next. Pure rules with an explicit clock and an explicit share of chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PAUSE_AFTER_ERRORS = 10
LONGEST_BACK_OFF = timedelta(hours=24)
_FIRST_BACK_OFF = timedelta(minutes=1)
_SPREAD = 0.05


@dataclass(frozen=True)
class FeedRhythm:
    """What a feed says of itself: how many minutes an answer stays fresh, hours (UTC) and weekdays without news.

    Weekdays count from 0, Monday.
    """

    ttl_minutes: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()

    def skips(self, moment: datetime) -> bool:
        """Say whether the feed asks not to be looked at in this hour."""
        return moment.hour in self.skip_hours or moment.weekday() in self.skip_days


def schedule_next(now: datetime, *, interval: timedelta, chance: float, rhythm: FeedRhythm | None = None) -> datetime:
    """Return the moment of the next check after one that went well.

    `chance` (0 to 1) spreads sources that were added together over a tenth of the interval.
    """
    after = now + interval * (1 - _SPREAD + 2 * _SPREAD * chance)
    if rhythm is None:
        return after
    after = max(after, now + timedelta(minutes=rhythm.ttl_minutes))
    # At most a week of skipped hours: a feed that skips them all is looked at all the same.
    for _ in range(24 * 7):
        if not rhythm.skips(after):
            return after
        after = after.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return after


def back_off(
    now: datetime, *, interval: timedelta, errors: int, chance: float, retry_after: timedelta = timedelta()
) -> datetime:
    """Return the moment of the next check after `errors` failures in a row (from 1).

    A failure is looked at again sooner than the interval at first, then ever later; a site's Retry-After is obeyed.
    """
    first = min(interval, _FIRST_BACK_OFF)
    longest = max(interval, LONGEST_BACK_OFF)
    wait: timedelta = min(first * 2 ** min(errors - 1, 20), longest)
    spread: timedelta = wait * (1 - _SPREAD + 2 * _SPREAD * chance)
    return now + max(spread, min(retry_after, LONGEST_BACK_OFF * 30))
