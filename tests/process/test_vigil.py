"""A child that lives and is silent is replaced; one that is slow, and one that nobody could listen to, is not."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from headwater.core.clock import monotonic
from headwater.process import (
    DUMP_SIGNAL,
    ChildCommand,
    ChildEvent,
    ChildFailed,
    ChildRefused,
    Listener,
    SupervisedChild,
    Vigil,
    make_python_child,
    watch_file,
)
from headwater.process.running import KILL, exists
from tests.fixtures.waiting import wait_until

# Touches `sign` until `frozen` is there, and then never comes back from one call, which holds the interpreter.
BEAT = """
import faulthandler, os, pathlib, re, signal, time
faulthandler.register(signal.SIGUSR1, all_threads=True)
open('pid', 'w').write(str(os.getpid())); open('sign', 'w').close(); open('ready', 'w').close()
def freeze():
    re.match('(a+)+$', 'a' * 60 + 'b')
while True:
    os.utime('sign')
    if os.path.exists('frozen'):
        os.unlink('frozen')
        freeze()
    time.sleep(0.02)
"""


def make_child(folder: Path, program: str, events: list[ChildEvent], *, silence: float = 1.5) -> SupervisedChild:
    """A child that gives signs of life."""

    async def prepare() -> ChildCommand:
        (folder / "ready").unlink(missing_ok=True)
        return ChildCommand([sys.executable, "-c", program], folder=folder, log_file=folder / "log")

    async def is_ready() -> bool:
        return (folder / "ready").exists()

    return SupervisedChild(
        "child",
        prepare=prepare,
        is_ready=is_ready,
        on_event=events.append,
        vigil=Vigil(watch_file(folder / "sign"), silence=silence, dump_signal=DUMP_SIGNAL),
    )


def read_pid(folder: Path) -> int:
    return int((folder / "pid").read_text())


async def test_a_stopped_child_is_replaced(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    child = make_child(tmp_path, BEAT, events)
    await child.start()
    first = read_pid(tmp_path)
    os.kill(first, signal.SIGSTOP)
    await wait_until(lambda: child.status().restarts == 1, what="another child")
    assert read_pid(tmp_path) != first
    assert not exists(first)
    await child.stop()
    assert [event.kind for event in events] == ["ready", "silent", "died", "restarted", "stopped"]


async def test_a_frozen_child_says_where_it_stands_before_it_is_replaced(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    child = make_child(tmp_path, BEAT, events)
    await child.start()
    (tmp_path / "frozen").touch()
    await wait_until(lambda: child.status().restarts == 1, what="another child")
    await child.stop()
    words = (tmp_path / "log").read_text()
    assert "most recent call first" in words
    assert "in freeze" in words


async def test_a_child_that_is_slow_to_answer_stays(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    # One sign of life in half of the time that it has.
    child = make_child(tmp_path, BEAT.replace("0.02", "1"), events, silence=3)
    await child.start()
    first, until = read_pid(tmp_path), monotonic() + 6
    await wait_until(lambda: monotonic() > until, what="twice the time in which it may be silent")
    assert (read_pid(tmp_path), [event.kind for event in events]) == (first, ["ready"])
    await child.stop()


async def hear(answers: bool, *, held_up: float = 0.0) -> float:
    """Listen three times to somebody who answers or doesn't; give how long it counts as silent."""

    async def is_alive() -> bool:
        until = monotonic() + held_up
        while monotonic() < until:
            pass  # as when this whole process has no turn
        return answers

    listener = Listener(Vigil(is_alive, silence=2.4))
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    for _ in range(3):
        await listener.listen(ended)
    return listener.silent


async def test_silence_counts_only_while_we_were_there_to_hear_it() -> None:
    assert await hear(False) >= 0.6
    assert await hear(True) == 0
    assert await hear(False, held_up=1.5) == 0


async def test_a_supervisor_that_was_stopped_kills_nobody(tmp_path: Path) -> None:
    """As when a laptop sleeps: parent and child stop, and the parent wakes up first."""
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.process.test_vigil", str(tmp_path), cwd=Path(__file__).parents[2]
    )
    try:
        await wait_until((tmp_path / "up").exists, what="the child")
        pid = read_pid(tmp_path)
        for stopped in (supervisor.pid, pid):
            os.kill(stopped, signal.SIGSTOP)
        until = monotonic() + 4
        await wait_until(lambda: monotonic() > until, what="longer than it may be silent")
        for woken in (supervisor.pid, pid):
            os.kill(woken, signal.SIGCONT)
        asked = monotonic() + 3
        await wait_until(lambda: monotonic() > asked, what="the next questions")
        assert exists(pid)
        assert read_pid(tmp_path) == pid
    finally:
        supervisor.kill()
        await supervisor.wait()


async def test_the_first_start_is_supervised_as_every_later_one(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    program = (
        f"import os\nif not os.path.exists('once'):\n    open('once', 'w').close(); os.kill(os.getpid(), 9)\n{BEAT}"
    )
    child = make_child(tmp_path, program, events)
    await child.start_with_retries()
    await wait_until(lambda: child.status().state == "running", what="the second start")
    assert exists(read_pid(tmp_path))
    os.kill(read_pid(tmp_path), KILL)
    await wait_until(lambda: child.status().restarts == 2, what="the third start")
    await child.stop()
    assert [event.kind for event in events] == ["start_failed", "restarted", "died", "restarted", "stopped"]


async def test_a_limited_patience_ends(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    child = make_child(tmp_path, "raise SystemExit('no such luck')", events)
    with pytest.raises(ChildFailed, match="exit code 1"):
        await child.start_with_retries(tries=3)
    assert [event.kind for event in events] == ["start_failed", "start_failed"]
    assert child.status().state == "stopped"


async def test_a_setting_that_can_never_work_ends_the_first_start_with_one_line(tmp_path: Path) -> None:
    async def is_ready() -> bool:
        return False

    program = "import sys; print('more'); print('headwater: REDIS_URL: is no address'); sys.exit(2)"
    child = make_python_child(
        "worker 1", ["-c", program], is_ready=is_ready, folder=tmp_path, log_file=tmp_path / "log"
    )
    with pytest.raises(ChildRefused) as refused:
        await child.start_with_retries()
    assert refused.value.message == "worker 1: REDIS_URL: is no address"
    assert child.status().state == "stopped"


async def _supervise(folder: Path) -> None:
    child = make_child(folder, BEAT, [], silence=2.4)
    await child.start()
    (folder / "up").touch()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_supervise(Path(sys.argv[1])))
