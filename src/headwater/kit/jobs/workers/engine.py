"""The engine's worker, with the parts replaced that lose or wedge work out of the box.

Procrastinate's `Worker` keeps its registration, its loop, its cancelling of running jobs and its orderly stop. Ours
are fetching (several jobs at once, by queue), the judging of failures, and the fenced, persistent recording of results.
A test pins the release of the engine, because methods are overridden here that it doesn't promise to keep.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, cast

import asyncpg
from procrastinate import App, job_context, jobs
from procrastinate.worker import Worker as ProcrastinateWorker

from headwater.core.clock import monotonic
from headwater.core.telemetry import get_logger
from headwater.kit.jobs.metrics import RUN_SECONDS, RUNS
from headwater.kit.jobs.run import CANCELLED, REQUEUED, Outcome, Run
from headwater.kit.jobs.workers.connector import AsyncpgConnector
from headwater.kit.jobs.workers.outage import DATABASE_ERRORS, Outage, is_outage
from headwater.kit.jobs.workers.timings import WorkerTimings

_FETCH = "select * from headwater.fetch_jobs($1::text[], $2::integer[], $3::bigint, $4::interval)"
_RETURN = "select headwater.return_jobs($1::bigint, $2::bigint[])"
_FINISH = "select headwater.finish_jobs($1::bigint[], $2::bigint, $3::integer[])"
_END = "select headwater.end_job($1, $2, $3, $4, $5, $6, $7, $8)"
_POLL_SECONDS = 1.0
_ABORT_POLL_SECONDS = 2.0
_STUBBORN_SECONDS = 5.0

logger = get_logger(__name__)
# The engine writes each payload to its log; ours names jobs by id and says the same without it.
logging.getLogger("procrastinate").setLevel(logging.CRITICAL)


class EngineWorker(ProcrastinateWorker):
    """Fetches jobs of several queues, each with its own number of slots, and runs them."""

    def __init__(
        self,
        app: App,
        connector: AsyncpgConnector,
        *,
        slots: Mapping[str, int],
        perform: Callable[[Run], Awaitable[Outcome]],
        offset: Callable[[], timedelta],
        until_idle: bool,
        timings: WorkerTimings,
    ) -> None:
        super().__init__(
            app,
            queues=list(slots),
            concurrency=sum(slots.values()),
            wait=not until_idle,
            fetch_job_polling_interval=_POLL_SECONDS,
            abort_job_polling_interval=_ABORT_POLL_SECONDS,
            shutdown_graceful_timeout=timings.stop,
            listen_notify=False,
            install_signal_handlers=False,
            # The sweep removes silent workers together with their jobs; the engine would orphan the jobs. A clock that
            # is a year ahead for a moment mustn't either.
            stalled_worker_timeout=timedelta(days=36_500).total_seconds(),
        )
        self._connector = connector
        self._slots = dict(slots)
        self._busy: Counter[str] = Counter()
        self._perform = perform
        self._offset = offset
        self._until_idle = until_idle
        self._timings = timings
        self._change = asyncio.Event()
        self._lost = False
        self._late_records: set[asyncio.Task[None]] = set()
        self.finished: list[tuple[Run, Outcome]] = []

    @property
    def pool(self) -> asyncpg.Pool:
        """The engine's connections."""
        return self._connector.pool

    def wake(self) -> None:
        """Look for jobs now."""
        self._new_job_event.set()
        self._change.set()

    def stop(self) -> None:
        """Stop fetching; running jobs get their time to finish."""
        super().stop()  # type: ignore[no-untyped-call]  # the engine left it so
        self._change.set()

    def abort(self, job_ids: list[int]) -> None:
        """Cancel those of these jobs that run here."""
        self._handle_abort_jobs_requested(job_ids)

    def note_lost(self) -> None:
        """Note that the others took this worker for dead."""
        self._lost = True
        self.wake()

    def _start_side_tasks(self) -> list[asyncio.Task[Any]]:
        return [asyncio.create_task(self._watch_for_aborts(), name="poll_jobs_to_abort")]

    async def _watch_for_aborts(self) -> None:
        # A second way, for a cancellation that was announced while nobody listened.
        await self._poll_jobs_to_abort()  # type: ignore[no-untyped-call]  # the engine left it so

    async def work(self) -> None:
        """Run until stopped, or until nothing is left to do."""
        await self.run()  # type: ignore[no-untyped-call]  # the engine left it so

    async def _fetch_and_process_jobs(self) -> None:
        while not self._stop_event.is_set():
            self._new_job_event.clear()
            self._change.clear()
            if self._lost:
                await self._register_again()
            free = {queue: slots for queue in self._slots if (slots := self._slots[queue] - self._busy[queue]) > 0}
            runs = await self._fetch(free) if free else []
            for run in runs:
                self._start(run)
            fetched = Counter(run.queue for run in runs)
            filled = any(fetched[queue] == slots for queue, slots in free.items())
            # What was announced, or freed its slot, while the answer was on its way may have been missed by it.
            if filled or self._new_job_event.is_set():
                continue
            if free and not (self._until_idle and self._running_jobs):
                return
            await self._change.wait()

    async def _register_again(self) -> None:
        # What ran here runs elsewhere by now.
        for task in list(self._running_jobs):
            task.cancel()
        outage = Outage("registering again", self._timings.outage)
        while True:
            try:
                self.worker_id = await self.app.job_manager.register_worker()
                break
            except DATABASE_ERRORS as error:
                if not is_outage(error):
                    raise
                await outage.wait(error)
        self._lost = False
        logger.warning("worker_registered_again", worker_id=self.worker_id)

    async def _fetch(self, free: Mapping[str, int]) -> list[Run]:
        outage = Outage("fetching jobs", self._timings.outage)
        unanswered = False
        while not self._stop_event.is_set():
            # Set by the engine before it fetches.
            worker_id = cast(int, self.worker_id)
            try:
                if unanswered:
                    # The answer to the last fetch may have been lost on its way, with jobs in it.
                    await self.pool.execute(_RETURN, worker_id, [item.job.id for item in self._running_jobs.values()])
                rows = await self.pool.fetch(_FETCH, list(free), list(free.values()), worker_id, self._offset())
            except asyncpg.UniqueViolationError:
                # Two workers started jobs under one lock at the same moment; the other one has it.
                continue
            except asyncpg.ForeignKeyViolationError:
                self.note_lost()
                return []
            except DATABASE_ERRORS as error:
                if not is_outage(error):
                    raise
                await outage.wait(error)
                unanswered = True
            else:
                outage.over()
                return [Run(**row, worker_id=worker_id) for row in rows]
        return []

    def _start(self, run: Run) -> None:
        self._busy[run.queue] += 1
        context = job_context.JobContext(
            app=self.app,
            worker_name=self.worker_name,
            worker_queues=self.queues,
            job=jobs.Job(id=run.id, queue=run.queue, lock=None, queueing_lock=None, task_name=run.kind),
            start_timestamp=monotonic(),
            abort_reason=lambda: self._job_ids_to_abort.get(run.id),
        )
        task = asyncio.create_task(self._process_run(run))
        self._running_jobs[task] = context
        task.add_done_callback(lambda done: self._free_slot(run, done))

    def _free_slot(self, run: Run, task: asyncio.Task[Any]) -> None:
        self._running_jobs.pop(task, None)
        self._job_ids_to_abort.pop(run.id, None)
        self._busy[run.queue] -= 1
        # A slot is free, and perhaps a lock.
        self.wake()
        if task.cancelled():
            # Cancelled before its first step, so it could record nothing itself.
            late = asyncio.create_task(self._record(run, REQUEUED))
            self._late_records.add(late)
            late.add_done_callback(self._late_records.discard)
        elif error := task.exception():
            logger.error("result_not_recorded", effect="the sweep will find the job", job_id=run.id, exc_info=error)

    async def _process_run(self, run: Run) -> None:
        started = monotonic()
        try:
            outcome = await self._perform(run)
        except asyncio.CancelledError:
            requested = self._job_ids_to_abort.get(run.id) is job_context.AbortReason.USER_REQUEST
            outcome = CANCELLED if requested else REQUEUED
        RUN_SECONDS.labels(run.kind).observe(monotonic() - started)
        recording = asyncio.create_task(self._record(run, outcome))
        try:
            await asyncio.shield(recording)
        except asyncio.CancelledError:
            # A second cancellation comes too late: the result is known and must be written.
            await recording

    async def _record(self, run: Run, outcome: Outcome) -> None:
        if outcome.label != "taken_over" and not await self._persist(run, outcome):
            logger.warning("result_dropped_after_takeover", job_id=run.id, kind=run.kind)
            RUNS.labels(run.kind, "taken_over").inc()
            return
        RUNS.labels(run.kind, outcome.label).inc()
        if self._until_idle:
            self.finished.append((run, outcome))

    async def _persist(self, run: Run, outcome: Outcome) -> bool:
        outage = Outage("recording results", self._timings.outage)
        while True:
            try:
                if outcome.status == "succeeded":
                    finished = await self.pool.fetchval(_FINISH, [run.id], run.worker_id, [run.attempts])
                    return finished is not None
                return bool(
                    await self.pool.fetchval(
                        _END,
                        run.id,
                        run.worker_id,
                        run.attempts,
                        outcome.status,
                        outcome.counted,
                        self._offset() + outcome.delay,
                        outcome.error,
                        outcome.details,
                    )
                )
            except DATABASE_ERRORS as error:
                if not is_outage(error):
                    raise
                await outage.wait(error)

    async def _abort_running_jobs(self) -> None:
        for task, context in self._running_jobs.items():
            self._abort_job(task, context, job_context.AbortReason.SHUTDOWN)
        # A handler that ignores being cancelled doesn't hold up the stop; the sweep gives its job to another worker.
        await asyncio.wait(self._running_jobs, timeout=_STUBBORN_SECONDS)
