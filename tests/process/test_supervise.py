"""One child kept alive: ready, dead, restarted, stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from headwater.process import ChildCommand, ChildEvent, ChildFailed, SupervisedChild
from headwater.process.running import KILL, exists
from headwater.process.spawn import Tie
from tests.fixtures.waiting import wait_until

TIES: list[Tie] = ["kernel", "watch"] if sys.platform == "linux" else ["watch"]


def make_child(
    folder: Path,
    program: str,
    *,
    events: list[ChildEvent] | None = None,
    tie: Tie = TIES[0],
    ready_timeout: float = 30.0,
    stop_signals: Sequence[int] = (signal.SIGTERM,),
    stop_patience: float = 20.0,
) -> SupervisedChild:
    """A child that runs a Python program, ready once that has written a file `ready`."""

    async def prepare() -> ChildCommand:
        (folder / "ready").unlink(missing_ok=True)
        return ChildCommand([sys.executable, "-c", program], folder=folder, log_file=folder / "log", tie=tie)

    async def is_ready() -> bool:
        return (folder / "ready").exists()

    seen = events if events is not None else []
    return SupervisedChild(
        "child",
        prepare=prepare,
        is_ready=is_ready,
        on_event=seen.append,
        ready_timeout=ready_timeout,
        stop_signals=stop_signals,
        stop_patience=stop_patience,
    )


STAY = "import time, os; open('pid', 'w').write(str(os.getpid())); open('ready', 'w').close(); time.sleep(600)"


def read_pid(folder: Path) -> int:
    return int((folder / "pid").read_text())


@pytest.mark.parametrize("tie", TIES)
async def test_a_killed_child_comes_back(tmp_path: Path, tie: Tie) -> None:
    events: list[ChildEvent] = []
    child = make_child(tmp_path, STAY, events=events, tie=tie)
    await child.start()
    first = read_pid(tmp_path)
    os.kill(first, KILL)
    await wait_until(lambda: child.status().restarts == 1, what="the restart")
    assert read_pid(tmp_path) != first
    assert child.status().state == "running"
    await child.stop()
    assert [event.kind for event in events] == ["ready", "died", "restarted", "stopped"]
    assert not exists(read_pid(tmp_path))


async def test_a_child_that_keeps_dying_is_tried_again_and_again(tmp_path: Path) -> None:
    events: list[ChildEvent] = []
    program = f"import os, sys\nif os.path.exists('broken'): sys.exit('it is broken')\n{STAY}"
    child = make_child(tmp_path, program, events=events)
    await child.start()
    (tmp_path / "broken").touch()
    os.kill(read_pid(tmp_path), KILL)
    await wait_until(
        lambda: len([event for event in events if event.kind == "restart_failed"]) >= 2, what="two failures"
    )
    (tmp_path / "broken").unlink()
    await wait_until(lambda: child.status().state == "running", what="the recovery")
    await child.stop()


async def test_a_child_that_ends_before_it_is_ready_says_why(tmp_path: Path) -> None:
    child = make_child(tmp_path, "import sys; sys.exit('no such luck')")
    with pytest.raises(ChildFailed, match="exit code 1") as failure:
        await child.start()
    assert "no such luck" in (failure.value.hint or "")
    assert child.status().state == "stopped"


async def test_a_child_that_is_never_ready_is_not_left_running(tmp_path: Path) -> None:
    program = STAY.replace("open('ready', 'w').close();", "")
    child = make_child(tmp_path, program, ready_timeout=0.5)
    with pytest.raises(ChildFailed, match="not ready after"):
        await child.start()
    assert child.status().pid is None


async def test_a_start_that_is_cancelled_leaves_nothing_running(tmp_path: Path) -> None:
    child = make_child(tmp_path, STAY.replace("open('ready', 'w').close();", ""))
    starting = asyncio.create_task(child.start())
    await wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(), what="the child")
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not exists(read_pid(tmp_path))


@pytest.mark.parametrize("tie", TIES)
async def test_a_child_that_ignores_the_first_signal_is_stopped_all_the_same(tmp_path: Path, tie: Tie) -> None:
    program = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {STAY}"
    child = make_child(tmp_path, program, stop_patience=0.2, tie=tie)
    await child.start()
    await child.stop()
    await wait_until(lambda: not exists(read_pid(tmp_path)), what="the end of the child")
    assert child.status().exit_code == -KILL


async def test_what_a_child_has_started_goes_with_it(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys; inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
        f"open('inner', 'w').write(str(inner.pid)); {STAY}"
    )
    child = make_child(tmp_path, program)
    await child.start()
    inner = int((tmp_path / "inner").read_text())
    assert exists(inner)
    await child.stop()
    await wait_until(lambda: not exists(inner), what="the end of the grandchild")


async def test_a_terminal_interrupts_us_and_not_the_children(tmp_path: Path) -> None:
    child = make_child(tmp_path, STAY)
    await child.start()
    assert os.getpgid(read_pid(tmp_path)) != os.getpgid(0)
    await child.stop()


async def test_a_child_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    # The kernel's signal at the parent's death is about the thread that forked.
    child = make_child(tmp_path, STAY)
    ran = threading.Thread(target=lambda: asyncio.run(_start_and_leave(child)))
    ran.start()
    await asyncio.to_thread(ran.join)
    pid = read_pid(tmp_path)
    try:
        with pytest.raises(AssertionError):
            await wait_until(lambda: not exists(pid), seconds=0.5)
    finally:
        os.kill(pid, KILL)


async def _start_and_leave(child: SupervisedChild) -> None:
    await child.start()
