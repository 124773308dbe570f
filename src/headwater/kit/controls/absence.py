"""Whether a server is away: told once when it goes and once when it is back, and left alone for a moment meanwhile."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from headwater.core.clock import monotonic
from headwater.core.telemetry import get_logger

logger = get_logger(__name__)


class Absence:
    """Follows the answers of one server. After a failure nobody asks for `rest_seconds`, so that none queues for it."""

    def __init__(self, name: str, *, rest_seconds: float, failures: Counter, up: Gauge) -> None:
        self._name = name
        self._rest_seconds = rest_seconds
        self._failures = failures
        self._up = up
        self._is_away = False
        self._away_until = 0.0

    @property
    def rests(self) -> bool:
        """Say whether it failed a moment ago, so that asking again makes no sense yet."""
        return self._is_away and monotonic() < self._away_until

    def note_refusal(self, error: BaseException) -> None:
        """Note that it answered with an error, which says nothing about the next command."""
        self._failures.inc()
        logger.warning(f"{self._name}_refused", reason=str(error)[:200])

    def note_failure(self, error: BaseException) -> None:
        """Note that there was no answer."""
        self._failures.inc()
        self._up.set(0)
        self._away_until = monotonic() + self._rest_seconds
        if not self._is_away:
            self._is_away = True
            logger.warning(f"{self._name}_lost", error=type(error).__name__, reason=str(error)[:200])

    def note_success(self) -> None:
        """Note that it answered."""
        if self._is_away:
            self._is_away = False
            logger.info(f"{self._name}_back")
        self._up.set(1)
