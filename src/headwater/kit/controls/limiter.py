"""Rate limits by key: a token bucket kept as one moment (the generic cell rate algorithm)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from headwater.core.clock import Clock, SystemClock
from headwater.core.moments import offset_seconds, read_seconds
from headwater.core.telemetry import counter
from headwater.kit.controls.recent import Recent
from headwater.kit.controls.shared_state import Call, Operation, SharedState, StateAway

_DECISIONS = counter("rate_limit_decisions_total", "Decisions of rate limits.", ("outcome",))
_ALLOWED, _REFUSED = _DECISIONS.labels("allowed"), _DECISIONS.labels("refused")
_OPEN, _CLOSED = _DECISIONS.labels("failed_open"), _DECISIONS.labels("failed_closed")

# An empty bucket is full again after `burst` tokens; a moment further ahead was written by a clock that was wrong.
# The key holds the moment (µs) at which the bucket would be full again. ARGV: µs a token, burst, cost, clock offset µs.
_TAKE = Operation(
    "take_token",
    """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2] + ARGV[4]
local token, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local kept = tonumber(redis.call('GET', KEYS[1]) or 0)
local full_at = math.min(math.max(kept, now), now + token * burst)
local after = full_at + token * cost
local excess = after - now - token * burst
if excess > 0 then return math.ceil(excess) end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1)
return 0
""",
)


@dataclass(frozen=True)
class Decision:
    """Whether it may be done now, and if not, in how many seconds it may be tried again."""

    allowed: bool
    retry_after: float = 0.0


class RateLimiter:
    """Token buckets by key, shared by all processes; in this process alone where nothing is shared."""

    def __init__(self, shared: SharedState | None, *, clock: Clock | None = None) -> None:
        self._shared = shared
        self._clock = clock or SystemClock()
        self._local: Recent[float] = Recent(10_000)

    async def allow(
        self,
        key: str,
        *,
        rate: float,
        burst: float,
        cost: float = 1.0,
        on_failure: Literal["open", "closed"] = "open",
    ) -> Decision:
        """Take `cost` tokens from the bucket of `key`, which holds `burst` and gains `rate` a second.

        The shared state away: `closed` refuses (use it for sending), `open` allows (use it for reading). A cost above
        the burst is never allowed. Raises ValueError for a rate or burst that isn't positive.
        """
        if rate <= 0 or burst <= 0 or cost < 0:
            raise ValueError("rate and burst must be positive and cost not negative")
        if self._shared is None:
            return _count(self._take_locally(key, rate, burst, cost))
        call = Call.of(
            _TAKE,
            self._shared.key("limit", key),
            1e6 / rate,
            burst,
            cost,
            round(offset_seconds(self._clock) * 1e6),
        )
        try:
            (excess,) = await self._shared.run(call)
        except StateAway:
            if self._shared.lacks_scripts:
                return _count(self._take_locally(key, rate, burst, cost))
            if on_failure == "open":
                _OPEN.inc()
                return Decision(True)
            _CLOSED.inc()
            return Decision(False, max(cost / rate, 1.0))
        return _count(Decision(excess == 0, excess / 1e6))

    def _take_locally(self, key: str, rate: float, burst: float, cost: float) -> Decision:
        moment = read_seconds(self._clock)
        after = max(self._local.get(key) or 0.0, moment) + cost / rate
        excess = after - moment - burst / rate
        # Sums of fractions of a second miss by parts of a microsecond, which must not cost a token.
        if excess > 1e-6:
            return Decision(False, excess)
        self._local.put(key, after)
        return Decision(True)


def _count(decision: Decision) -> Decision:
    (_ALLOWED if decision.allowed else _REFUSED).inc()
    return decision
