"""Tells a child that fell silent from one that is slow, and from a supervisor that wasn't there to listen.

A child may live and answer nothing: frozen in its own code, or stopped. Nothing is timed by the clock: seconds are
monotonic, so a clock that leaps and a machine that slept change nothing.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from headwater.core.clock import monotonic

# At this signal our own programs write the stacks of all their threads to their log, however frozen they are.
DUMP_SIGNAL: int | None = getattr(signal, "SIGUSR1", None)

# Who wakes up so much later than asked for was held up itself, and with it the child: such a time proves nothing.
_LATE_SECONDS = 1.0


@dataclass(frozen=True)
class Vigil:
    """How a running child is listened to. Times in seconds.

    Attributes:
        is_alive: says whether the child gave a sign of life since it was last asked.
        silence: how long it may give none before it is replaced; 0 for ever.
        dump_signal: makes the child write where it stands to its log, where it knows how to.
        end_signals: sent to a silent child before it is killed, `end_patience` after each other.
    """

    is_alive: Callable[[], Awaitable[bool]]
    silence: float = 60.0
    dump_signal: int | None = None
    end_signals: tuple[int, ...] = ()
    end_patience: float = 5.0

    @property
    def every(self) -> float:
        """How often the child is asked: a dozen times before it is given up."""
        return min(self.silence / 12, 10.0) or 5.0

    @property
    def answer(self) -> float:
        """How long one answer may take."""
        return min(self.silence / 6, 30.0)


class Listener:
    """Counts how long one run of a child has been silent, while we were there to hear it."""

    def __init__(self, vigil: Vigil) -> None:
        self._vigil = vigil
        self.silent = 0.0

    async def listen(self, ended: asyncio.Future[int]) -> bool:
        """Wait for the next question, ask it, and say whether the child has been silent for too long."""
        began = monotonic()
        await asyncio.wait({ended}, timeout=self._vigil.every)
        if ended.done() or self._vigil.silence <= 0:
            return False
        asked = monotonic()
        if await self._ask():
            self.silent = 0.0
            return False
        answered = monotonic()
        punctual = asked - began <= self._vigil.every + _LATE_SECONDS
        if punctual and answered - asked <= self._vigil.answer + _LATE_SECONDS:
            self.silent += answered - began
        return self.silent >= self._vigil.silence

    async def _ask(self) -> bool:
        try:
            async with asyncio.timeout(self._vigil.answer):
                return await self._vigil.is_alive()
        except (OSError, TimeoutError):
            return False


def watch_file(path: Path) -> Callable[[], Awaitable[bool]]:
    """Make the question whether a file was touched since it was last asked, whatever time that says it was."""
    seen: int | None = None

    async def is_touched() -> bool:
        nonlocal seen
        before, seen = seen, await asyncio.to_thread(_read_touch, path)
        return seen is not None and seen != before

    return is_touched


def _read_touch(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
