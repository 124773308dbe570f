"""The only place that reads the time, so that tests can move it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic as _monotonic
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from headwater.core.errors import InvalidInput


class Clock(Protocol):
    """Tells the time of day, always aware and in UTC."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock, moved by a fixed offset (zero outside tests)."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC) + self.offset


@dataclass
class MovableClock:
    """A clock that runs with the machine's and that a test can move forward."""

    offset: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """Return the present moment in UTC, with the offset added."""
        return datetime.now(UTC) + self.offset

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self.offset += by


class DatabaseClock:
    """The clock of Postgres, by which everything is stored: the machine's, moved by how far the two are apart.

    On one machine they are the same. On several, one whose own clock is wrong still writes what the others understand.
    """

    # Below this the two count as one clock: an answer takes some time, and the rest is for NTP.
    _SAME = timedelta(seconds=1)

    def __init__(self) -> None:
        self._apart = timedelta()

    def now(self) -> datetime:
        """Return the present moment in UTC by Postgres' clock, as far as it is known."""
        return datetime.now(UTC) + self._apart

    @property
    def apart(self) -> timedelta:
        """By how much Postgres' clock is ahead of this machine's; zero for less than a second."""
        return self._apart

    def note(self, moment: datetime, *, asked: datetime, answered: datetime) -> None:
        """Note that Postgres' clock showed `moment` between these two moments of this machine's."""
        apart = moment - (asked + (answered - asked) / 2)
        self._apart = apart if abs(apart) > self._SAME + (answered - asked) / 2 else timedelta()


def now() -> datetime:
    """Return the machine's present moment in UTC, where no clock is at hand."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds that only grow, for measuring how long something took."""
    return _monotonic()


def read_zone(name: str) -> ZoneInfo:
    """Return the time zone of that name in the IANA database. Raises InvalidInput."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            f"There is no time zone {name!r}.", code="unknown_timezone", hint="Use a name such as Europe/Berlin."
        ) from None
