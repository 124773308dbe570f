"""The stretch of time that trends go over, in even bins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_POINTS = 500
_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 10080))


@dataclass(frozen=True)
class Window:
    """A stretch of time in even bins. `start` and `end` lie on edges of bins; the last bin isn't over yet."""

    start: datetime
    end: datetime
    step: timedelta

    @classmethod
    def until(cls, moment: datetime, *, length: timedelta, points: int) -> Window:
        """Return the window of about `length` that ends with the bin of `moment`, in at most `points` bins.

        The step is the shortest round one that keeps to that, so that bins begin on the hour and don't move about.
        """
        points = min(points, MAX_POINTS)
        step = next(
            (step for step in _STEPS if length / step <= points), timedelta(days=math.ceil(length.days / points))
        )
        seconds = int(step.total_seconds())
        end = datetime.fromtimestamp((int(moment.timestamp()) // seconds + 1) * seconds, tz=moment.tzinfo)
        return cls(end - step * max(1, min(points, math.ceil(length / step))), end, step)

    @property
    def edges(self) -> list[datetime]:
        """Return where each bin begins, the oldest first."""
        return [self.start + self.step * number for number in range(round((self.end - self.start) / self.step))]
