"""Work that is asked for at the same time is done together, and what breaks it breaks it for itself alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from headwater.core.errors import InvalidInput, Unavailable
from headwater.products.watch.checks.grouping import MAX_GROUP, Grouping, GroupTurns


class Doubling:
    """Doubles numbers, group by group; refuses 13."""

    def __init__(self, error: Exception) -> None:
        self.groups: list[list[int]] = []
        self.error = error
        self.begun = asyncio.Event()
        self.may_go_on = asyncio.Event()

    async def work(self, numbers: Sequence[int]) -> list[int]:
        """Double them all, or none."""
        self.groups.append(list(numbers))
        self.begun.set()
        await self.may_go_on.wait()
        if 13 in numbers:
            raise self.error
        return [2 * number for number in numbers]


async def ask_all(numbers: Sequence[int], *, error: Exception) -> tuple[Doubling, list[int | BaseException]]:
    """Ask for the first number, and for the others while it is being worked on."""
    doubling = Doubling(error)
    grouping = Grouping(doubling.work)
    first = asyncio.create_task(grouping.ask(numbers[0]))
    await doubling.begun.wait()
    others = [asyncio.create_task(grouping.ask(number)) for number in numbers[1:]]
    doubling.may_go_on.set()
    answers = await asyncio.gather(first, *others, return_exceptions=True)
    await grouping.close()
    return doubling, answers


async def test_the_first_goes_alone_and_whatever_came_meanwhile_together() -> None:
    doubling, answers = await ask_all([1, 2, 3, 4], error=InvalidInput("13"))
    assert answers == [2, 4, 6, 8]
    assert doubling.groups == [[1], [2, 3, 4]]


async def test_groups_are_bounded() -> None:
    doubling, answers = await ask_all(list(range(100, 102 + MAX_GROUP)), error=InvalidInput("13"))
    assert answers == [2 * number for number in range(100, 102 + MAX_GROUP)]
    assert [len(group) for group in doubling.groups] == [1, MAX_GROUP, 1]


async def test_what_breaks_a_group_breaks_it_for_itself_alone() -> None:
    doubling, answers = await ask_all([1, 2, 13, 4], error=InvalidInput("13"))
    assert answers[:2] + answers[3:] == [2, 4, 8]
    assert isinstance(answers[2], InvalidInput)
    assert doubling.groups == [[1], [2, 13, 4], [2], [13], [4]]


async def test_without_a_database_nothing_is_tried_again() -> None:
    doubling, answers = await ask_all([1, 2, 13], error=Unavailable("away"))
    assert answers[0] == 2
    assert all(isinstance(one, Unavailable) for one in answers[1:])
    assert doubling.groups == [[1], [2, 13]]


async def test_closing_gives_up_what_is_under_way() -> None:
    doubling = Doubling(InvalidInput("13"))
    grouping = Grouping(doubling.work)
    asking = asyncio.create_task(grouping.ask(1))
    await doubling.begun.wait()
    asking.cancel()
    await grouping.close()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_groupings_that_share_turns_gather_more_while_another_works() -> None:
    turns = GroupTurns(1, max_wait_seconds=60.0)
    busy, waiting = Doubling(InvalidInput("13")), Doubling(InvalidInput("13"))
    groupings = [Grouping(one.work, turns=turns) for one in (busy, waiting)]
    first = asyncio.create_task(groupings[0].ask(1))
    await busy.begun.wait()
    others = [asyncio.create_task(groupings[1].ask(number)) for number in (2, 3, 4)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert waiting.groups == []
    waiting.may_go_on.set()
    busy.may_go_on.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 8]
    assert waiting.groups == [[2, 3, 4]]


async def test_work_that_hangs_holds_up_no_other_grouping() -> None:
    turns = GroupTurns(1, max_wait_seconds=0.01)
    hanging, quick = Doubling(InvalidInput("13")), Doubling(InvalidInput("13"))
    hangs, goes_on = (Grouping(one.work, turns=turns) for one in (hanging, quick))
    stuck = asyncio.create_task(hangs.ask(1))
    await hanging.begun.wait()
    quick.may_go_on.set()
    assert [await goes_on.ask(number) for number in (2, 3)] == [4, 6]
    stuck.cancel()
    await hangs.close()


async def test_a_turn_is_given_back_by_who_breaks_and_by_who_is_closed() -> None:
    turns = GroupTurns(1, max_wait_seconds=60.0)
    broken, closed, last = (Doubling(InvalidInput("13")) for _ in range(3))
    breaking, closing, going_on = (Grouping(one.work, turns=turns) for one in (broken, closed, last))
    broken.may_go_on.set()
    with pytest.raises(InvalidInput):
        await breaking.ask(13)
    asking = asyncio.create_task(closing.ask(1))
    await closed.begun.wait()
    asking.cancel()
    await closing.close()
    last.may_go_on.set()
    assert await going_on.ask(2) == 4
