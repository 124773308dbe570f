"""Checks that break in our own hands: told apart from passing trouble, and given a reason that the owner reads."""

from __future__ import annotations

from uuid import UUID

from headwater.core.database.translating import find_state, translate_error
from headwater.core.errors import HeadwaterError, RateLimited
from headwater.core.reporting import report_fault
from headwater.core.telemetry import counter, get_logger
from headwater.kit.jobs import JobTakenOver
from headwater.products.watch.checks.reading import Failed

logger = get_logger(__name__)
_BREAKDOWNS = counter("watch_breakdowns", "Checks that broke in handling, or whose worker was lost", ("reason",))
_EXPLANATION = (
    "Something went wrong on our side while this page was handled. It has been noted, and the page is tried again."
)
# Transactions that got in each other's way, of which Postgres ended one (class 40 of its error codes).
_ROLLED_BACK = "40"


def is_passing(error: Exception) -> bool:
    """Say whether the same check, run again in a moment, may well succeed: nothing is wrong with its page."""
    if isinstance(error, JobTakenOver):
        return True
    if (find_state(error) or "").startswith(_ROLLED_BACK):
        return True
    known = error if isinstance(error, HeadwaterError) else translate_error(error)
    return known is not None and (known.status >= 500 or isinstance(known, RateLimited))


def report_breakdown(error: Exception, *, source_id: UUID) -> Failed:
    """Report a fault of ours to the operator, and describe it for the source's owner."""
    _BREAKDOWNS.labels("handling").inc()
    logger.error("check_broke", source_id=str(source_id), exc_info=error)
    report_fault(error)
    return Failed("internal", "internal", _EXPLANATION)


def report_interrupted(error: Exception, *, source_id: UUID) -> None:
    """Log what kept a check from its end; what is no passing trouble is reported to the operator, too."""
    if is_passing(error):
        logger.warning("check_interrupted", source_id=str(source_id), error=repr(error))
        return
    logger.error("check_interrupted", source_id=str(source_id), exc_info=error)
    report_fault(error)


def report_lost(count: int) -> None:
    """Report checks of which no worker wrote the outcome in time."""
    if count:
        _BREAKDOWNS.labels("lost").inc(count)
        logger.warning("checks_lost", count=count)
