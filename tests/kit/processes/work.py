"""What the tests let the children of a pool do."""

from __future__ import annotations

import os
import re
import signal
from threading import Event
from typing import Any

from headwater.core.errors import NotFound
from headwater.core.settings import inherited_environment


def add(left: int, right: int) -> int:
    return left + right


def tell_process() -> int:
    return os.getpid()


def repeat(size: int) -> bytes:
    return b"x" * size


def backtrack() -> bool:
    """Hold the GIL for longer than anybody lives."""
    return re.match(r"(?:a|a)*b", "a" * 60) is not None


def take_memory(size: int) -> int:
    return len(bytearray(size))


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def refuse() -> None:
    raise NotFound("There is none.", code="none_here", details={"a": 1}, hint="Look elsewhere.")


def fail() -> None:
    raise KeyError("a fault of ours")


def fail_in_a_moment() -> None:
    Event().wait(0.1)
    raise KeyError("a fault of ours")


def list_environment() -> set[str]:
    return set(inherited_environment())


#: In the process of the tests: whether a thread of the pool is held, and what lets it go.
HELD, LET_GO = Event(), Event()


class Holding:
    """A result that holds the thread which reads it, in the parent, for as long as the test wants."""

    def __reduce__(self) -> tuple[Any, ...]:
        return hold, ()


def hold() -> str:
    HELD.set()
    LET_GO.wait()
    return "let go"


def make_holding() -> Holding:
    return Holding()


class Unreadable:
    """A result that breaks whoever reads it, in the parent."""

    def __reduce__(self) -> tuple[Any, ...]:
        return break_reader, ()


def break_reader() -> None:
    raise SystemExit("in a thread of the pool")


def make_unreadable() -> Unreadable:
    return Unreadable()
