"""What the build makes: how much a first visit loads, what is left for later, and what the packages bring along."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import brotli
import pytest

from tests.dashboard.building import DIST, ROOT, load_build, require_dashboard
from tests.fixtures.drivers import list_search_path

pytestmark = pytest.mark.timeout(600)
FIRST_LOAD_BYTES = 250 * 1024


@pytest.fixture
def manifest() -> dict[str, Any]:
    """What Vite wrote about the chunks that it made."""
    require_dashboard()
    found: dict[str, Any] = json.loads((DIST / ".vite" / "manifest.json").read_text("utf-8"))
    return found


def list_loaded(manifest: dict[str, Any], *pages: str) -> set[str]:
    """Return the files that the index loads, with pages that it goes on to at once, and what all of them import."""
    waiting = ["index.html", *pages]
    found: set[str] = set()
    while waiting:
        chunk = manifest[waiting.pop()]
        if chunk["file"] not in found:
            found.add(chunk["file"])
            waiting += chunk.get("imports", [])
    return found


@pytest.mark.parametrize(
    "pages",
    [("src/shell/sign-in/SignInPage.tsx",), ("src/shell/SignedIn.tsx", "src/features/home/HomePage.tsx")],
    ids=["signed out", "signed in"],
)
def test_a_first_visit_loads_little(manifest: dict[str, Any], pages: tuple[str, ...]) -> None:
    files = list_loaded(manifest, *pages)
    total = sum(weigh(DIST / file) for file in files)
    assert total <= FIRST_LOAD_BYTES, f"{total / 1024:.0f} KB of script at the first visit: {sorted(files)}"


def test_the_index_loads_little_with_gzip_too(manifest: dict[str, Any]) -> None:
    files = list_loaded(manifest)
    total = sum(len(gzip.compress((DIST / file).read_bytes(), 9)) for file in files)
    assert total <= FIRST_LOAD_BYTES, f"{total / 1024:.0f} KB of script before anything is drawn: {sorted(files)}"


def weigh(file: Path) -> int:
    """Return the bytes that are sent for a file to a browser that takes Brotli; tiny files go as they are."""
    compressed = file.with_name(f"{file.name}.br")
    return (compressed if compressed.is_file() else file).stat().st_size


def test_charts_are_loaded_when_they_are_drawn(manifest: dict[str, Any]) -> None:
    first = list_loaded(manifest, "src/shell/SignedIn.tsx", "src/features/home/HomePage.tsx")
    # A class name that Recharts gives everything it draws.
    drawing = {file.relative_to(DIST).as_posix() for file in DIST.rglob("*.js") if b"recharts-" in file.read_bytes()}
    assert drawing, "nothing draws a chart"
    assert drawing & first == set()


def test_styles_are_left_as_they_were_written() -> None:
    """For older browsers `light-dark()` would be rewritten into variables that nobody sets, and colours be gone."""
    styles = [file.read_text("utf-8") for file in require_dashboard().rglob("*.css")]
    assert any("light-dark(" in one for one in styles)
    assert not any("--lightningcss" in one for one in styles)


def test_what_is_big_is_compressed() -> None:
    for file in require_dashboard().rglob("*.js"):
        if file.stat().st_size > 2_000:
            packed = file.with_name(f"{file.name}.br")
            assert brotli.decompress(packed.read_bytes()) == file.read_bytes()
            assert file.with_name(f"{file.name}.gz").stat().st_size < file.stat().st_size


def test_nothing_changed_means_nothing_to_do() -> None:
    require_dashboard()
    before = (DIST / "index.html").stat().st_mtime_ns
    build = load_build()
    assert build.is_fresh(DIST)
    assert build.build() is False
    assert (DIST / "index.html").stat().st_mtime_ns == before


def test_another_address_is_another_dashboard(monkeypatch: pytest.MonkeyPatch) -> None:
    require_dashboard()
    monkeypatch.setenv("VITE_API_URL", "https://api.example.com")
    assert not load_build().is_fresh(DIST)


def test_packages_bring_the_dashboard_along(tmp_path: Path) -> None:
    require_dashboard()
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,), (archive,) = tmp_path.glob("*.whl"), tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
        assert {"dashboard/dist/index.html", "dashboard/dist/.sources", "dashboard/build.py"} <= names
        assert not any("node_modules" in name for name in names)
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as packed_wheel:
        packed_wheel.extractall(unpacked)  # noqa: S202  # made a moment ago
    assert any((unpacked / "headwater" / "_dashboard" / "assets").glob("*.js.br"))
    # What is installed from it serves its own, wherever the checkout is.
    asked = (
        "from headwater.core.packaged import find_dashboard\nfrom headwater.app.dashboard import read_assets as read\n"
    )
    asked += "folder = find_dashboard(); print(folder); assert '/index.html' in read(folder)"
    told = subprocess.run(
        [sys.executable, "-c", asked],
        env={"PATH": os.defpath, "PYTHONPATH": f"{unpacked}{os.pathsep}{list_search_path()}"},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert Path(told.stdout.strip()) == unpacked / "headwater" / "_dashboard"


def test_without_a_way_to_build_it_one_line_says_so(tmp_path: Path) -> None:
    """A machine that reaches no registry, and one whose sources don't build."""
    copy = tmp_path / "dashboard"
    copy.mkdir()
    for name in ("build.py", "package.json", "package-lock.json"):
        (copy / name).write_bytes((ROOT / "dashboard" / name).read_bytes())
    environment = {**os.environ, "npm_config_registry": "http://127.0.0.1:9", "npm_config_cache": str(tmp_path / "npm")}
    for options, code in ((["--lenient"], 0), ([], 3)):
        done = subprocess.run(
            [sys.executable, str(copy / "build.py"), *options],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        progress, said = done.stderr.strip().splitlines()
        assert progress.startswith("Building the dashboard")
        assert "npm registry" in said
    assert not (copy / "dist").exists()
