"""How much one client may send."""

from __future__ import annotations

from headwater.core.clock import monotonic

_BURST_SECONDS = 2.0


class RateLimit:
    """So many a second on average, with some more at once."""

    __slots__ = ("_at", "_left", "_rate")

    def __init__(self, per_second: float) -> None:
        self._rate = per_second
        self._left = per_second * _BURST_SECONDS
        self._at = monotonic()

    def take(self) -> bool:
        """Count one; whether it may be."""
        moment = monotonic()
        self._left = min(self._left + (moment - self._at) * self._rate, self._rate * _BURST_SECONDS)
        self._at = moment
        if self._left < 1:
            return False
        self._left -= 1
        return True
