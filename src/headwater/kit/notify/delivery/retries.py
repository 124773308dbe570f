"""How patiently a delivery is tried again."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

FIRST_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
LONGEST_WAIT = timedelta(hours=6)
PATIENCE = timedelta(hours=36)


def find_wait(attempts: int) -> timedelta:
    """Return the wait after `attempts` failed ones: 1, 5 and 15 minutes, then twice as long each time up to 6 hours."""
    if attempts <= len(FIRST_WAITS):
        return FIRST_WAITS[max(attempts, 1) - 1]
    doublings = min(attempts - len(FIRST_WAITS), 10)
    return min(FIRST_WAITS[-1] * int(2**doublings), LONGEST_WAIT)


def plan_retry(
    *, attempts: int, first_attempt_at: datetime, at: datetime, retry_after: timedelta | None = None
) -> datetime | None:
    """Return when to try again after the failed attempt number `attempts`, or None when patience is at its end.

    `retry_after` is what the other side asked for; it may prolong a wait, up to the longest one. Up to a tenth is added
    by chance, so that what failed together doesn't come back together.
    """
    wait = find_wait(attempts) * (1 + random.random() / 10)
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST_WAIT))
    planned = at + wait
    # A clock that leapt, or a week without power, isn't patience: what these attempts can't have taken doesn't count.
    taken = min(planned - first_attempt_at, attempts * LONGEST_WAIT * 1.1)
    return planned if taken <= PATIENCE else None
