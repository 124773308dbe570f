"""Writing and hashing beside receiving: one batch goes to disk in a thread while the next one comes in."""

from __future__ import annotations

import asyncio
import ctypes
import hashlib
import os
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

Part: TypeAlias = bytes | memoryview
BATCH = 1 << 20
_WRITEBACK = 8 << 20
_START_WRITING = 2  # SYNC_FILE_RANGE_WRITE of <fcntl.h>


class Writer:
    """Appends to an open file and hashes what it appends; at most two batches of a mebibyte are in memory.

    A thread works on one batch while the event loop gathers the next. The system is told to begin writing every few
    mebibytes, so that little is left for the synchronising at the end. The descriptor is closed by `finish` or
    `abandon`, never while a thread uses it.
    """

    def __init__(self, descriptor: int, *, digest: hashlib._Hash | None = None, size: int = 0) -> None:
        self.size = size
        """How many bytes the file has with what was added, in bytes."""
        self._descriptor = descriptor
        self._digest = digest or hashlib.sha256()
        # Two buffers in turn: fresh memory for every batch costs the system more than the copying does.
        self._filling, self._spare = bytearray(BATCH), bytearray(0)
        self._filled = 0
        self._written = self._begun = size
        self._running: asyncio.Future[None] | None = None

    @property
    def digest(self) -> hashlib._Hash:
        """The SHA-256 of everything that was added, once it is finished."""
        return self._digest

    async def add(self, part: Part) -> None:
        """Take a part. Raises OSError where the disk refused an earlier one."""
        rest = memoryview(part)
        self.size += len(rest)
        while rest:
            taken = min(len(rest), BATCH - self._filled)
            self._filling[self._filled : self._filled + taken] = rest[:taken]
            self._filled += taken
            rest = rest[taken:]
            if self._filled == BATCH:
                await self._hand_over(self._store)

    async def finish(self) -> None:
        """Write the rest, synchronise and close. Raises OSError."""
        await self._hand_over(self._store_last)
        await self._wait()

    def abandon(self) -> None:
        """Close without the rest, when no thread writes any more."""
        if self._running is None or self._running.done():
            self._close()
        else:
            self._running.add_done_callback(self._end_abandoned)

    async def _hand_over(self, store: Callable[[memoryview], None]) -> None:
        await self._wait()
        batch = memoryview(self._filling)[: self._filled]
        self._filling, self._spare = self._spare or bytearray(BATCH), self._filling
        self._filled = 0
        self._running = asyncio.get_running_loop().run_in_executor(None, store, batch)

    async def _wait(self) -> None:
        if self._running is not None:
            # A thread can't be cancelled: whoever waits for it can, and `abandon` then waits in its stead.
            await asyncio.shield(self._running)
            self._running = None

    def _store(self, batch: memoryview) -> None:
        write_all(self._descriptor, batch)
        self._digest.update(batch)
        self._written += len(batch)
        if self._written - self._begun >= _WRITEBACK:
            begin_writeback(self._descriptor, self._begun, self._written - self._begun)
            self._begun = self._written

    def _store_last(self, batch: memoryview) -> None:
        self._store(batch)
        os.fsync(self._descriptor)
        self._close()

    def _end_abandoned(self, running: asyncio.Future[None]) -> None:
        # Asked for, so that asyncio doesn't complain of a refusal that nobody waits for any more.
        if not running.cancelled():
            running.exception()
        self._close()

    def _close(self) -> None:
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


def write_all(descriptor: int, content: memoryview) -> None:
    """Write all of `content`, of which the system may take less at once."""
    while content:
        content = content[os.write(descriptor, content) :]


def begin_writeback(descriptor: int, start: int, length: int) -> None:
    """Have the system begin to write a range of a file, without waiting for it; a hint, so nothing is raised."""
    found = _find_sync_file_range()
    if found is not None:
        found(descriptor, start, length, _START_WRITING)


@cache
def _find_sync_file_range() -> Callable[[int, int, int, int], int] | None:
    """Return Linux's sync_file_range(2), which Python doesn't wrap; None on other systems."""
    if os.name != "posix":
        return None
    function = getattr(ctypes.CDLL(None), "sync_file_range", None)
    if function is None:
        return None
    function.argtypes = [ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint]
    function.restype = ctypes.c_int
    result: Callable[[int, int, int, int], int] = function
    return result
