"""What the dashboard's own tools say of it."""

from __future__ import annotations

import json
import re

import pytest

from tests.dashboard.building import DASHBOARD, run_tool

pytestmark = pytest.mark.timeout(1200)


def test_biome_finds_nothing() -> None:
    run_tool("biome", "check", "--error-on-warnings", ".")


def test_the_types_hold() -> None:
    run_tool("tsc", "--noEmit")


def test_the_components_do_what_they_should() -> None:
    # Deadlines for a loaded machine: none of these tests measures time.
    run_tool("vitest", "run", "--testTimeout=240000", "--hookTimeout=240000", "--maxWorkers=2")


def test_the_lock_file_names_every_platform() -> None:
    """One that was made where the registry lacks a platform's package leaves it out, and `npm ci` refuses it."""
    packages = json.loads((DASHBOARD / "package-lock.json").read_text("utf-8"))["packages"]
    installed = {name.rpartition("node_modules/")[2] for name in packages}
    wanted = {name for one in packages.values() for name in one.get("optionalDependencies", {})}
    assert wanted - installed == set()


def test_the_lock_file_names_no_registry() -> None:
    packages = json.loads((DASHBOARD / "package-lock.json").read_text("utf-8"))["packages"]
    assert [name for name, one in packages.items() if "resolved" in one] == []


def test_every_dependency_is_pinned() -> None:
    package = json.loads((DASHBOARD / "package.json").read_text("utf-8"))
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
