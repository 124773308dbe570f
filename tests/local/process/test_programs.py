"""Several parts as one: the order of starting and stopping."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from headwater.local.process import ProcessTree, is_listening, make_python_child


class Part:
    """A part that writes down what happens to it."""

    def __init__(self, name: str, written: list[str], *, fails_at: str = "") -> None:
        self.name = name
        self.written = written
        self.fails_at = fails_at

    async def start(self) -> None:
        self.written.append(f"start {self.name}")
        if self.fails_at == "start":
            raise OSError(self.name)

    async def stop(self) -> None:
        self.written.append(f"stop {self.name}")
        if self.fails_at == "stop":
            raise OSError(self.name)


async def test_parts_stop_in_the_opposite_order() -> None:
    written: list[str] = []
    tree = ProcessTree(*(Part(name, written) for name in "abc"))
    await tree.start()
    await tree.stop()
    await tree.stop()
    assert written == ["start a", "start b", "start c", "stop c", "stop b", "stop a"]


async def test_a_part_that_does_not_start_stops_the_ones_before_it() -> None:
    written: list[str] = []
    tree = ProcessTree(Part("a", written), Part("b", written, fails_at="start"), Part("c", written))
    with pytest.raises(OSError, match="b"):
        await tree.start()
    assert written == ["start a", "start b", "stop b", "stop a"]


async def test_a_part_that_does_not_stop_keeps_no_other_running() -> None:
    written: list[str] = []
    tree = ProcessTree(Part("a", written), Part("b", written, fails_at="stop"))
    await tree.start()
    with pytest.raises(ExceptionGroup):
        await tree.stop()
    assert written[-2:] == ["stop b", "stop a"]


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
