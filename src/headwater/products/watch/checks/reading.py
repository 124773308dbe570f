"""Foreign pages are read and compared in the pool of processes; what goes wrong with one there is a failed check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeVar

from headwater.kit.processes import DeadlinePassed, MemoryExceeded, PoolBusy, ProcessPool, WorkStopped
from headwater.products.watch.page.extract import ExtractionFailed

Result = TypeVar("Result")
ErrorKind = Literal["network", "timeout", "blocked", "gone", "too_large", "not_text", "unusable", "internal"]

#: What a child imports before it takes calls.
PRELOADED = (
    "headwater.products.watch.checks.page_reading",
    "headwater.products.watch.checks.judging.judgement",
    "headwater.products.watch.diffs.rows",
    "headwater.products.watch.discovery.site_pages",
    "headwater.products.watch.sources.outlines",
)
_KINDS: Mapping[str, ErrorKind] = {
    "too_large": "too_large",
    "too_many_nodes": "too_large",
    "too_many_attributes": "too_large",
    "tag_too_long": "too_large",
    "too_deep": "too_large",
}


@dataclass(frozen=True)
class Failed:
    """Nothing usable came back."""

    kind: ErrorKind
    reason: str
    message: str
    http_status: int | None = None
    ms: int | None = None
    retry_after: timedelta = timedelta()


@dataclass(frozen=True)
class Postponed:
    """It isn't its turn yet: the host's, or that of the workspace in the pool."""

    wait: timedelta


async def work_apart(
    pool: ProcessPool, function: Callable[..., Result], *arguments: object, share: str, doing: str
) -> Result | Failed | Postponed:
    """Run `function(*arguments)` in the pool; `doing` is the word for it ("reading", "comparing") in the reason.

    Raises WorkFailed for a fault of ours.
    """
    try:
        return await pool.run(function, *arguments, share=share)
    except ExtractionFailed as failure:
        return Failed(_KINDS.get(failure.reason, "not_text"), failure.reason, failure.message)
    except PoolBusy as busy:
        return Postponed(timedelta(seconds=busy.retry_after))
    except DeadlinePassed as passed:
        message = f"This page is too intricate: {doing} it takes more than {passed.seconds:g} seconds."
        return Failed("too_large", "took_too_long", message)
    except MemoryExceeded:
        return Failed("too_large", "too_much_memory", f"This page is too intricate: {doing} it takes too much memory.")
    except WorkStopped:
        return Failed("not_text", "unreadable", f"The page broke the program that was {doing} it.")
