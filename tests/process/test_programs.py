"""Our own programs as children, and whether something listens."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from headwater.process import is_listening, make_python_child


async def test_a_python_child_has_our_environment_and_is_asked_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INHERITED", "one")
    program = """
import os, signal, time
def stop(*_):
    open("stopped", "w").close()
    raise SystemExit
signal.signal(signal.SIGTERM, stop)
open("draft", "w").write(os.environ["INHERITED"] + os.environ["GIVEN"])
os.rename("draft", "environment")
time.sleep(600)
"""

    async def is_ready() -> bool:
        return (tmp_path / "environment").exists()

    child = make_python_child(
        "child", ["-c", program], is_ready=is_ready, folder=tmp_path, environment={"GIVEN": "two"}
    )
    await child.start()
    assert (tmp_path / "environment").read_text() == "onetwo"
    await child.stop()
    assert (tmp_path / "stopped").exists()
    assert child.status().exit_code == 0


async def test_is_listening_tells_a_server_from_nothing() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await is_listening(port)
    server.close()
    await server.wait_closed()
    assert not await is_listening(port)
