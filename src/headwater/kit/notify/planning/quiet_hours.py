"""When a message may be sent: quiet hours and digest windows on the wall clock of the person who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Mode = Literal["immediate", "hourly", "daily"]

_SECOND = timedelta(seconds=1)
_DAYS_LOOKED_AT = 8


@dataclass(frozen=True)
class QuietHours:
    """From `start` up to, not including, `end`, by the local wall clock; over midnight where `end` is earlier.

    Equal times mean the whole day never: nothing is quiet.
    """

    start: time
    end: time

    def covers(self, local: datetime) -> bool:
        """Say whether the wall clock of `local` shows a quiet time."""
        shown = local.time().replace(tzinfo=None, fold=0)
        if self.start <= self.end:
            return self.start <= shown < self.end
        return shown >= self.start or shown < self.end


def find_allowed(moment: datetime, *, quiet: QuietHours | None, zone: ZoneInfo) -> datetime:
    """Return the first moment from `moment` on that isn't quiet, in UTC; `moment` where none is within a week."""
    moment = moment.astimezone(UTC)
    if quiet is None or not quiet.covers(moment.astimezone(zone)):
        return moment
    today = moment.astimezone(zone).date()
    ends = [
        find_local(datetime.combine(today + timedelta(days=days), quiet.end), zone=zone, fold=fold)
        # Clocks that go forward can skip all of a day that isn't quiet, and some have skipped a day.
        for days in range(_DAYS_LOOKED_AT)
        for fold in (0, 1)
    ]
    # In the night in which clocks go back, the hour that comes twice can be quiet again after the first end.
    allowed = (end for end in ends if end >= moment and not quiet.covers(end.astimezone(zone)))
    return min(allowed, default=moment)


def find_digest_end(moment: datetime, *, mode: Mode, zone: ZoneInfo, digest_hour: int = 8) -> datetime:
    """Return the end of the window that `moment` is in, in UTC: the next full local hour, or the next `digest_hour`.

    A moment on the border belongs to the window that begins there. `immediate` has no window: the moment itself.
    """
    if mode == "immediate":
        return moment.astimezone(UTC)
    local = moment.astimezone(zone)
    if mode == "hourly":
        # Counted in UTC from the local hour's beginning, so that an hour is an hour when clocks change.
        into_hour = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return (moment.astimezone(UTC) - into_hour) + timedelta(hours=1)
    candidates = (
        find_local(datetime.combine(local.date() + timedelta(days=days), time(digest_hour)), zone=zone, fold=0)
        for days in (0, 1, 2)
    )
    return next(end for end in candidates if end > moment)


def find_local(wanted: datetime, *, zone: ZoneInfo, fold: int) -> datetime:
    """Return the moment in UTC at which clocks in `zone` show `wanted`, or skip it when they go forward."""
    early = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if early >= late:
        return early if fold else late
    # Clocks skip this time, which makes the two readings stand on both sides of the change: find it.
    before = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return (late + _SECOND / 2).replace(microsecond=0)
