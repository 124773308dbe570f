"""Budgets of requests a minute by key, counted for all processes together at hardly any cost.

A process takes a share of a key's budget, a twentieth of it, and spends that by itself: one round trip for many
requests. No process spends what it hasn't taken, so all together never spend more than the budget; what one took
and doesn't need may be missing elsewhere, for a minute at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from headwater.core.clock import Clock, SystemClock
from headwater.core.moments import offset_seconds, read_seconds
from headwater.core.telemetry import counter
from headwater.kit.controls.recent import Recent
from headwater.kit.controls.shared_state import Call, Operation, SharedState, StateAway

_REFUSED = counter("request_budget_refusals_total", "Requests that were refused because a budget was spent.")
_SECONDS = 60.0
_SHARES = 20
_MAX_KEYS = 20_000

# A token bucket as one moment (µs) at which it is full again. Gives {taken, left for others, µs until there is one}.
# A moment further ahead than an empty bucket's was written by a clock that was wrong.
# ARGV: clock offset µs, µs a token, tokens of a full bucket, tokens wanted.
_TAKE_SHARE = Operation(
    "take_share",
    """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2] + ARGV[1]
local token, full, wanted = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local full_at = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now), now + token * full)
local room = math.floor((now + token * full - full_at) / token + 0.000001)
local taken = math.max(0, math.min(wanted, room))
if taken == 0 then return {0, 0, math.ceil(full_at + token - now - token * full)} end
full_at = full_at + token * taken
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000) + 1)
return {taken, room - taken, 0}
""",
)


@dataclass(frozen=True, slots=True)
class Budget:
    """What is counted under `key`, and how many a minute there may be. A minute's worth may be spent at once."""

    key: str
    per_minute: int


@dataclass(frozen=True, slots=True)
class Spending:
    """How a budget stands after a request: the tightest of those it counted for.

    `left` is what this process knows of, so never too much; `full_in` are the seconds until all of it is back.
    """

    allowed: bool
    budget: Budget
    left: int
    full_in: float
    retry_after: float = 0.0


@dataclass(slots=True)
class _Share:
    tokens: int = 0
    left_for_others: int = 0
    ends_at: float = 0.0
    none_until: float = -inf
    # Of a budget that this process counts alone.
    full_at: float = -inf
    # There while somebody asks for more; whoever else needs some waits for that rather than take a share as well.
    asking: asyncio.Future[None] | None = None


class RequestBudgets:
    """Token buckets by key, shared by all processes; each process's own while nothing is shared or that is away."""

    def __init__(self, shared: SharedState | None, *, clock: Clock | None = None) -> None:
        self._shared = shared
        self._clock = clock or SystemClock()
        self._shares: Recent[_Share] = Recent(_MAX_KEYS)

    async def spend(self, budgets: Sequence[Budget]) -> Spending:
        """Count one request for each of `budgets`, which is not empty; for none of them where one is spent.

        Takes a round trip only where this process's share of one is used up. Raises ValueError for no budgets.
        """
        if not budgets:
            raise ValueError("a request must count for something")
        while True:
            moment = read_seconds(self._clock)
            shares = [self._find_share(budget, moment) for budget in budgets]
            short = []
            for budget, share in zip(budgets, shares, strict=True):
                if share.tokens > 0:
                    continue
                if share.none_until > moment:
                    return _refuse(budget, share.none_until - moment)
                short.append((budget, share))
            if not short:
                for share in shares:
                    share.tokens -= 1
                return _find_tightest(budgets, shares)
            # While it waits others may spend what it saw, so it looks again; each turn somebody gets on or is refused.
            asked = next((share.asking for _, share in short if share.asking is not None), None)
            if asked is not None:
                await asyncio.shield(asked)
            else:
                await self._ask(short)

    def _find_share(self, budget: Budget, moment: float) -> _Share:
        share = self._shares.get(budget.key)
        if share is None:
            return self._shares.put(budget.key, _Share())
        if share.tokens and share.ends_at <= moment:
            share.tokens = 0
        return share

    async def _ask(self, short: Sequence[tuple[Budget, _Share]]) -> None:
        asked: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        for _, share in short:
            share.asking = asked
        try:
            await self._take_shares(short)
        finally:
            for _, share in short:
                share.asking = None
            asked.set_result(None)

    async def _take_shares(self, short: Sequence[tuple[Budget, _Share]]) -> None:
        if self._shared is not None and not self._shared.lacks_scripts:
            offset = round(offset_seconds(self._clock) * 1e6)
            calls = [
                Call.of(
                    _TAKE_SHARE,
                    self._shared.key("budget", budget.key),
                    offset,
                    _SECONDS * 1e6 / budget.per_minute,
                    budget.per_minute,
                    _size_share(budget),
                )
                for budget, _ in short
            ]
            try:
                answers = await self._shared.run(*calls)
            except StateAway:
                pass
            else:
                moment = read_seconds(self._clock)
                for (_, share), (taken, left, wait) in zip(short, answers, strict=True):
                    _note(share, moment, taken=int(taken), left=int(left), wait=int(wait) / 1e6)
                return
        for budget, share in short:
            self._take_alone(budget, share)

    def _take_alone(self, budget: Budget, share: _Share) -> None:
        moment, token = read_seconds(self._clock), _SECONDS / budget.per_minute
        full_at = max(share.full_at, moment)
        room = int((moment + _SECONDS - full_at) / token + 1e-6)
        taken = max(0, min(_size_share(budget), room))
        share.full_at = full_at + token * taken
        wait = 0.0 if taken else full_at + token - moment - _SECONDS
        _note(share, moment, taken=taken, left=room - taken, wait=wait)


def _size_share(budget: Budget) -> int:
    return max(1, budget.per_minute // _SHARES)


def _note(share: _Share, moment: float, *, taken: int, left: int, wait: float) -> None:
    share.tokens += taken
    share.left_for_others = left
    share.ends_at = moment + _SECONDS
    if not taken:
        # An answer that came late and gave something doesn't undo this: what it gave is spent first.
        share.none_until = moment + max(wait, 0.001)


def _find_tightest(budgets: Sequence[Budget], shares: Sequence[_Share]) -> Spending:
    left = [share.tokens + share.left_for_others for share in shares]
    tightest = left.index(min(left))
    budget = budgets[tightest]
    full_in = max(0.0, (budget.per_minute - left[tightest]) * _SECONDS / budget.per_minute)
    return Spending(True, budget, left[tightest], full_in)


def _refuse(budget: Budget, retry_after: float) -> Spending:
    _REFUSED.inc()
    return Spending(False, budget, 0, _SECONDS, retry_after)
