"""Why a call to the pool gave no result."""

from __future__ import annotations

from headwater.core.errors import RateLimited, TooLarge, Unavailable


class WorkStopped(TooLarge):
    """What was asked for is more than is worked on; trying again gives the same."""

    default_code = "work_stopped"


class DeadlinePassed(WorkStopped):
    """It ran into its deadline, and its process was killed."""

    default_code = "took_too_long"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"This takes more than {seconds:g} seconds to work out, so it was stopped.")
        self.seconds = seconds


class MemoryExceeded(WorkStopped):
    """It wanted more memory than one process of the pool may have."""

    default_code = "too_much_memory"

    def __init__(self) -> None:
        super().__init__("This needs more memory than one page may take.")


class ProcessDied(WorkStopped):
    """The process ended in the middle of it: a parser crashed, or somebody killed it."""

    default_code = "process_died"

    def __init__(self) -> None:
        super().__init__("The process that worked on this ended before it was done.")


class PoolBusy(RateLimited):
    """It didn't get its turn in time, because others, or more of the same workspace, were before it."""

    default_code = "pool_busy"

    def __init__(self, *, retry_after: float) -> None:
        super().__init__("Too much is being worked on at once; try again in a moment.", retry_after=retry_after)


class PoolClosed(Unavailable):
    """The process is ending."""

    default_code = "pool_closed"

    def __init__(self) -> None:
        super().__init__("This process is stopping.")


class WorkFailed(Exception):
    """What ran in the child raised what is no error of ours; the text is its traceback there."""
