"""One call to the pool on its way: what it is, how it runs in a child, and why it gave no result."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from threading import Thread
from typing import Any

from headwater.core.clock import monotonic
from headwater.core.errors import HeadwaterError
from headwater.core.telemetry import get_logger
from headwater.kit.processes import measures
from headwater.kit.processes.child import Child
from headwater.kit.processes.errors import PoolClosed, ProcessDied, WorkStopped

logger = get_logger(__name__)


@dataclass(eq=False)
class Call:
    """One call on its way: pickled, and the child that runs it once one does."""

    task: str
    request: bytes
    seconds: float
    share: str
    result: Future[Any] = field(default_factory=Future)
    child: Child | None = None
    thread: Thread | None = None
    is_abandoned: bool = False


def run_in_child(call: Call, child: Child) -> tuple[bool, Callable[[], None]]:
    """Run a call. Returns whether the child can run another one, and what tells the caller how this one ended."""
    outcome, began, is_usable = "done", monotonic(), True
    settle: Callable[[], None]
    try:
        if call.is_abandoned:
            raise PoolClosed
        settle = partial(call.result.set_result, child.call(call.request, seconds=call.seconds))
    except WorkStopped as error:
        outcome, is_usable = error.code, False
        if not call.is_abandoned:
            logger.warning("work_stopped", task=call.task, reason=error.code, seconds=call.seconds)
        settle = partial(call.result.set_exception, PoolClosed() if call.is_abandoned else error)
    except HeadwaterError as error:
        outcome, settle = "refused", partial(call.result.set_exception, error)
    except Exception as error:  # noqa: BLE001 - the caller in the event loop is who hears of it
        outcome, settle = "failed", partial(call.result.set_exception, error)
    measures.CALLS.labels(call.task, outcome).inc()
    measures.SECONDS.labels(call.task).observe(monotonic() - began)
    return is_usable, settle


def find_reason(call: Call, error: BaseException) -> Exception:
    """Return what to tell the caller of a call that broke here: what may end a thread must not end a loop."""
    if call.is_abandoned:
        return PoolClosed()
    if isinstance(error, Exception):
        return error
    died = ProcessDied()
    died.__cause__ = error
    return died


def name_of(function: Callable[..., Any]) -> str:
    """Return the name of a function, which may be a partial of one."""
    return name_of(function.func) if isinstance(function, partial) else function.__name__
