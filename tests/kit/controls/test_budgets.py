"""Budgets of requests a minute."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from headwater.core.clock import MovableClock, monotonic
from headwater.kit.controls import Budget, Call, RequestBudgets, SharedState
from tests.kit.conftest import OpenState

READS, SMALL = Budget("reads", 600), Budget("small", 5)


class CountedState:
    """Counts the round trips of another one."""

    lacks_scripts = False

    def __init__(self, shared: SharedState) -> None:
        self._shared = shared
        self.trips = 0
        self.key, self.ping, self.sweep, self.close = shared.key, shared.ping, shared.sweep, shared.close

    async def run(self, *calls: Call) -> list[Any]:
        """Send calls."""
        self.trips += 1
        return await self._shared.run(*calls)


@pytest.fixture
def counted(open_state: OpenState) -> CountedState:
    """Shared state that counts its round trips."""
    return CountedState(open_state())


async def spend(budgets: RequestBudgets, budget: Budget, times: int) -> int:
    """Spend some at once; give how many were allowed."""
    return sum([one.allowed for one in await asyncio.gather(*(budgets.spend([budget]) for _ in range(times)))])


def count_returned(budget: Budget, since: float) -> int:
    """Return how many more may have come back since a moment, however slow the machine is."""
    return int((monotonic() - since) * budget.per_minute / 60) + 1


@pytest.mark.parametrize("budget", [READS, SMALL, Budget("one", 1)])
async def test_a_minutes_worth_may_be_spent_and_no_more(shared: SharedState | None, budget: Budget) -> None:
    clock, began = MovableClock(), monotonic()
    budgets = RequestBudgets(shared, clock=clock)
    allowed = await spend(budgets, budget, 2 * budget.per_minute)
    assert budget.per_minute <= allowed <= budget.per_minute + count_returned(budget, began)
    while (refused := await budgets.spend([budget])).allowed:
        continue
    assert 0 < refused.retry_after <= 60 / budget.per_minute
    clock.advance(timedelta(seconds=refused.retry_after + 0.01))
    assert await spend(budgets, budget, 1) == 1
    clock.advance(timedelta(hours=1))
    assert await spend(budgets, budget, 2 * budget.per_minute) >= budget.per_minute


async def test_what_is_left_is_told(shared: SharedState | None) -> None:
    budgets = RequestBudgets(shared, clock=MovableClock())
    told = [await budgets.spend([SMALL]) for _ in range(6)]
    assert [one.left for one in told] == [4, 3, 2, 1, 0, 0]
    assert [one.allowed for one in told] == [True] * 5 + [False]
    assert told[4].full_in == 60
    large = await budgets.spend([READS])
    assert (large.left, large.budget) == (599, READS)


async def test_request_counts_for_all_its_budgets_or_for_none(shared: SharedState | None) -> None:
    budgets = RequestBudgets(shared, clock=MovableClock())
    wide = Budget("wide", 30)
    told = [await budgets.spend([wide, SMALL]) for _ in range(10)]
    assert sum(one.allowed for one in told) == 5
    assert {one.budget.key for one in told} == {"small"}
    assert await spend(budgets, wide, 40) == 25
    with pytest.raises(ValueError, match="must count"):
        await budgets.spend([])


async def test_processes_never_spend_more_than_the_budget_together(open_state: OpenState) -> None:
    states = [open_state() for _ in range(3)]
    began = monotonic()
    allowed = await asyncio.gather(*(spend(RequestBudgets(one), READS, 600) for one in states))
    assert 600 <= sum(allowed) <= 600 + count_returned(READS, began)


async def test_processes_that_ask_for_the_same_budgets_in_another_order_get_what_there_is(
    open_state: OpenState,
) -> None:
    one, two = Budget("one", 200), Budget("two", 200)
    orders = [[one, two], [two, one]] * 2
    budgets = [RequestBudgets(open_state()) for _ in orders]
    began = monotonic()
    told = await asyncio.gather(
        *(each.spend(order) for each, order in zip(budgets, orders, strict=True) for _ in range(200))
    )
    # Of the last shares each process may hold some of one budget and none of the other.
    assert 160 <= sum(spending.allowed for spending in told) <= 200 + count_returned(one, began)


async def test_many_requests_take_few_round_trips(counted: CountedState) -> None:
    budgets = RequestBudgets(counted)
    for _ in range(300):
        assert (await budgets.spend([READS, Budget("workspace", 3_000)])).allowed
    assert counted.trips <= 20


async def test_requests_at_once_take_one_share_and_leave_the_others_to_other_processes(
    counted: CountedState, open_state: OpenState
) -> None:
    assert await spend(RequestBudgets(counted), READS, 20) == 20
    assert counted.trips <= 2
    assert await spend(RequestBudgets(open_state()), READS, 540) == 540


async def test_refused_caller_asks_no_more_until_there_is_something(counted: CountedState) -> None:
    budgets, one_a_minute = RequestBudgets(counted), Budget("small", 1)
    assert await spend(budgets, one_a_minute, 2) == 1
    before = counted.trips
    assert await spend(budgets, one_a_minute, 20) == 0
    assert counted.trips == before


async def test_state_away_each_process_counts_alone(gone: SharedState) -> None:
    budgets = RequestBudgets(gone, clock=MovableClock())
    assert await spend(budgets, SMALL, 9) == 5


async def test_share_that_nobody_spent_comes_back(shared: SharedState | None) -> None:
    clock = MovableClock()
    budgets = RequestBudgets(shared, clock=clock)
    await budgets.spend([READS])
    clock.advance(timedelta(minutes=2))
    assert (await budgets.spend([READS])).left == 599
