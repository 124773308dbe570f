"""What must hold on each Python that we say we run on: `.ci/run` runs this file on every one of the machine."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from headwater.core.errors import Unavailable
from headwater.core.extras import EXTRAS, is_installed, require_extras
from tests.fixtures.drivers import list_search_path
from tests.lint.findings import ROOT, SOURCE

_PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
_IMPORT_ALL = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"
# Run by each start of Python that finds it: what isn't installed isn't found.
_HIDE = """
from importlib.machinery import PathFinder

find = PathFinder.find_spec
hidden = {hidden!r}
PathFinder.find_spec = lambda name, *rest: None if name in hidden else find(name, *rest)
"""


def hide_extras(folder: Path, *names: str) -> str:
    """Return the search path of a Python for which these extras aren't installed."""
    hidden = {module for name in names for module in EXTRAS[name]}
    (folder / "sitecustomize.py").write_text(_HIDE.format(hidden=hidden), "utf-8")
    return f"{folder}:{list_search_path()}"


def list_modules(*, without: str = "") -> list[str]:
    """Return every module of the package but those that run something when they are imported, and a room."""
    names = [path.relative_to(SOURCE.parent).with_suffix("").as_posix() for path in sorted(SOURCE.rglob("*.py"))]
    dotted = [name.removesuffix("/__init__").replace("/", ".") for name in names if not name.endswith("/__main__")]
    return [name for name in dotted if not without or not name.startswith(without)]


def run_python(*arguments: str, search_path: str) -> subprocess.CompletedProcess[str]:
    """Run this interpreter with warnings as errors."""
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PYTHONPATH": search_path, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_every_module_can_be_imported() -> None:
    done = run_python("-W", "error", "-c", _IMPORT_ALL, *list_modules(), search_path=list_search_path())
    assert (done.returncode, done.stderr) == (0, "")


def test_no_module_needs_an_extra_to_be_imported_but_the_demo_and_its_command(tmp_path: Path) -> None:
    modules = [name for name in list_modules(without="headwater.demo") if name != "headwater.cli.demo"]
    done = run_python("-W", "error", "-c", _IMPORT_ALL, *modules, search_path=hide_extras(tmp_path, *EXTRAS))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("hidden", "said"), [(("demo",), "'headwater[demo]'"), (EXTRAS, "'headwater[demo,local]'")])
def test_the_demo_names_the_extras_that_it_lacks(hidden: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = run_python("-m", "headwater.cli", "demo", search_path=hide_extras(tmp_path, *hidden))
    assert done.returncode == 3
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_says_that_the_embedded_servers_are_not_installed(tmp_path: Path) -> None:
    done = run_python("-m", "headwater.cli", "doctor", search_path=hide_extras(tmp_path, "local"))
    assert done.returncode == 1
    assert done.stdout.count("pip install 'headwater[local]'") == 2


def test_extras_are_those_of_the_package() -> None:
    assert set(EXTRAS) == set(_PROJECT["optional-dependencies"])
    assert not is_installed("headwater_that_never_was")
    require_extras("local", "demo", what="This test")


def test_a_missing_extra_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXTRAS, "demo", ("headwater_that_never_was",))
    with pytest.raises(Unavailable, match="extra `demo`") as refused:
        require_extras("local", "demo", what="This test")
    assert refused.value.hint == "Install it: pip install 'headwater[demo]'"


def test_an_older_python_is_refused_in_one_line() -> None:
    pretend = "import sys; sys.version_info = (3, 10, 13, 'final', 0); import headwater.cli"
    done = run_python("-c", pretend, search_path=list_search_path())
    assert (done.returncode, done.stderr) == (1, "headwater: this is Python 3.10; Headwater needs 3.11 or newer.\n")
    assert _PROJECT["requires-python"] == ">=3.11"
    assert "Python 3.11 or newer" in (ROOT / "README.md").read_text("utf-8")
