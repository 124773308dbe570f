"""Keeps one child alive: ready before it counts as started, restarted when it dies, stopped in good order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from headwater.core.clock import monotonic
from headwater.core.errors import Unavailable
from headwater.core.telemetry import get_logger
from headwater.process.logs import bound_log, measure, read_tail
from headwater.process.spawn import ChildCommand, SpawnedProcess
from headwater.process.vigil import Listener, Vigil

State = Literal["stopped", "starting", "running", "restarting"]
EventKind = Literal[
    "ready", "waiting", "moved", "start_failed", "silent", "died", "restarted", "restart_failed", "stopped"
]

_FIRST_PROBE_SECONDS = 0.01
_SLOWEST_PROBE_SECONDS = 0.2
_FIRST_BACKOFF_SECONDS = 0.1
_LONGEST_BACKOFF_SECONDS = 10.0
# A child that ran this long has shown that it can: its next death is restarted at once again.
_STEADY_SECONDS = 30.0
_LOG_CHECK_SECONDS = 5.0
_SAY_WAITING_SECONDS = 5.0
_STRANGER_SECONDS = 1.0
# A question whether a child is ready takes no longer than this, so that more of it is time in which we didn't run.
_LONGEST_PROBE_SECONDS = 15.0
_LAST_WORDS_SECONDS = 2.0

logger = get_logger(__name__)


@dataclass(frozen=True)
class ChildEvent:
    """Something that happened to a child; `text` is one line for people."""

    name: str
    kind: EventKind
    text: str


@dataclass(frozen=True)
class ChildStatus:
    """How a child is. `exit_code` is that of its last end: minus the signal, when one ended it."""

    name: str
    state: State
    pid: int | None
    restarts: int
    exit_code: int | None


class ChildFailed(Unavailable):
    """A child ended, or stayed silent too long, before it was ready."""


class ChildRefused(ChildFailed):
    """A child ended because it can never run as it was asked to; the message is its own."""


def log_event(event: ChildEvent) -> None:
    """Write an event of a child to the log: what went wrong as a warning, the rest as information."""
    write = logger.info if event.kind in {"ready", "waiting", "restarted", "stopped"} else logger.warning
    write(event.text, child=event.name, kind=event.kind)


class SupervisedChild:
    """A child process that is kept running until `stop`.

    `prepare` gives the command and is asked before every start. `is_ready` says whether the child serves. `explain`
    may turn the end of a log into an error that says what to do. While `is_held` says so, the child waits for something
    else to begin with, and its time to get ready doesn't count. `vigil` says how a child that lives and is silent is
    told; without it only its end is noticed. `refusal` is the exit code that says that another start won't help.
    """

    def __init__(
        self,
        name: str,
        *,
        prepare: Callable[[], Awaitable[ChildCommand]],
        is_ready: Callable[[], Awaitable[bool]],
        is_held: Callable[[], bool] = lambda: False,
        explain: Callable[[str], Unavailable | None] = lambda _: None,
        on_event: Callable[[ChildEvent], None] = log_event,
        stop_signals: Sequence[int] = (signal.SIGTERM,),
        stop_patience: float = 20.0,
        ready_timeout: float = 60.0,
        vigil: Vigil | None = None,
        refusal: int | None = None,
    ) -> None:
        self.name = name
        self._prepare = prepare
        self._is_ready = is_ready
        self._is_held = is_held
        self._explain = explain
        self._on_event = on_event
        self._stop_signals = tuple(stop_signals)
        self._stop_patience = stop_patience
        self._ready_timeout = ready_timeout
        self._vigil = vigil
        self._refusal = refusal
        self._state: State = "stopped"
        self._process: SpawnedProcess | None = None
        self._log_file: Path | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._restarts = 0
        self._exit_code: int | None = None

    async def start(self) -> None:
        """Start the child, wait until it serves, and watch over it from then on.

        Raises:
            ChildFailed: it ended before it was ready, or wasn't ready in time; the hint holds the end of its log.
            Unavailable: what `explain` made of its log.
        """
        if self._keeper is not None:
            return
        self._state = "starting"
        try:
            await self._launch()
        except BaseException:
            self._state = "stopped"
            raise
        self._say("ready", f"{self.name} is ready")
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def start_with_retries(self, *, tries: int | None = None) -> None:
        """Start the child as it is started again later on: a failure is told, and tried again after a pause.

        With `tries` it has started when this returns. Without, the first failure moves the tries to the background.

        Raises:
            ChildRefused: it can never run like this.
            Unavailable: the last of `tries` failed.
        """
        if self._keeper is not None:
            return
        left, pause = tries, 0.0
        while True:
            try:
                await self.start()
                return
            except ChildRefused:
                raise
            except Unavailable as error:
                left = None if left is None else left - 1
                if left == 0:
                    raise
                self._say("start_failed", f"{self.name} could not be started: {error}; it is tried again")
            if left is None:
                self._state = "restarting"
                self._keeper = asyncio.create_task(self._keep(_FIRST_BACKOFF_SECONDS), name=f"keep {self.name}")
                return
            pause = min(max(pause * 2, _FIRST_BACKOFF_SECONDS), _LONGEST_BACKOFF_SECONDS)
            await asyncio.sleep(pause)

    async def stop(self) -> None:
        """Stop the child for good and wait until it is gone. Does nothing when it doesn't run."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
        was_running = self._process is not None
        await self._end()
        self._state = "stopped"
        if was_running:
            self._say("stopped", f"{self.name} has stopped")

    def status(self) -> ChildStatus:
        """Say how the child is."""
        pid = self._process.pid if self._process and self._process.exit_code is None else None
        return ChildStatus(self.name, self._state, pid, self._restarts, self._exit_code)

    async def _launch(self) -> None:
        command = await self._prepare()
        self._log_file = command.log_file
        bound_log(self._log_file)
        log_start = measure(self._log_file)
        try:
            self._process = await SpawnedProcess.spawn(command)
        except OSError as error:
            raise ChildFailed(f"{self.name} can't be started: {error}.") from error
        try:
            failure = await self._await_ready(self._process)
        except BaseException:
            await self._end()
            raise
        if failure:
            await self._end()
            tail = read_tail(self._log_file, since=log_start)
            if self._refusal is not None and self._exit_code == self._refusal:
                raise ChildRefused(f"{self.name}: {_find_last_line(tail) or 'it refuses to run like this'}")
            hint = f"The end of {self._log_file}:\n{tail or '(empty)'}" if self._log_file else None
            raise self._explain(tail) or ChildFailed(f"{self.name} {failure}.", hint=hint)
        self._state = "running"

    async def _await_ready(self, process: SpawnedProcess) -> str | None:
        """Wait until the child serves; return what went wrong if it never will."""
        waited, said, looked = 0.0, 0.0, monotonic()
        pause = _FIRST_PROBE_SECONDS
        ended = asyncio.ensure_future(process.wait())
        try:
            while not ended.done():
                if await self._probe(ended):
                    # Whatever answered must be our child and not somebody who has its address now.
                    if not ended.done():
                        return None
                    break
                # While this process was stopped, or had no turn, the child may have had none either.
                waited += min(monotonic() - looked, _LONGEST_PROBE_SECONDS)
                looked = monotonic()
                if self._is_held():
                    waited = said = 0.0
                if waited > self._ready_timeout:
                    return f"was not ready after {self._ready_timeout:g} seconds"
                if waited - said > _SAY_WAITING_SECONDS:
                    said = waited
                    self._say("waiting", f"{self.name} is still getting ready after {waited:.0f} seconds")
                await asyncio.wait({ended}, timeout=pause)
                pause = min(pause * 1.5, _SLOWEST_PROBE_SECONDS)
            return f"ended before it was ready ({_describe_end(ended.result())})"
        finally:
            ended.cancel()

    async def _probe(self, ended: asyncio.Future[int]) -> bool:
        try:
            return await self._is_ready()
        except Unavailable:
            # The answer may have been a stranger's who has the address now: then our child ends within moments, and
            # its own log says it better.
            await asyncio.wait({ended}, timeout=_STRANGER_SECONDS)
            if ended.done():
                return False
            raise

    async def _keep(self, backoff: float = 0.0) -> None:
        if self._process is None:
            backoff = await self._restart(backoff)
        while True:
            process = self._process
            if process is None:
                return
            since = monotonic()
            self._exit_code = await self._watch(process)
            self._state = "restarting"
            if monotonic() - since >= _STEADY_SECONDS:
                backoff = 0.0
            self._say("died", f"{self.name} died ({_describe_end(self._exit_code)}); it is started again")
            backoff = await self._restart(backoff)

    async def _watch(self, process: SpawnedProcess) -> int:
        """Wait for the end of the child, keeping its log bounded meanwhile, and bring it about where it is silent."""
        ended = asyncio.ensure_future(process.wait())
        listener = Listener(self._vigil) if self._vigil is not None else None
        try:
            while not ended.done():
                if listener is None:
                    await asyncio.wait({ended}, timeout=_LOG_CHECK_SECONDS)
                elif await listener.listen(ended):
                    return await self._give_up(process, listener.silent)
                bound_log(self._log_file)
            return ended.result()
        finally:
            ended.cancel()

    async def _give_up(self, process: SpawnedProcess, silent: float) -> int:
        """End a child that lives and answers nothing, and keep its last words."""
        vigil = self._vigil
        if vigil is None:
            raise RuntimeError("only who listens hears silence")
        self._say("silent", f"{self.name} has shown no sign of life for {silent:.0f} seconds; it is replaced")
        before = measure(self._log_file)
        if vigil.dump_signal is not None:
            process.send_signal(vigil.dump_signal)
            await asyncio.sleep(_LAST_WORDS_SECONDS)
        words = read_tail(self._log_file, since=before) or read_tail(self._log_file)
        logger.warning("child_last_words", child=self.name, words=words or "(none)")
        try:
            return await process.stop(signals=vigil.end_signals, patience=vigil.end_patience)
        except TimeoutError:
            self._say("silent", f"{self.name} doesn't end even when killed; it is started again once it has")
            return await process.wait()

    async def _restart(self, backoff: float) -> float:
        """Start the child again, however often it takes; return the pause before the next time."""
        while True:
            await asyncio.sleep(backoff)
            backoff = min(max(backoff * 2, _FIRST_BACKOFF_SECONDS), _LONGEST_BACKOFF_SECONDS)
            try:
                await self._launch()
            except Exception as error:  # noqa: BLE001 - whatever went wrong this time, a supervisor tries again
                self._say("restart_failed", f"{self.name} could not be started again: {error}")
                continue
            self._restarts += 1
            self._say("restarted", f"{self.name} is back")
            return backoff

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            try:
                self._exit_code = await process.stop(signals=self._stop_signals, patience=self._stop_patience)
            except TimeoutError as error:
                raise ChildFailed(f"{self.name} (process {process.pid}) doesn't end even when killed.") from error

    def _say(self, kind: EventKind, text: str) -> None:
        self._on_event(ChildEvent(self.name, kind, text))


def _find_last_line(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return lines[-1].removeprefix("headwater: ") if lines else ""


def _describe_end(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
