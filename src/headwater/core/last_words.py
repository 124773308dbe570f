"""What a frozen process can still say: the stacks of its threads, written by the signal handler itself."""

from __future__ import annotations

import faulthandler
import sys


def register_last_words(number: int | None) -> None:
    """Write the stacks of all threads to standard error at this signal (None: the system has none for it).

    It works while the interpreter is stuck in one call: a handler in Python would wait for that to end.
    """
    if number is not None and hasattr(faulthandler, "register"):
        faulthandler.register(number, file=sys.__stderr__ or sys.stderr, all_threads=True)
