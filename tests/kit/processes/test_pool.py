"""The pool of processes: a deadline that holds whatever a call does, and turns that one workspace can't take away."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from headwater.core.errors import NotFound
from headwater.core.telemetry import REGISTRY
from headwater.kit.processes import (
    DeadlinePassed,
    MemoryExceeded,
    PoolBusy,
    PoolClosed,
    ProcessDied,
    ProcessPool,
    WorkFailed,
)
from headwater.kit.processes.pool import MAX_KEPT_BYTES
from tests.fixtures.waiting import wait_until
from tests.kit.processes import work


@asynccontextmanager
async def open_pool(*, size: int = 1, seconds: float = 30.0, max_calls: int = 500) -> AsyncIterator[ProcessPool]:
    pool = ProcessPool(size=size, seconds=seconds, max_calls=max_calls, preload=[work.__name__])
    try:
        yield pool
    finally:
        await pool.close()


def is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False


async def wait_until_gone(pid: int) -> None:
    async def gone() -> bool:
        return not is_alive(pid)

    await wait_until(gone, what=f"process {pid} to end")


async def test_calls_run_in_one_process_that_is_not_ours_and_large_results_come_whole() -> None:
    async with open_pool() as pool:
        assert await pool.run(work.add, 2, 3) == 5
        pids = [await pool.run(work.tell_process) for _ in range(3)]
        assert len(set(pids)) == 1
        assert pids[0] != os.getpid()
        assert len(await pool.run(work.repeat, 30_000_000)) == 30_000_000
    await wait_until_gone(pids[0])


async def test_a_child_of_a_large_process_stays() -> None:
    ballast = bytearray(b"x") * (MAX_KEPT_BYTES + 50 * 1024**2)
    async with open_pool() as pool:
        assert len({await pool.run(work.tell_process) for _ in range(3)}) == 1
    assert ballast


async def test_a_call_that_holds_the_gil_ends_at_its_deadline_and_the_next_one_runs() -> None:
    labels = {"task": "backtrack", "outcome": "took_too_long"}
    before = REGISTRY.get_sample_value("headwater_process_calls_total", labels) or 0
    async with open_pool(seconds=0.5) as pool:
        first = await pool.run(work.tell_process)
        with pytest.raises(DeadlinePassed, match=r"more than 0\.5 seconds"):
            await pool.run(work.backtrack)
        await wait_until_gone(first)
        assert await pool.run(work.tell_process) != first
    assert REGISTRY.get_sample_value("headwater_process_calls_total", labels) == before + 1


async def test_memory_is_bounded_and_a_crash_is_an_error_of_its_own_call() -> None:
    async with open_pool() as pool:
        with pytest.raises(MemoryExceeded):
            await pool.run(work.take_memory, 8 * 1024**3)
        with pytest.raises(ProcessDied):
            await pool.run(work.crash)
        assert await pool.run(work.add, 1, 1) == 2


async def test_errors_of_ours_come_whole_and_others_with_their_traceback() -> None:
    async with open_pool() as pool:
        with pytest.raises(NotFound) as refused:
            await pool.run(work.refuse)
        assert refused.value.to_body() == {
            "code": "none_here",
            "message": "There is none.",
            "details": {"a": 1},
            "hint": "Look elsewhere.",
        }
        pid = await pool.run(work.tell_process)
        with pytest.raises(WorkFailed, match="a fault of ours"):
            await pool.run(work.fail)
        assert await pool.run(work.tell_process) == pid


async def test_children_hold_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:secret@host/db")
    async with open_pool() as pool:
        assert "DATABASE_URL" not in await pool.run(work.list_environment)


async def test_a_child_is_replaced_after_so_many_calls() -> None:
    async with open_pool(max_calls=2) as pool:
        pids = [await pool.run(work.tell_process) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


async def test_a_child_that_took_much_memory_is_replaced() -> None:
    async with open_pool() as pool:
        first = await pool.run(work.tell_process)
        assert await pool.run(work.take_memory, MAX_KEPT_BYTES) == MAX_KEPT_BYTES
        assert await pool.run(work.tell_process) != first


async def test_a_call_that_is_cancelled_ends_with_its_process() -> None:
    async with open_pool(seconds=600.0) as pool:
        pid = await pool.run(work.tell_process)
        running = asyncio.create_task(pool.run(work.backtrack))
        await wait_until_running(pool, 1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await wait_until_gone(pid)
        assert await pool.run(work.add, 1, 2) == 3


async def wait_until_running(pool: ProcessPool, number: int) -> None:
    async def running() -> bool:
        return len(pool.pids) == number

    await wait_until(running, what=f"{number} running calls")


async def test_one_share_leaves_the_last_process_to_the_others() -> None:
    async with open_pool(size=2, seconds=600.0) as pool:
        heavy = [asyncio.create_task(pool.run(work.backtrack, share="heavy")) for _ in range(8)]
        await wait_until_running(pool, 1)
        for _ in range(3):
            assert await pool.run(work.add, 1, 1, share="light") == 2
        assert len(pool.pids) == 1
        for task in heavy:
            task.cancel()
        ended = await asyncio.gather(*heavy, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in ended)


async def test_who_does_not_get_a_turn_in_time_is_told_to_come_back() -> None:
    async with open_pool(seconds=600.0) as pool:
        heavy = asyncio.create_task(pool.run(work.backtrack, share="heavy"))
        await wait_until_running(pool, 1)
        with pytest.raises(PoolBusy) as busy:
            await pool.run(work.add, 1, 1, share="heavy", wait_seconds=0.1)
        assert busy.value.retry_after == 0.1
        heavy.cancel()


async def test_closing_ends_what_runs_and_refuses_what_waits_or_comes() -> None:
    pool = ProcessPool(size=1, seconds=600.0)
    pid = await pool.run(work.tell_process)
    calls = [asyncio.create_task(pool.run(work.backtrack)) for _ in range(3)]
    await wait_until_running(pool, 1)
    await pool.close()
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(one) for one in ended] == [PoolClosed] * 3
    await wait_until_gone(pid)
    with pytest.raises(PoolClosed):
        await pool.run(work.add, 1, 1)


_PARENT = """
import asyncio, sys
from headwater.kit.processes import ProcessPool
from tests.kit.processes import work

async def main():
    pool = ProcessPool(size=2, seconds=600.0)
    print(await pool.run(work.tell_process), flush=True)
    await pool.run(work.backtrack)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the alarm ends it, after its deadline")
async def test_a_killed_parent_takes_its_busy_children_along() -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", _PARENT]
    parent = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=root)
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    assert is_alive(pid)
    parent.kill()
    await parent.wait()
    await wait_until_gone(pid)
