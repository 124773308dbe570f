"""Runs programs of this folder in Node with the official JavaScript clients."""

from __future__ import annotations

import asyncio
import fcntl
import json
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).parent
_PROGRAMS = Path(sys.executable).parent
_INSTALL_SECONDS = 45
_RUN_SECONDS = 60


def require_clients() -> None:
    """Skip the test where the clients can't be installed."""
    problem = install_clients()
    if problem:
        pytest.skip(problem)


def install_clients() -> str:
    """Install the official clients, once for all; gives why that can't be done, or the empty text."""
    return install_packages(_FOLDER, what="the JavaScript clients")


@cache
def install_packages(folder: Path, *, what: str) -> str:
    """Install what the folder's `package-lock.json` pins, once for all; gives why not, or the empty text."""
    npm = _PROGRAMS / "npm"
    if not npm.exists():
        return "there is no Node: it comes with the development requirements"
    lock = folder / "package-lock.json"
    modules = folder / "node_modules"
    marker = modules / ".headwater-installed"
    modules.mkdir(exist_ok=True)
    with (modules / ".headwater-lock").open("w") as claim:
        fcntl.flock(claim, fcntl.LOCK_EX)
        if marker.exists() and marker.read_text("utf-8") == lock.read_text("utf-8"):
            return ""
        command = [
            str(npm),
            "install",
            "--no-audit",
            "--no-fund",
            "--no-save",
            "--package-lock=true",
            "--ignore-scripts",
            "--fetch-retries=1",
            "--fetch-timeout=15000",
        ]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=_INSTALL_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return f"{what} can't be installed: the registry doesn't answer"
        if done.returncode:
            return f"{what} can't be installed: {done.stderr.decode()[-300:]}"
        marker.write_text(lock.read_text("utf-8"), "utf-8")
    return ""


async def run_node(program: str, settings: Mapping[str, Any]) -> Any:
    """Run a program of this folder with `settings` as JSON; give the JSON that it prints last."""
    await asyncio.to_thread(require_clients)
    process = await asyncio.create_subprocess_exec(
        str(_PROGRAMS / "node"),
        str(_FOLDER / program),
        json.dumps(settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_RUN_SECONDS):
            output, errors = await process.communicate()
    except TimeoutError:
        process.kill()
        output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode() + output.decode()
    return json.loads(output.splitlines()[-1])
