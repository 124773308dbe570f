"""What a handler may raise to say how its job goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

from headwater.core.errors import Forbidden, HeadwaterError, InvalidInput, NotFound, TooLarge, Unauthenticated

# Trying again can't help: the input, the rights or the thing itself would have to change first.
PERMANENT_ERRORS: tuple[type[HeadwaterError], ...] = (
    InvalidInput,
    Unauthenticated,
    Forbidden,
    NotFound,
    TooLarge,
)


class PermanentFailure(Exception):
    """The job can't succeed: it becomes a dead letter at once. The message may be read by users."""


class RetryLater(Exception):
    """Not now (a rate limit, a busy host): the job runs again later, and this run doesn't count as an attempt."""

    def __init__(self, *, after: timedelta | None = None, at: datetime | None = None, reason: str = "") -> None:
        if (after is None) == (at is None):
            raise TypeError("RetryLater takes either `after` or `at`")
        super().__init__(reason or "runs again later")
        self.after = after
        self.at = at


class JobTakenOver(Exception):
    """This run fell silent for so long that its job was given to another; nothing of it may be kept."""
