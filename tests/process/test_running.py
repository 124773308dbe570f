"""Processes of this machine: those that run are found where they work, those that ended are not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from headwater.process.running import end_processes, exists, list_processes, list_working_in
from tests.fixtures.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they are read by other means")

PROGRAM = Path(sys.executable).resolve().name


def start(code: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start a Python in a folder; nobody waits for it before the test does, so that what ended stays to be seen."""
    return subprocess.Popen([sys.executable, "-c", code], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


async def test_process_is_found_while_it_runs_and_no_longer(tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    elsewhere.mkdir()
    with start("import sys; sys.stdin.read()", here) as child:
        await wait_until(lambda: child.pid in list_working_in(here, program=PROGRAM), what="the child")
        assert {process.pid for process in list_processes(program=PROGRAM)} >= {os.getpid(), child.pid}
        assert exists(child.pid)
        assert list_working_in(elsewhere, program=PROGRAM) == set()
        assert list_working_in(here, program="another-program") == set()
        # Killed and not yet waited for, it is a number and no process.
        child.kill()
        await wait_until(lambda: not exists(child.pid), what="the end")
        assert child.pid not in {process.pid for process in list_processes(program=PROGRAM)}
        assert list_working_in(here, program=PROGRAM) == set()


async def test_ending_takes_one_step_after_the_other(tmp_path: Path) -> None:
    deaf = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); sys.stdin.read()"
    with start(deaf, tmp_path) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert await end_processes([child.pid], steps=[(signal.SIGTERM, 0.1)]) is False
        assert exists(child.pid)
        assert await end_processes([child.pid], steps=[(signal.SIGTERM, 0.1), (signal.SIGKILL, 20.0)]) is True
        assert not exists(child.pid)
    assert await end_processes([child.pid], steps=[(signal.SIGTERM, 0.1)]) is True, "what is gone is gone"
    assert await end_processes([], steps=[(signal.SIGTERM, 0.1)]) is True
