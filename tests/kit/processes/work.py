"""What the tests let the children of a pool do."""

from __future__ import annotations

import os
import re
import signal

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


def list_environment() -> set[str]:
    return set(inherited_environment())
