"""`kill -9` of the parent leaves no process behind."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from headwater.process.running import exists
from tests.fixtures.drivers import list_search_path
from tests.fixtures.waiting import wait_until
from tests.process.test_supervise import TIES

PARENT = """
import asyncio, sys
from pathlib import Path
from tests.process.test_supervise import STAY, make_child

async def main() -> None:
    folders = [Path(sys.argv[1]) / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    for folder in folders:
        await make_child(folder, STAY, tie=sys.argv[2]).start()
    (Path(sys.argv[1]) / "started").touch()
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("tie", TIES)
async def test_children_die_with_their_parent(tmp_path: Path, tie: str) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path), tie, env={"PYTHONPATH": list_search_path()}
    )
    try:
        await wait_until((tmp_path / "started").exists, what="the children")
        pids = [int((tmp_path / name / "pid").read_text()) for name in ("one", "two")]
        assert all(map(exists, pids))
    finally:
        parent.kill()
        await parent.wait()
    await wait_until(lambda: not any(map(exists, pids)), what="the end of the children")
