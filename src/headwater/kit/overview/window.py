"""The stretch of time that trends go over, in even buckets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from headwater.kit.timeseries.buckets import MAX_BUCKETS, choose_buckets

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
# Even ones in UTC, with two that make the usual pictures finer; two weeks are enough for any range with ten points.
_STEPS = (
    *(_MINUTE * minutes for minutes in (1, 5, 10, 15, 30)),
    *(_HOUR * hours for hours in (1, 2, 3, 6, 12)),
    *(_DAY * days for days in (1, 7, 14)),
)
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Window:
    """A stretch of time in even buckets. `start` and `end` lie on their edges; the last bucket isn't over yet."""

    start: datetime
    end: datetime
    step: timedelta

    @classmethod
    def until(cls, moment: datetime, *, length: timedelta, points: int) -> Window:
        """Return the window of about `length` that ends with the bucket of `moment`, in at most `points` buckets.

        The first bucket is left out where it reaches beyond, so that there is room for the one that isn't over yet.
        """
        points = min(points, MAX_BUCKETS)
        later = moment + timedelta.resolution
        found = choose_buckets(moment - length, later, max_buckets=points + 1, zone=_UTC, steps=_STEPS)
        edges = found.edges[-points - 1 :]
        return cls(edges[0], edges[-1], timedelta(seconds=found.step))

    @property
    def edges(self) -> list[datetime]:
        """Return where each bucket begins, the oldest first."""
        return [self.start + self.step * number for number in range(round((self.end - self.start) / self.step))]
