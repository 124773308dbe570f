"""Worker processes of a test."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


class Fleet:
    """Starts worker processes on one database and ends all that it started."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self.processes: list[asyncio.subprocess.Process] = []

    async def start(self, number: int = 1) -> None:
        """Start so many more workers."""
        for _ in range(number):
            self.processes.append(
                await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "tests.kit.jobs.process", self._dsn, cwd=ROOT
                )
            )

    def signal(self, pid: int, number: signal.Signals) -> None:
        """Send a signal to one of them."""
        assert pid in [process.pid for process in self.processes]
        os.kill(pid, number)

    async def end(self) -> None:
        """Kill what still runs."""
        for process in self.processes:
            if process.returncode is None:
                process.kill()
            await process.wait()
