"""Limits of Auth counted for all processes together."""

from __future__ import annotations

from datetime import timedelta

from headwater.kit.controls import RateLimiter

_SENDING = "auth:email_sent"


class SharedLimiter:
    """Auth's limiter over the platform's rate limits.

    While Valkey is away nothing is sent, but people can still sign in.
    """

    def __init__(self, limits: RateLimiter) -> None:
        self._limits = limits

    async def take(self, key: str, *, limit: int, period: timedelta) -> float | None:
        """Take one of `limit` in `period`. Returns None when that was allowed, else the seconds until it will be."""
        seconds = period.total_seconds()
        if limit <= 0:
            return seconds
        decision = await self._limits.allow(
            key, rate=limit / seconds, burst=limit, on_failure="closed" if key == _SENDING else "open"
        )
        return None if decision.allowed else decision.retry_after
