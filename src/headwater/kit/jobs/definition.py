"""Declares jobs: a name, a queue, limits, and the function that does the work."""

from __future__ import annotations

import inspect
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_type_hints

from pydantic import BaseModel

from headwater.core.settings import QUEUES

if TYPE_CHECKING:
    from headwater.kit.jobs.context import JobContext

Payload = TypeVar("Payload", bound=BaseModel)
Handler = Callable[["JobContext", Payload], Awaitable[None]]


@dataclass(frozen=True)
class Retry:
    """How often and how patiently a job is tried: `base` doubled each time, at most `cap`, with full jitter."""

    attempts: int = 5
    base: timedelta = timedelta(seconds=2)
    cap: timedelta = timedelta(minutes=15)

    def delay_after(self, attempt: int, *, at_least: timedelta = timedelta()) -> timedelta:
        """Return the wait after the failed attempt number `attempt` (from 1), no shorter than `at_least`."""
        # The exponent is held down because 2 to a large number is no float any more.
        longest: timedelta = min(self.cap, self.base * 2 ** min(attempt - 1, 20))
        return max(at_least, longest * random.random())


@dataclass(frozen=True)
class JobDefinition(Generic[Payload]):
    """A declared job. Made by `@job`; handed to `enqueue` and, by the product, to the worker."""

    kind: str
    handler: Handler[Payload]
    payload_type: type[Payload]
    queue: str
    timeout: timedelta
    retry: Retry
    tracked: bool
    lock: str | Callable[[Any], str] | None = None
    describe: Callable[[Any], str] | None = None
    about: str = field(default="", compare=False)

    def lock_for(self, payload: Payload) -> str:
        """Return the lock that the job holds while it runs; empty for none."""
        if self.lock is None or isinstance(self.lock, str):
            return self.lock or ""
        return self.lock(payload)

    def summary_of(self, payload: Payload) -> str:
        """Say in a few words what a job with this payload is about."""
        return self.describe(payload) if self.describe else ""


def job(
    kind: str,
    *,
    queue: str = "maintain",
    timeout: timedelta = timedelta(minutes=5),
    retry: Retry | None = None,
    tracked: bool = False,
    lock: str | Callable[[Any], str] | None = None,
    describe: Callable[[Any], str] | None = None,
) -> Callable[[Handler[Payload]], JobDefinition[Payload]]:
    """Declare `async def handler(context: JobContext, payload: SomeModel) -> None` as a durable job.

    The handler may run more than once (a worker can die at any step), so it must be idempotent; what it does through
    `context.transaction()` is fenced: a run that lost its job can't commit.

    What it raises decides: `RetryLater` and `RateLimited` put the job off without counting the attempt,
    `PermanentFailure` and errors that no retry can cure (InvalidInput, NotFound, Forbidden, …) make it a dead letter at
    once, everything else is tried again as `retry` says, no sooner than the error's `retry_after`.

    Args:
        kind: `<product>.<verb>`, the name under which jobs wait; renaming it strands those that do.
        queue: the class of work, one of `headwater.core.settings.QUEUES`; `bulk` for what takes minutes.
        timeout: the run is cancelled after this long, which counts as a failed attempt.
        lock: at most one running job holds a lock. Locks are per workspace. Text, or a function of the payload.
        tracked: shown to the workspace's members in `public.jobs` from the start. Dead letters always are.
        describe: what the job is about, for `public.jobs`.
    """
    if queue not in QUEUES:
        raise ValueError(f"{kind}: unknown queue {queue!r}; there are {', '.join(QUEUES)}")

    def declare(handler: Handler[Payload]) -> JobDefinition[Payload]:
        return JobDefinition(
            kind=kind,
            handler=handler,
            payload_type=_find_payload_type(kind, handler),
            queue=queue,
            timeout=timeout,
            retry=retry or Retry(),
            tracked=tracked,
            lock=lock,
            describe=describe,
            about=inspect.getdoc(handler) or "",
        )

    return declare


def _find_payload_type(kind: str, handler: Callable[..., Any]) -> Any:
    names = list(inspect.signature(handler).parameters)
    if not inspect.iscoroutinefunction(handler) or len(names) != 2:
        raise TypeError(f"{kind}: a job is `async def handler(context, payload)`")
    # A module may import JobContext for type checkers only, and here only the payload's type matters.
    payload_type = get_type_hints(handler, {**handler.__globals__, "JobContext": Any}).get(names[1])
    if not (isinstance(payload_type, type) and issubclass(payload_type, BaseModel)):
        raise TypeError(f"{kind}: the payload must be annotated with a pydantic model")
    return payload_type
