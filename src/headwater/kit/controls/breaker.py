"""Circuit breakers by name, their state shared by all processes: closed, open, half-open with a single probe."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

from headwater.core.clock import Clock, SystemClock
from headwater.core.errors import Unavailable
from headwater.core.moments import offset_seconds, read_seconds
from headwater.core.telemetry import counter
from headwater.kit.controls.recent import Recent
from headwater.kit.controls.shared_state import Call, Operation, SharedState, StateAway

BreakerState = Literal["closed", "open", "half_open"]

_TRIPS = counter("circuit_trips_total", "Times that a circuit breaker opened.")
_REFUSALS = counter("circuit_refusals_total", "Calls that an open circuit breaker refused.")

_NOW = "local time = redis.call('TIME')\nlocal now = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]\n"

# `at` is when the state was written: what lies ahead of the clock was written by one that was wrong, and is forgotten.
# Returns {0 closed | 1 refused | 2 probe, failures so far, ms to wait}. ARGV: clock offset ms, ms a probe may take.
_ADMIT = Operation(
    "admit_to_circuit",
    _NOW
    + """
local kept = redis.call('HMGET', KEYS[1], 'failures', 'open_until', 'probe_until', 'at')
if tonumber(kept[4] or 0) > now + 1000 then
  redis.call('DEL', KEYS[1])
  return {0, 0, 0}
end
local open_until = tonumber(kept[2] or 0)
if open_until == 0 then return {0, tonumber(kept[1] or 0), 0} end
if now < open_until then return {1, 0, open_until - now} end
local probe_until = tonumber(kept[3] or 0)
if now < probe_until then return {1, 0, probe_until - now} end
redis.call('HSET', KEYS[1], 'probe_until', string.format('%.0f', now + ARGV[2]), 'at', string.format('%.0f', now))
return {2, 0, 0}
""",
)

# Returns 1 where this failure opened the circuit. ARGV: offset ms, threshold, open ms, longest open ms, window ms.
_FAIL = Operation(
    "fail_circuit",
    _NOW
    + """
if tonumber(redis.call('HGET', KEYS[1], 'at') or 0) > now + 1000 then redis.call('DEL', KEYS[1]) end
local kept = redis.call('HMGET', KEYS[1], 'failures', 'open_until', 'trips')
local failures = tonumber(kept[1] or 0) + 1
local open_until, trips = tonumber(kept[2] or 0), tonumber(kept[3] or 0)
redis.call('HSET', KEYS[1], 'failures', failures, 'at', string.format('%.0f', now))
if open_until > now then return 0 end
if open_until == 0 and failures < tonumber(ARGV[2]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  return 0
end
local span = math.min(ARGV[3] * 2 ^ trips, tonumber(ARGV[4]))
redis.call('HSET', KEYS[1], 'open_until', string.format('%.0f', now + span), 'trips', trips + 1, 'probe_until', 0)
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', span + ARGV[5]))
return 1
""",
)

_GIVE_BACK = Operation(
    "give_back_probe",
    """
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'probe_until', 0) end
return 0
""",
)

# Returns 0 closed | 1 open | 2 half-open. ARGV: clock offset ms.
_READ = Operation(
    "read_circuit",
    _NOW
    + """
local kept = redis.call('HMGET', KEYS[1], 'open_until', 'at')
if tonumber(kept[1] or 0) == 0 or tonumber(kept[2] or 0) > now + 1000 then return 0 end
if now < tonumber(kept[1]) then return 1 end
return 2
""",
)
_CLOSE = Operation("close_circuit", command="DEL")
_STATES: tuple[BreakerState, ...] = ("closed", "open", "half_open")
# Twice as long thirty times over is longer than any rest may be.
_MAX_DOUBLINGS = 30


@dataclass(frozen=True, slots=True)
class Permit:
    """Whether a call may be made; `probe` marks the single one of a half-open circuit."""

    allowed: bool
    retry_after: float = 0.0
    probe: bool = False
    failures: int = 0


@dataclass(frozen=True, slots=True)
class _Kept:
    failures: int = 0
    open_until: float = 0.0
    probe_until: float = 0.0
    trips: int = 0
    forgotten_at: float = 0.0


class CircuitBreaker:
    """Breakers by name. After `failures` in a row within `window_seconds` of each other the circuit opens for
    `open_seconds`, twice as long at each further trip up to `longest_open_seconds`; then one probe decides.
    """

    def __init__(
        self,
        shared: SharedState | None,
        *,
        failures: int = 5,
        window_seconds: float = 300.0,
        open_seconds: float = 30.0,
        longest_open_seconds: float = 900.0,
        probe_seconds: float = 60.0,
        clock: Clock | None = None,
    ) -> None:
        self._shared = shared
        self._threshold = failures
        self._window = window_seconds
        self._open = open_seconds
        self._longest = longest_open_seconds
        self._probe = probe_seconds
        self._clock = clock or SystemClock()
        self._local: Recent[_Kept] = Recent(10_000)

    @asynccontextmanager
    async def guard(
        self, name: str, *, counts: Callable[[Exception], bool] = lambda error: True
    ) -> AsyncIterator[Permit]:
        """Run the block if the circuit lets it; an error that `counts` is a failure, another one a success.

        A cancelled call is neither: whoever cancelled learnt nothing about the service.

        Raises:
            Unavailable: the circuit is open (code `circuit_open`; `details["retry_after"]` in seconds).
        """
        permit = await self.admit(name)
        if not permit.allowed:
            raise Unavailable(
                "This service failed repeatedly and rests for now.",
                code="circuit_open",
                details={"retry_after": round(permit.retry_after, 1)},
            )
        try:
            yield permit
        except Exception as error:  # whatever it was, it is recorded and raised again
            await self.record(name, permit, succeeded=not counts(error))
            raise
        await self.record(name, permit, succeeded=True)

    async def admit(self, name: str) -> Permit:
        """Ask whether a call may be made now. Whoever is allowed must record how it went."""
        if self._shared is not None:
            try:
                (answer,) = await self._shared.run(self.admit_call(name))
                return self.read_permit(answer)
            except StateAway:
                pass
        return self.admit_locally(name)

    def admit_call(self, name: str) -> Call:
        """Return the question of `admit`, for one round trip with other calls. Needs shared state."""
        return Call.of(_ADMIT, self._key(name), self._offset(), round(self._probe * 1000))

    def read_permit(self, answer: Any) -> Permit:
        """Read the answer to `admit_call`."""
        kind, failures, wait_ms = answer
        if kind == 1:
            _REFUSALS.inc()
            return Permit(False, wait_ms / 1000)
        return Permit(True, probe=kind == 2, failures=int(failures))

    async def record(self, name: str, permit: Permit, *, succeeded: bool) -> None:
        """Record how the call of `permit` went. A success of an untroubled circuit costs no round trip."""
        if succeeded:
            await self.succeed(name, troubled=permit.probe or permit.failures > 0)
        else:
            await self.fail(name)

    async def succeed(self, name: str, *, troubled: bool = True) -> None:
        """Close the circuit and forget its failures."""
        self._local.drop(name)
        if self._shared is not None and troubled:
            try:
                await self._shared.run(Call(_CLOSE, self._key(name)))
            except StateAway:
                return

    async def give_back(self, name: str) -> None:
        """Let another caller be the probe: this one was admitted but made no call."""
        kept = self._local.get(name)
        if kept is not None:
            self._local.put(name, replace(kept, probe_until=0.0))
        if self._shared is not None:
            try:
                await self._shared.run(Call.of(_GIVE_BACK, self._key(name)))
            except StateAway:
                return

    async def fail(self, name: str) -> None:
        """Count a failure, which may open the circuit."""
        tripped = self._fail_locally(name)
        if self._shared is not None:
            call = Call.of(
                _FAIL,
                self._key(name),
                self._offset(),
                self._threshold,
                round(self._open * 1000),
                round(self._longest * 1000),
                round(self._window * 1000),
            )
            try:
                (answer,) = await self._shared.run(call)
                tripped = bool(answer)
            except StateAway:
                pass
        if tripped:
            _TRIPS.inc()

    async def read_state(self, name: str) -> BreakerState:
        """Return the state of the circuit without taking part in it."""
        if self._shared is not None:
            try:
                (answer,) = await self._shared.run(Call.of(_READ, self._key(name), self._offset()))
                return _STATES[int(answer)]
            except StateAway:
                pass
        open_until = self._read_locally(name).open_until
        if open_until == 0:
            return "closed"
        return "open" if read_seconds(self._clock) < open_until else "half_open"

    def admit_locally(self, name: str) -> Permit:
        """Answer `admit` from this process's own state, which is all there is while the shared state is away."""
        kept, moment = self._read_locally(name), read_seconds(self._clock)
        if kept.open_until == 0:
            return Permit(True, failures=kept.failures)
        blocked_until = kept.open_until if moment < kept.open_until else kept.probe_until
        if moment < blocked_until:
            _REFUSALS.inc()
            return Permit(False, blocked_until - moment)
        self._local.put(name, replace(kept, probe_until=moment + self._probe))
        return Permit(True, probe=True)

    def _fail_locally(self, name: str) -> bool:
        kept, moment = self._read_locally(name), read_seconds(self._clock)
        kept = replace(kept, failures=kept.failures + 1, forgotten_at=moment + self._window)
        opens = kept.open_until <= moment and (kept.open_until > 0 or kept.failures >= self._threshold)
        if opens:
            span = min(self._open * 2 ** min(kept.trips, _MAX_DOUBLINGS), self._longest)
            until = moment + span
            kept = replace(
                kept, open_until=until, probe_until=0.0, trips=kept.trips + 1, forgotten_at=until + self._window
            )
        self._local.put(name, kept)
        return opens

    def _read_locally(self, name: str) -> _Kept:
        kept = self._local.get(name)
        if kept is None or kept.forgotten_at <= read_seconds(self._clock):
            return _Kept()
        return kept

    def _key(self, name: str) -> str:
        return self._shared.key("circuit", name) if self._shared is not None else name

    def _offset(self) -> int:
        return round(offset_seconds(self._clock) * 1000)
