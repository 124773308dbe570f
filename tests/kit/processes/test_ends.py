"""Whatever becomes of a child or its thread, whoever called hears of it, and whoever closes the pool gets done."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from headwater.kit.processes import PoolClosed, ProcessDied, ProcessPool
from tests.fixtures.waiting import wait_until
from tests.kit.processes import work
from tests.kit.processes.test_pool import is_alive, open_pool, wait_until_gone, wait_until_running

#: By its name alone: to import it takes for ever.
SLOW = "tests.kit.processes.slow_import"


@pytest.fixture(autouse=True)
def holding() -> Iterator[None]:
    """Let go of the threads that a test held."""
    work.HELD.clear()
    work.LET_GO.clear()
    yield
    work.LET_GO.set()


async def wait_until_held() -> None:
    await wait_until(work.HELD.is_set, what="a thread that is held")


async def test_nothing_is_said_of_a_call_that_was_cancelled_when_the_pool_ends() -> None:
    said: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    pool = ProcessPool(size=1, seconds=600.0, preload=[work.__name__])
    cancelled = [asyncio.create_task(pool.run(work.backtrack, share=str(number))) for number in range(2)]
    await wait_until_running(pool, 1)
    for task in cancelled:
        task.cancel()
    await pool.close()
    ended = await asyncio.gather(*cancelled, return_exceptions=True)
    assert {type(one) for one in ended} <= {asyncio.CancelledError, PoolClosed}
    # What nobody asked for is said when it is forgotten.
    del cancelled, ended, task
    await asyncio.sleep(0)
    gc.collect()
    assert said == []


async def test_nothing_is_said_where_a_call_ends_in_the_moment_in_which_it_is_cancelled() -> None:
    said: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    async with open_pool() as pool:
        await pool.run(work.tell_process)
        for _ in range(5):
            running = asyncio.create_task(pool.run(work.fail_in_a_moment))
            await wait_until_running(pool, 1)
            # The loop is blocked until the call is over, so its end and the cancelling arrive together.
            while pool.pids:
                pass
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            del running
            assert await pool.run(work.add, 1, 1) == 2
    await asyncio.sleep(0)
    gc.collect()
    assert said == []


async def test_closing_ends_a_child_that_never_gets_ready() -> None:
    pool = ProcessPool(size=1, seconds=600.0, preload=[SLOW])
    waiting = asyncio.create_task(pool.run(work.add, 1, 1))
    await wait_until_running(pool, 1)
    (pid,) = pool.pids
    await pool.close()
    with pytest.raises(PoolClosed):
        await waiting
    await wait_until_gone(pid)


async def test_who_is_cancelled_ends_a_child_that_never_gets_ready() -> None:
    pool = ProcessPool(size=1, seconds=600.0, preload=[SLOW])
    waiting = asyncio.create_task(pool.run(work.add, 1, 1))
    await wait_until_running(pool, 1)
    (pid,) = pool.pids
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await wait_until_gone(pid)
    await pool.close()


async def test_closing_does_not_wait_for_a_thread_that_is_held_for_good() -> None:
    pool = ProcessPool(size=1, seconds=600.0, preload=[work.__name__])
    called = asyncio.create_task(pool.run(work.make_holding))
    await wait_until_held()
    await pool.close(max_seconds=0.1)
    with pytest.raises(PoolClosed):
        await called


async def test_a_call_whose_thread_is_held_for_good_ends_and_another_thread_takes_its_place() -> None:
    pool = ProcessPool(size=1, seconds=0.5, preload=[work.__name__], max_overrun_seconds=0.5)
    held = asyncio.create_task(pool.run(work.make_holding, share="held", wait_seconds=0.1))
    await wait_until_held()
    # One waits already, one comes later.
    waiting = asyncio.create_task(pool.run(work.add, 1, 2))
    with pytest.raises(ProcessDied):
        await held
    assert await waiting == 3
    assert await pool.run(work.add, 2, 2) == 4
    work.LET_GO.set()
    await wait_until(lambda: count_threads() == 1, what="the thread that was held to end")
    assert await pool.run(work.add, 3, 3) == 6
    await pool.close()
    assert count_threads() == 0


async def test_a_thread_that_ends_by_a_fault_of_ours_tells_its_caller() -> None:
    async with open_pool() as pool:
        pid = await pool.run(work.tell_process)
        with pytest.raises(ProcessDied):
            await pool.run(work.make_unreadable)
        assert await pool.run(work.tell_process) != pid
    assert not is_alive(pid)


def count_threads() -> int:
    return sum(one.name == "process-pool" for one in threading.enumerate())
