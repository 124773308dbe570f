"""Puts one fault at a time into a copy of the checkout and runs the tests of its room against it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from headwater.core.clock import monotonic
from tests.mutants.mutant import Mutant
from tests.mutants.rooms import list_tests

_ROOT = Path(__file__).parents[2]
_ENDS_WITHIN_SECONDS = 30.0
# Most faults are seen by the files that know them best; reading all others takes longer than running these.
_AT_FIRST = 4
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)

Verdict = Literal["seen", "survived", "timed out"]


@dataclass(frozen=True)
class Trial:
    """What the tests said of a fault; `seen_by` is the test that failed."""

    verdict: Verdict
    seconds: float
    seen_by: str = ""


@contextmanager
def copy_checkout() -> Iterator[Path]:
    """Yield a copy of every file that Git knows or would add, gone after the block."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=_ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    with tempfile.TemporaryDirectory(prefix="headwater-mutants-") as folder:
        for name in filter(None, names):
            if (_ROOT / name).is_file():
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(_ROOT / name, Path(folder) / name)
        yield Path(folder)


def try_mutant(mutant: Mutant, root: Path, *, limit_seconds: float, tests: Sequence[str] = ()) -> Trial:
    """Run `tests`, or those of the mutant's room, against it, in the checkout at `root`."""
    path = root / mutant.path
    source = path.read_bytes()
    around = source[source.rfind(b"\n\n\n", 0, mutant.start) + 1 : mutant.end].decode(errors="replace")
    tests = tests or list_tests(root, mutant.path, about=around)
    started = monotonic()
    try:
        _write(path, mutant.apply(source))
        code, output = _run_tests(tests[:_AT_FIRST], root, limit_seconds=limit_seconds)
        left = limit_seconds - (monotonic() - started)
        if code == 0 and len(tests) > _AT_FIRST:
            code, output = _run_tests(tests[_AT_FIRST:], root, limit_seconds=left)
    finally:
        _write(path, source)
    seconds = round(monotonic() - started, 1)
    if code is None:
        return Trial("timed out", seconds)
    failed = _FAILED.search(output)
    return Trial("seen" if code else "survived", seconds, failed[1] if failed else output[-200:] if code else "")


def _write(path: Path, content: bytes) -> None:
    # Python keeps what it compiled by time and size, and both may be the same as a moment ago.
    later = path.stat().st_mtime + 1
    path.write_bytes(content)
    os.utime(path, (later, later))


def _run_tests(tests: Sequence[str], root: Path, *, limit_seconds: float) -> tuple[int | None, str]:
    """Return the exit code of pytest, or None when it had to be ended, and what it printed."""
    running = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-x", "-n0", "-q", "-p", "no:cacheprovider", *tests],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = running.communicate(timeout=limit_seconds)
    except subprocess.TimeoutExpired:
        # Gently first: the run stops the servers that it started.
        running.send_signal(signal.SIGINT)
        try:
            running.communicate(timeout=_ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()
        return None, ""
    return running.returncode, output
