"""Python programs as supervised children, and several children as one."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from headwater.process.ports import LOOPBACK
from headwater.process.spawn import ChildCommand
from headwater.process.supervise import ChildEvent, SupervisedChild, log_event
from headwater.process.vigil import Vigil

# What our own commands end with where a setting is wrong, so that starting them again is of no use.
WRONG_SETTING = 2


def make_python_child(
    name: str,
    arguments: Sequence[str],
    *,
    is_ready: Callable[[], Awaitable[bool]],
    is_held: Callable[[], bool] = lambda: False,
    clear: Callable[[], None] = lambda: None,
    folder: Path,
    log_file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    on_event: Callable[[ChildEvent], None] = log_event,
    stop_patience: float = 20.0,
    ready_timeout: float = 60.0,
    vigil: Vigil | None = None,
) -> SupervisedChild:
    """Make the supervised child that runs our own Python with `arguments`, our environment and `environment`.

    It is asked to stop by SIGTERM, waited for `stop_patience` seconds and then killed. It is killed at once when this
    process dies, so it must keep nothing that isn't in Postgres. `clear` takes away before each start what the one
    before left to be found ready by.
    """
    command = ChildCommand(
        arguments=[sys.executable, *arguments],
        folder=folder,
        log_file=log_file,
        environment=environment or {},
        inherit_environment=True,
    )

    async def prepare() -> ChildCommand:
        clear()
        return command

    return SupervisedChild(
        name,
        prepare=prepare,
        is_ready=is_ready,
        is_held=is_held,
        on_event=on_event,
        stop_signals=(signal.SIGTERM,),
        stop_patience=stop_patience,
        ready_timeout=ready_timeout,
        vigil=vigil,
        refusal=WRONG_SETTING,
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
    return (await _ask(port, path=path, host=host, seconds=5)).startswith(b"HTTP/1.1 200 ")


async def answers_at_all(port: int, *, path: str, host: str = LOOPBACK) -> bool:
    """Say whether a server on `port` answers HTTP requests for `path`: a refusal is a sign of life as well."""
    return (await _ask(port, path=path, host=host, seconds=60)).startswith(b"HTTP/1.1 ")


async def _ask(port: int, *, path: str, host: str, seconds: float) -> bytes:
    """Return the first line of an answer; empty where there is none."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                return await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""
