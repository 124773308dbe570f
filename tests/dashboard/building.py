"""Builds the dashboard for the tests and runs its tools, in the Node of the development requirements."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "dashboard"
DIST = DASHBOARD / "dist"
_INSTALL_SECONDS = 300
_CANNOT_BUILD = 3


@cache
def load_build() -> Any:
    """Return `dashboard/build.py` as a module."""
    spec = spec_from_file_location("dashboard_build", DASHBOARD / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def find_reason_against() -> str:
    """Build the dashboard where it changed; give why that can't be done here, or the empty text."""
    command = [sys.executable, str(DASHBOARD / "build.py"), "--install-seconds", str(_INSTALL_SECONDS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == _CANNOT_BUILD:
        return f"the dashboard can't be built here: {done.stderr.strip().splitlines()[-1]}"
    assert done.returncode == 0, done.stderr
    return ""


def require_dashboard() -> Path:
    """Return the folder of the built dashboard; skips the test where it can't be built."""
    reason = find_reason_against()
    if reason:
        pytest.skip(reason)
    return DIST


def build_into(folder: Path, **variables: str) -> None:
    """Build the dashboard another time, with variables of the build."""
    require_dashboard()
    command = [sys.executable, str(DASHBOARD / "build.py"), "--output", str(folder)]
    done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def run_tool(name: str, *arguments: str, environment: dict[str, str] | None = None) -> None:
    """Run a tool of the dashboard's packages; fails the test with what it says."""
    require_dashboard()
    build = load_build()
    node = build.find_node()
    build.install(node, seconds=_INSTALL_SECONDS)
    done = subprocess.run(
        [str(node), str(DASHBOARD / "node_modules" / ".bin" / name), *arguments],
        cwd=DASHBOARD,
        env={**build._environment(node), "NO_COLOR": "1", "CI": "1", **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-8_000:]
