"""The worker: one process (or task) that runs jobs, and takes its turn at leading."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any, cast

from procrastinate import App

from headwater.core.clock import Clock, SystemClock, monotonic
from headwater.core.database.database import Database
from headwater.core.reporting import report_fault
from headwater.core.resources import Resources
from headwater.core.settings import QUEUES
from headwater.core.telemetry import bound, get_logger
from headwater.kit.jobs.context import JobContext
from headwater.kit.jobs.definition import JobDefinition
from headwater.kit.jobs.run import SUCCEEDED, Outcome, Run, RunTimedOut, judge_failure, judge_unknown_kind
from headwater.kit.jobs.workers.clock_watch import ClockWatch
from headwater.kit.jobs.workers.connector import AsyncpgConnector
from headwater.kit.jobs.workers.control import ControlHandlers, keep_control
from headwater.kit.jobs.workers.engine import EngineWorker
from headwater.kit.jobs.workers.heartbeat import Heartbeat
from headwater.kit.jobs.workers.leading import Leader
from headwater.kit.jobs.workers.outage import DATABASE_ERRORS, DatabaseGone, Outage, is_outage
from headwater.kit.jobs.workers.schedules import Schedule, ScheduleRunner
from headwater.kit.jobs.workers.timings import WorkerTimings

_POOL_SIZE = 4

logger = get_logger(__name__)


class Worker:
    """Runs the jobs of some queues.

    Several may run in one process or on many hosts. It survives Postgres going away for as long as `pace.outage`, and
    at SIGTERM gives running jobs `timings.stop` before it puts them back into the queue.
    """

    def __init__(
        self,
        database: Database,
        resources: Resources,
        *,
        jobs: Sequence[JobDefinition[Any]],
        schedules: Sequence[Schedule] = (),
        queues: Sequence[str] = QUEUES,
        concurrency: int | Mapping[str, int] = 8,
        clock: Clock | None = None,
        timings: WorkerTimings | None = None,
    ) -> None:
        self._database = database
        self._resources = resources
        self._jobs = {job.kind: job for job in jobs}
        if len(self._jobs) != len(jobs):
            raise ValueError("two jobs share a kind")
        self._schedules = schedules
        self._slots = {queue: concurrency if isinstance(concurrency, int) else concurrency[queue] for queue in queues}
        self._clock = clock or SystemClock()
        self._timings = timings or WorkerTimings()
        self._engine: EngineWorker | None = None
        self._stopped = False
        self._began: float | None = None
        self.ready = asyncio.Event()

    async def run(self, *, handle_signals: bool = True) -> None:
        """Work until `stop`, SIGTERM or SIGINT.

        Raises:
            DatabaseGone: Postgres stayed away for too long; the process should end with an error.
        """
        self._began = monotonic() + self._offset().total_seconds()
        async with self._open_engine(until_idle=False) as engine:
            runner = ScheduleRunner(self._schedules, pool=engine.pool, resources=self._resources, clock=self._clock)
            leader = Leader(
                pool=engine.pool,
                watch=ClockWatch(self._database, pool=engine.pool),
                schedules=runner,
                offset=self._offset,
                wake=engine.wake,
                timings=self._timings,
            )
            heartbeat = Heartbeat(
                self._database.dsn,
                worker_id=lambda: engine.worker_id,
                on_lost=engine.note_lost,
                timings=self._timings,
            )
            handlers = ControlHandlers(
                wake=engine.wake, abort=engine.abort, lead=leader.take_turn, step_down=leader.step_down
            )
            heartbeat.start()
            try:
                control = keep_control(self._database.dsn, handlers, timings=self._timings)
                with self._signals_stop(handle_signals):
                    await self._run_beside(engine, control)
            finally:
                await heartbeat.stop()

    async def run_until_idle(self) -> list[tuple[Run, Outcome]]:
        """Run what is due, and what that enqueues, until nothing is left; returns each run and how it ended."""
        async with self._open_engine(until_idle=True) as engine:
            await engine.work()
            return engine.finished

    def stop(self) -> None:
        """Stop in an orderly way: fetch no more, let running jobs finish."""
        self._stopped = True
        if self._engine is not None:
            self._engine.stop()

    @asynccontextmanager
    async def _open_engine(self, *, until_idle: bool) -> AsyncIterator[EngineWorker]:
        connector = AsyncpgConnector(
            self._database.dsn, pool_size=_POOL_SIZE, statement_seconds=self._timings.statement
        )
        app = App(connector=connector)
        for job in self._jobs.values():
            # The engine asks its tasks only whether they can be cancelled.
            app.task(name=job.kind, pass_context=True)(cast(Any, job.handler))
        outage = Outage("starting", self._timings.outage)
        while True:
            try:
                await connector.open_async()
                break
            except DATABASE_ERRORS as error:
                if not is_outage(error):
                    raise
                await outage.wait(error)
        self._engine = EngineWorker(
            app,
            connector,
            slots=self._slots,
            perform=self._perform,
            offset=self._offset,
            until_idle=until_idle,
            timings=self._timings,
        )
        try:
            yield self._engine
        finally:
            self._engine = None
            self.ready.clear()
            await connector.close_async()

    async def _run_beside(self, engine: EngineWorker, control: Any) -> None:
        """Run the engine, and end it when the control fails for good."""
        if self._stopped:
            control.close()
            return
        controlling = asyncio.create_task(control, name="control")
        controlling.add_done_callback(lambda _: engine.stop())
        self.ready.set()
        logger.info("worker_started", queues=list(self._slots), jobs=len(self._jobs))
        try:
            await self._work_through_outages(engine, controlling)
        finally:
            controlling.cancel()
            ended = (await asyncio.gather(controlling, return_exceptions=True))[0]
        if isinstance(ended, Exception):
            raise ended

    async def _work_through_outages(self, engine: EngineWorker, controlling: asyncio.Task[None]) -> None:
        """Run the engine; an outage while it registers or takes its leave is no reason to fail."""
        outage = Outage("registering", self._timings.outage)
        while True:
            try:
                await engine.work()
                return
            except DATABASE_ERRORS as error:
                if isinstance(error.__context__, DatabaseGone):
                    raise error.__context__ from error
                if not is_outage(error):
                    raise
                if not (self._stopped or controlling.done()):
                    await outage.wait(error)
                if self._stopped or controlling.done():
                    return

    async def _perform(self, run: Run) -> Outcome:
        definition = self._jobs.get(run.kind)
        if definition is None:
            logger.error("job_kind_unknown", kind=run.kind, job_id=run.id)
            return judge_unknown_kind(run, self._clock, uptime=self._find_uptime())
        with bound(job_id=run.id, job=run.kind, workspace_id=str(run.workspace_id or "")):
            failure: BaseException
            try:
                await self._handle(run, definition)
                return SUCCEEDED
            except asyncio.CancelledError as error:
                # Either somebody cancelled this run, or a task that its handler awaited was, which is a failure.
                if cast("asyncio.Task[Any]", asyncio.current_task()).cancelling():
                    raise
                failure = error
            except Exception as error:  # noqa: BLE001 - whatever a handler raises decides about its job, not the worker
                failure = error
            outcome = judge_failure(failure, run, definition, self._clock, uptime=self._find_uptime())
            _log_failure(run, outcome, failure)
            return outcome

    async def _handle(self, run: Run, definition: JobDefinition[Any]) -> None:
        pool = cast(EngineWorker, self._engine).pool
        context = JobContext(run, self._resources, self._clock, self._database, pool)
        payload = definition.payload_type.model_validate_json(run.args)
        # The limit that the job was enqueued with, which is the one that the sweep goes by.
        seconds = run.timeout_seconds
        try:
            async with asyncio.timeout(seconds) as limit:
                await definition.handler(context, payload)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise RunTimedOut(f"This took longer than {seconds:g} s.") from error

    def _find_uptime(self) -> timedelta:
        # A single pass over the queue has no life of its own to measure by: it goes by the clock.
        if self._began is None:
            return timedelta.max
        return timedelta(seconds=monotonic() - self._began) + self._offset()

    def _offset(self) -> timedelta:
        return getattr(self._clock, "offset", timedelta())

    @contextmanager
    def _signals_stop(self, handle: bool) -> Iterator[None]:
        if not handle or threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


def _log_failure(run: Run, outcome: Outcome, error: BaseException) -> None:
    if outcome.label == "failed":
        logger.error("job_failed", attempt=run.attempts + 1, exc_info=error)
        report_fault(error)
    elif outcome.label == "retried":
        logger.warning(
            "job_retried",
            attempt=run.attempts + 1,
            seconds=round(outcome.delay.total_seconds(), 1),
            error=repr(error),
        )
    else:
        logger.info("job_postponed", outcome=outcome.label, reason=str(error))


@asynccontextmanager
async def running_worker(worker: Worker) -> AsyncIterator[Worker]:
    """Run `worker` beside the caller's code, in the same loop, and stop it at the end."""
    task = asyncio.create_task(worker.run(handle_signals=False))
    waiting = asyncio.create_task(worker.ready.wait())
    try:
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        yield worker
    finally:
        waiting.cancel()
        worker.stop()
        await task


async def run_until_idle(
    database: Database,
    resources: Resources,
    *,
    jobs: Sequence[JobDefinition[Any]],
    clock: Clock | None = None,
    queues: Sequence[str] = QUEUES,
    concurrency: int = 8,
) -> list[tuple[Run, Outcome]]:
    """Run everything that is due by `clock`, and what that enqueues, then return: for tests and one-off commands."""
    worker = Worker(database, resources, jobs=jobs, clock=clock, queues=queues, concurrency=concurrency)
    return await worker.run_until_idle()
