"""What asks for the same kind of work at the same time is served together, and nobody waits for a group to fill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Generic, TypeVar

from headwater.core.errors import Unavailable

Item = TypeVar("Item")
Result = TypeVar("Result")
MAX_GROUP = 50


class GroupTurns:
    """How many pieces of work groupings do at once, as long as each comes to its end soon.

    Who had no turn within `max_wait_seconds` goes on without one: work that hangs, on a lock of its workspace for
    instance, holds up nobody else.
    """

    def __init__(self, count: int, *, max_wait_seconds: float) -> None:
        self._free = asyncio.Semaphore(count)
        self._max_wait_seconds = max_wait_seconds

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it for as long as the context lasts."""
        has_turn = False
        with suppress(TimeoutError):
            async with asyncio.timeout(self._max_wait_seconds):
                has_turn = await self._free.acquire()
        try:
            yield
        finally:
            if has_turn:
                self._free.release()


class Grouping(Generic[Item, Result]):
    """Does one piece of work at a time: the first item alone, and next whatever has come meanwhile.

    Groupings may share `turns`: what comes while one waits for its turn joins its group, so the busier a process is
    the larger the groups get.

    `work` gives a result for each item, in order, all or nothing. Where it fails for a group it is done for each item
    alone, so that an item which breaks it breaks it for itself only; without a database there is no point in that.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        turns: GroupTurns | None = None,
    ) -> None:
        self._work = work
        self._turns = turns
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, item: Item) -> Result:
        """Have an item worked on and return its result. Raises what the work raised for it."""
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return await answer

    async def close(self) -> None:
        """Give up whatever still waits or is being worked on."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while self._waiting:
            async with self._turns.take() if self._turns else nullcontext():
                group, self._waiting = self._waiting[:MAX_GROUP], self._waiting[MAX_GROUP:]
                await self._serve_group(group)

    async def _serve_group(self, group: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            await self._serve(group)
        except Exception as error:  # noqa: BLE001 - handed to whoever asked, or tried again for each alone
            if len(group) == 1 or isinstance(error, Unavailable):
                _refuse(group, error)
            else:
                await self._serve_each(group)

    async def _serve(self, group: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        results = await self._work([item for item, _ in group])
        for (_, answer), result in zip(group, results, strict=True):
            if not answer.done():
                answer.set_result(result)

    async def _serve_each(self, group: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        for one in group:
            try:
                await self._serve([one])
            except Exception as error:  # noqa: BLE001 - handed to whoever asked
                _refuse([one], error)


def _refuse(group: Sequence[tuple[Item, asyncio.Future[Result]]], error: Exception) -> None:
    for _, answer in group:
        if not answer.done():
            answer.set_exception(error)
