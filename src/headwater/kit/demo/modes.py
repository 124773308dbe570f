"""How a simulated system misbehaves: one mode at a time, for ever or for the next few requests."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from headwater.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to behave. `seconds` is the delay of a slow mode or the `Retry-After` of a refusing one."""

    name: str
    times: int | None = None
    seconds: float = 0.0


class ModeSwitch:
    """Holds the mode of one system or page; whoever waits inside a mode is let go when it changes."""

    def __init__(self, *allowed: str, seconds: float = 1.0) -> None:
        """Take the allowed names, the normal one first; `seconds` is used where a caller gives none.

        `waiting` counts the requests that a slow or held mode keeps waiting now.
        """
        self.allowed = allowed
        self._seconds = seconds
        self._mode = Mode(allowed[0])
        self._changed = asyncio.Event()
        self.waiting = 0

    @property
    def name(self) -> str:
        """Return the name of the present mode."""
        return self._mode.name

    def set(self, name: str, *, times: int | None = None, seconds: float | None = None) -> Mode:
        """Change the mode, for the next `times` requests only where given. Raises InvalidInput for an unknown name."""
        if name not in self.allowed:
            raise InvalidInput(f"there is no mode {name!r}", code="unknown_mode", hint=", ".join(self.allowed))
        self._mode = Mode(name, times=times, seconds=self._seconds if seconds is None else seconds)
        self._release()
        return self._mode

    def take(self) -> Mode:
        """Return the mode for one request and count it; after the last of `times` the mode is the normal one."""
        mode = self._mode
        if mode.times is None:
            return mode
        if mode.times <= 0:
            self._mode = Mode(self.allowed[0])
            return self._mode
        left = mode.times - 1
        self._mode = Mode(mode.name, times=left, seconds=mode.seconds) if left else Mode(self.allowed[0])
        return mode

    async def pause(self, seconds: float | None) -> None:
        """Wait that many seconds (None: for ever), or until the mode is changed."""
        changed = self._changed
        self.waiting += 1
        try:
            async with asyncio.timeout(seconds):
                await changed.wait()
        except TimeoutError:
            return
        finally:
            self.waiting -= 1

    def _release(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
