"""The pool: calls wait for their turn, and each child process is served by a thread of its own.

Every wait has an end, whatever becomes of a child or of its thread: that of a caller, and that of whoever closes the
pool.
"""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Sequence
from functools import partial
from threading import Condition, Thread, current_thread
from typing import Any, TypeVar

from headwater.core.clock import monotonic
from headwater.core.settings import Settings
from headwater.core.telemetry import get_logger
from headwater.kit.processes import measures
from headwater.kit.processes.calls import Call, find_reason, name_of, run_in_child
from headwater.kit.processes.child import MAX_REAP_SECONDS, MAX_START_SECONDS, Child
from headwater.kit.processes.errors import PoolBusy, PoolClosed, ProcessDied
from headwater.kit.processes.turns import Turns

Result = TypeVar("Result")

MAX_CALLS_OF_ONE_CHILD = 5_000
# A child that once took so much keeps most of it; a fresh one is cheaper to have about.
MAX_KEPT_BYTES = 400 * 1024 * 1024
MAX_MEMORY_BYTES = 1024 * 1024 * 1024
WAIT_SECONDS = 20.0
IDLE_SECONDS = 300.0
#: For how long `close` waits for the threads. They end by themselves at once, unless the kernel holds one of them.
MAX_CLOSE_SECONDS = 15.0
# By how much a call may outlast its deadline: two children ended, one started. What takes longer has no end.
_MAX_OVERRUN_SECONDS = 2 * MAX_REAP_SECONDS + MAX_START_SECONDS + 10.0

logger = get_logger(__name__)


class ProcessPool:
    """At most `size` children, started when they are needed, ended when they are idle or have run many calls."""

    def __init__(
        self,
        *,
        size: int = 2,
        seconds: float = 15.0,
        preload: Sequence[str] = (),
        max_calls: int = MAX_CALLS_OF_ONE_CHILD,
        max_memory_bytes: int = MAX_MEMORY_BYTES,
        idle_seconds: float = IDLE_SECONDS,
        max_overrun_seconds: float = _MAX_OVERRUN_SECONDS,
    ) -> None:
        """Take `seconds`, the deadline of a call, and `preload`, modules that a child imports before its first one."""
        self._size = size
        self._seconds = seconds
        self._preload = tuple(preload)
        self._max_calls = max_calls
        self._max_memory_bytes = max_memory_bytes
        self._idle_seconds = idle_seconds
        self._max_overrun_seconds = max_overrun_seconds
        self._turns: Turns[Call] = Turns()
        self._change = Condition()
        self._threads: set[Thread] = set()
        self._busy: set[Call] = set()
        self._is_closed = False

    @classmethod
    def from_settings(cls, settings: Settings, *, preload: Sequence[str]) -> ProcessPool:
        """Make the pool as large and as patient as the settings say."""
        return cls(size=settings.reading_processes, seconds=settings.reading_seconds, preload=preload)

    @property
    def pids(self) -> list[int]:
        """The ids of the children that run a call now."""
        with self._change:
            return [call.child.pid for call in self._busy if call.child is not None]

    async def run(
        self,
        function: Callable[..., Result],
        *arguments: object,
        share: str = "",
        wait_seconds: float = WAIT_SECONDS,
    ) -> Result:
        """Run `function(*arguments)` in a child and return its result. All of it must be picklable.

        Its deadline counts from when it runs; `wait_seconds` is how long it waits for its turn, `share` whose turn it
        is: a workspace, say. Whoever is cancelled while waiting ends the call as well.

        Raises:
            DeadlinePassed, MemoryExceeded, ProcessDied: all are WorkStopped, and the child is gone.
            PoolBusy: it wasn't its turn in time.
            PoolClosed: the pool was closed.
            WorkFailed: the function raised what is no HeadwaterError; those are raised as they are.
        """
        request = pickle.dumps((function, arguments, self._seconds), protocol=pickle.HIGHEST_PROTOCOL)
        call = Call(name_of(function), request, self._seconds, share)
        self._submit(call)
        result = asyncio.wrap_future(call.result)
        try:
            done, _ = await asyncio.wait({result}, timeout=wait_seconds)
            if not done and call.result.cancel():
                measures.CALLS.labels(call.task, PoolBusy.default_code).inc()
                raise PoolBusy(retry_after=wait_seconds)
            if not done:
                await self._wait_while_it_runs(call, result)
            found: Result = result.result()
            return found
        except asyncio.CancelledError:
            if not call.result.cancel():
                self._abandon(call)
            # How it ended is nobody's to hear any more.
            if not result.cancel() and not result.cancelled():
                result.exception()
            raise

    async def _wait_while_it_runs(self, call: Call, result: asyncio.Future[Any]) -> None:
        """Wait for a call that has its turn, for as long as it may take. Raises ProcessDied: its thread is stuck."""
        seconds = call.seconds + self._max_overrun_seconds
        done, _ = await asyncio.wait({result}, timeout=seconds)
        if not done:
            self._abandon(call)
            self._give_up(call)
            result.cancel()
            logger.error("work_never_ended", task=call.task, seconds=seconds)
            measures.CALLS.labels(call.task, ProcessDied.default_code).inc()
            raise ProcessDied

    async def close(self, *, max_seconds: float = MAX_CLOSE_SECONDS) -> None:
        """End every child. What runs or waits is refused, after `max_seconds` whatever holds the threads."""
        with self._change:
            self._is_closed = True
            waiting, running, threads = self._turns.clear(), list(self._busy), list(self._threads)
            self._change.notify_all()
        for call in waiting:
            if call.result.set_running_or_notify_cancel():
                call.result.set_exception(PoolClosed())
        for call in running:
            self._abandon(call)
        ends = monotonic() + max_seconds
        for thread in threads:
            # The thread of the loop's own that joins is one that the process waits for at its end.
            await asyncio.to_thread(thread.join, max(0.0, ends - monotonic()))
        if stuck := sum(thread.is_alive() for thread in threads):
            logger.error("pool_threads_never_ended", threads=stuck, seconds=max_seconds)
        for call in running:
            self._settle(call, partial(call.result.set_exception, PoolClosed()))

    def _submit(self, call: Call) -> None:
        with self._change:
            if self._is_closed:
                raise PoolClosed
            self._turns.add(call.share, call)
            self._start_thread_if_missed()
            self._change.notify_all()

    def _start_thread_if_missed(self) -> None:
        if len(self._threads) < self._size and len(self._turns) > len(self._threads) - len(self._busy):
            # Not from a pool of threads: the kernel ends a child together with the thread that started it.
            thread = Thread(target=self._serve, name="process-pool", daemon=True)
            thread.start()
            self._threads.add(thread)

    def _abandon(self, call: Call) -> None:
        """End a call that nobody waits for any more, together with the child that runs it."""
        with self._change:
            call.is_abandoned = True
            if call in self._busy and call.child is not None:
                call.child.kill()

    def _give_up(self, call: Call) -> bool:
        """Count a call as over, so that another gets its place. Returns whether it was still counted."""
        with self._change:
            if call not in self._busy:
                return False
            self._busy.discard(call)
            self._turns.give_back(call.share)
            if call.thread is not None and call.thread is not current_thread():
                self._threads.discard(call.thread)
                self._start_thread_if_missed()
            self._change.notify_all()
            return True

    def _settle(self, call: Call, settle: Callable[[], None]) -> None:
        """Tell the caller how a call ended, unless that was said already."""
        with self._change:
            if not call.result.done():
                settle()

    def _serve(self) -> None:
        """Run calls in a child, one after the other, until there were none for a while."""
        child: Child | None = None
        try:
            while (call := self._take()) is not None:
                try:
                    child, settle = self._run_call(call, child)
                except BaseException as error:  # noqa: BLE001 - no child, or a fault of ours; raised to the caller
                    settle = partial(call.result.set_exception, find_reason(call, error))
                    if call.child is not None:
                        call.child.close()
                    child = None
                # Its caller waits for as long as this isn't said.
                is_counted = self._give_up(call)
                if call.is_abandoned and child is not None:
                    # It was killed, perhaps when the call was over already; the next one gets another.
                    child.close()
                    child = None
                self._settle(call, settle)
                if not is_counted:
                    return
        finally:
            with self._change:
                self._threads.discard(current_thread())
            if child is not None:
                child.close()

    def _run_call(self, call: Call, child: Child | None) -> tuple[Child | None, Callable[[], None]]:
        """Run a call, in a new child where the last one is of no use; returns the child for the next one."""
        if child is None or not child.is_alive or self._is_spent(child):
            child = self._replace(child, call)
        call.child = child
        is_usable, settle = run_in_child(call, child)
        if is_usable:
            return child, settle
        child.close()
        return None, settle

    def _take(self) -> Call | None:
        """Wait for a call that may run; None when the calling thread should end."""
        with self._change:
            idle_until = monotonic() + self._idle_seconds
            while not self._is_closed:
                taken = self._turns.take(free=self._size - len(self._busy))
                if taken is None:
                    remaining = idle_until - monotonic()
                    if remaining <= 0:
                        break
                    self._change.wait(remaining)
                elif taken[1].result.set_running_or_notify_cancel():
                    taken[1].thread = current_thread()
                    self._busy.add(taken[1])
                    return taken[1]
                else:
                    self._turns.give_back(taken[0])
            self._threads.discard(current_thread())
            return None

    def _is_spent(self, child: Child) -> bool:
        return child.calls >= self._max_calls or child.peak_bytes > MAX_KEPT_BYTES

    def _replace(self, child: Child | None, call: Call) -> Child:
        """Start a child. Whoever abandons the call meanwhile ends it before it is ready."""
        if child is not None:
            child.close()
        measures.STARTS.inc()
        call.child = child = Child()
        if call.is_abandoned:
            child.kill()
        child.prepare(preload=self._preload, max_memory_bytes=self._max_memory_bytes)
        return child
