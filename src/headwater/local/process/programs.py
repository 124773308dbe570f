"""Python programs as supervised children, and several children as one."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from headwater.local.process.ports import LOOPBACK
from headwater.local.process.spawn import ChildCommand
from headwater.local.process.supervise import ChildEvent, SupervisedChild, log_event


class Startable(Protocol):
    """What can be started and stopped: a server, a child, another tree."""

    async def start(self) -> Any:
        """Start it and wait until it serves."""
        ...

    async def stop(self) -> None:
        """Stop it and wait until it is gone."""
        ...


class ProcessTree:
    """Parts started one after the other, each on the ones before it, and stopped in the opposite order."""

    def __init__(self, *parts: Startable) -> None:
        self._parts = parts
        self._started: list[Startable] = []

    async def start(self) -> None:
        """Start every part; if one can't start, stop those that have."""
        for part in self._parts:
            # Noted first: one that is interrupted halfway is stopped as well.
            self._started.append(part)
            try:
                await part.start()
            except BaseException:
                await self.stop()
                raise

    async def stop(self) -> None:
        """Stop every part that was started, the last one first. One that fails to stop doesn't keep the others up."""
        failures: list[Exception] = []
        while self._started:
            try:
                await self._started.pop().stop()
            except Exception as error:  # noqa: BLE001 - the others must be stopped all the same; raised below
                failures.append(error)
        if failures:
            raise ExceptionGroup("not everything could be stopped", failures)


def make_python_child(
    name: str,
    arguments: Sequence[str],
    *,
    is_ready: Callable[[], Awaitable[bool]],
    is_held: Callable[[], bool] = lambda: False,
    folder: Path,
    log_file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    on_event: Callable[[ChildEvent], None] = log_event,
    stop_patience: float = 20.0,
) -> SupervisedChild:
    """Make the supervised child that runs our own Python with `arguments`, our environment and `environment`.

    It is asked to stop by SIGTERM, waited for `stop_patience` seconds and then killed. It is killed at once when this
    process dies, so it must keep nothing that isn't in Postgres.
    """
    command = ChildCommand(
        arguments=[sys.executable, *arguments],
        folder=folder,
        log_file=log_file,
        environment=environment or {},
        inherit_environment=True,
    )

    async def prepare() -> ChildCommand:
        return command

    return SupervisedChild(
        name,
        prepare=prepare,
        is_ready=is_ready,
        is_held=is_held,
        on_event=on_event,
        stop_signals=(signal.SIGTERM,),
        stop_patience=stop_patience,
    )


async def is_listening(port: int, *, host: str = LOOPBACK) -> bool:
    """Say whether something takes connections on `port`: a probe for programs that serve."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 5)
    except (OSError, TimeoutError):
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def answers_requests(port: int, *, path: str, host: str = LOOPBACK) -> bool:
    """Say whether a server on `port` answers HTTP requests for `path` with 200."""
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                return (await reader.readline()).startswith(b"HTTP/1.1 200 ")
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
