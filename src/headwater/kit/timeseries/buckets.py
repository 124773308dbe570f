"""Buckets of time for a picture: as fine as it has room for, along the clock on the reader's wall."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from headwater.core.errors import InvalidInput

MAX_BUCKETS = 500
LONGEST_RANGE = timedelta(days=400)
_HOUR, _DAY = 3_600, 86_400
STEPS = (60, 300, 900, 1_800, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 7 * _DAY)
_EPOCH_MONDAY = date(1970, 1, 5).toordinal()


@dataclass(frozen=True, slots=True)
class Buckets:
    """Moments in UTC that part a range, one more than there are buckets. `step` in seconds is the usual width.

    On the days when clocks are put forward or back, one bucket is shorter or longer than the others.
    """

    step: int
    edges: tuple[datetime, ...]

    @property
    def spans(self) -> list[tuple[datetime, datetime]]:
        """Return the start and end of each bucket."""
        return list(zip(self.edges, self.edges[1:], strict=False))


def choose_buckets(
    since: datetime, until: datetime, *, max_buckets: int, zone: ZoneInfo, steps: Sequence[int] = STEPS
) -> Buckets:
    """Part a range into at most `max_buckets` buckets of the finest of `steps`; the first and last may reach beyond it.

    Raises:
        InvalidInput: the range is empty, or longer than 400 days.
    """
    if since >= until:
        raise InvalidInput("`since` must lie before `until`.", code="invalid_range")
    if until - since > LONGEST_RANGE:
        raise InvalidInput("A picture covers 400 days at most.", code="invalid_range")
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    length = (until - since).total_seconds()
    for step in steps:
        if length / step > max_buckets:
            continue
        edges = _cut(_list_edges(since, until, step=step, zone=zone), since, until)
        if len(edges) - 1 <= max_buckets:
            return Buckets(step, edges)
    # So few that even weeks are too many: equal parts, wherever they fall.
    width = (until - since) / max_buckets
    return Buckets(round(width.total_seconds()), (*(since + width * number for number in range(max_buckets)), until))


def _cut(edges: list[datetime], since: datetime, until: datetime) -> tuple[datetime, ...]:
    """Keep the edges from the last at or before `since` to the first at or after `until`."""
    return tuple(edges[max(0, bisect_right(edges, since) - 1) : bisect_left(edges, until) + 1])


def _list_edges(since: datetime, until: datetime, *, step: int, zone: ZoneInfo) -> list[datetime]:
    """List the moments at which buckets begin, from the one at or before `since` to the first at or after `until`."""
    days = max(1, step // _DAY)
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date() + timedelta(days=days + 1)
    if step <= _HOUR:
        # Clocks move by whole hours nearly everywhere, so these keep to the full hour whatever the clocks do.
        start, edges = _find_midnight(first, zone), []
        while start < until + timedelta(seconds=step):
            if start > since - timedelta(seconds=step):
                edges.append(start)
            start += timedelta(seconds=step)
        return edges
    first -= timedelta(days=(first.toordinal() - _EPOCH_MONDAY) % days)
    hours = range(0, 24, step // _HOUR) if step < _DAY else range(1)
    return [
        datetime.combine(date.fromordinal(day), time(hour), zone).astimezone(UTC)
        for day in range(first.toordinal(), last.toordinal(), days)
        for hour in hours
    ]


def _find_midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)
