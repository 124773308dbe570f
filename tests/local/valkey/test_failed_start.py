"""A start that failed lets go of the folder: whoever mends the cause starts again, in this process or another."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.core.errors import Unavailable
from headwater.local.valkey import LocalValkey
from headwater.local.valkey.program import find_binary

pytestmark = pytest.mark.skipif(find_binary() is None, reason="there is no Valkey for this machine")


async def test_folder_that_could_not_be_made(tmp_path: Path) -> None:
    obstacle = tmp_path / "data"
    obstacle.write_text("no folder")
    server = LocalValkey(tmp_path, port=0)
    with pytest.raises(Unavailable):
        await server.start()
    obstacle.unlink()
    async with LocalValkey(tmp_path, port=0) as another:
        assert another.status().persistent
    async with server:
        assert server.status().url


async def test_setting_that_was_wrong(tmp_path: Path) -> None:
    server = LocalValkey(tmp_path, port=0, settings={"no-such-setting": "1"})
    with pytest.raises(Unavailable):
        await server.start()
    async with LocalValkey(tmp_path, port=0) as another:
        assert another.status().persistent
