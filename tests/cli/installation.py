"""An installation in a folder of its own, driven by the command `headwater` as a real process."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from tests.fixtures.drivers import list_search_path
from tests.fixtures.waiting import wait_until

_LONGEST_SECONDS = 90.0


@dataclass(frozen=True)
class Finished:
    """A command that ended: its exit code and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Read what it printed as JSON."""
        return json.loads(self.out)


@dataclass
class Installation:
    """A data folder, and the environment that the commands run in."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of every command: nothing of the test run's own settings."""
        return {
            "PATH": os.defpath,
            "HOME": str(self.folder.parent),
            "PYTHONPATH": list_search_path(),
            "HEADWATER_DATA": str(self.folder),
            "PORT": "0",
            **self.settings,
        }

    async def spawn(self, *arguments: str, output: BinaryIO | None = None) -> asyncio.subprocess.Process:
        """Start `headwater` with these arguments, in a session of its own as a terminal gives it."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "headwater.cli",
            *arguments,
            cwd=self.folder.parent,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output or asyncio.subprocess.PIPE,
            stderr=output or asyncio.subprocess.PIPE,
            start_new_session=True,
        )

    async def run(self, *arguments: str, expect: int = 0) -> Finished:
        """Run a command to its end; fails the test at another exit code, or at a traceback."""
        process = await self.spawn(*arguments)
        try:
            out, err = await asyncio.wait_for(process.communicate(), _LONGEST_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
        finished = Finished(process.returncode or 0, out.decode(), err.decode())
        assert finished.code == expect, (arguments, finished)
        assert "Traceback" not in finished.out + finished.err, finished
        return finished

    @asynccontextmanager
    async def up(self, *, meanwhile: Callable[[Installation], Awaitable[None]] | None = None) -> AsyncIterator[Running]:
        """Run `headwater up` while the block runs, then end it by Ctrl-C unless the block did so.

        `meanwhile` is done while it starts.
        """
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        log = self.folder.parent / "up.log"
        with log.open("wb") as output:
            process = await self.spawn("up", output=output)

        def find_url() -> str:
            assert process.returncode is None, log.read_text()
            found = re.search(r"Headwater is up at (\S+)", log.read_text())
            return found[1] if found else ""

        try:
            if meanwhile is not None:
                await meanwhile(self)
            url = await wait_until(find_url, what="headwater up", seconds=_LONGEST_SECONDS)
            running = Running(self, process, url, log)
            yield running
            if process.returncode is None:
                await running.interrupt()
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def list_processes(self, *, doing: str = "") -> set[int]:
        """Return the processes that belong to the installation: by their command, folder or environment."""
        found = set()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with suppress(OSError):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                    of_ours = str(self.folder).encode()
                    where = os.readlink(entry / "cwd")
                    ours = of_ours in command or of_ours in (entry / "environ").read_bytes()
                    alive = b") Z " not in (entry / "stat").read_bytes()
                    if alive and (ours or where.startswith(str(self.folder))) and doing.encode() in command:
                        found.add(int(entry.name))
        return found

    async def wait_until_gone(self) -> None:
        """Wait until no process is left."""
        await wait_until(lambda: not self.list_processes(), what="every process to end", seconds=30)


@dataclass
class Running:
    """`headwater up`, serving."""

    installation: Installation
    process: asyncio.subprocess.Process
    url: str
    log: Path

    async def interrupt(self) -> None:
        """Press Ctrl-C: the signal goes to the whole group, as a terminal sends it."""
        os.killpg(self.process.pid, signal.SIGINT)
        code = await asyncio.wait_for(self.process.wait(), _LONGEST_SECONDS)
        assert code == 0, (code, self.log.read_text())

    async def kill(self) -> None:
        """Kill the parent as `kill -9` does."""
        os.kill(self.process.pid, signal.SIGKILL)
        await self.process.wait()
