"""The only place that reads the time, so that tests can move it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic as _monotonic
from typing import Protocol


class Clock(Protocol):
    """Tells the time of day, always aware and in UTC."""

    def now(self) -> datetime:
        """Give the present moment in UTC."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock, moved by a fixed offset (zero outside tests)."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """Give the present moment in UTC."""
        return datetime.now(UTC) + self.offset


@dataclass
class MovableClock:
    """A clock that runs with the machine's and that a test can move forward."""

    offset: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """Give the present moment in UTC, with the offset added."""
        return datetime.now(UTC) + self.offset

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self.offset += by


def now() -> datetime:
    """Give the machine's present moment in UTC, where no clock is at hand."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Give seconds that only grow, for measuring how long something took."""
    return _monotonic()
