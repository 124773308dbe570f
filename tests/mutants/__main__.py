"""Say which small faults the tests would notice: one JSON line for each, and one for each room at the end.

nice -n 10 .venv/bin/python -m tests.mutants --sample 60 --seed 1
nice -n 10 .venv/bin/python -m tests.mutants --given tests/mutants/survivors.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tests.mutants.mutant import Mutant, find_text
from tests.mutants.python_faults import find_python_faults
from tests.mutants.rooms import MIGRATIONS, SOURCE, name_room
from tests.mutants.sql_faults import find_sql_faults
from tests.mutants.trial import copy_checkout, try_mutant

# Word lists are data; the demo's world is judged by looking at it.
_LEFT_OUT = ("demo/", "lexicon/", "/__init__.py", "/schemas.py", "/tables.py")


def main() -> None:
    """Read the command line, try the faults, print what became of them."""
    options = _read_options()
    # A shell's background jobs ignore it, and so would the runs that are to be ended in order.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with copy_checkout() as root:
        mutants = list(_read_given(root, options.given) if options.given else _sample(root, options))
        for number, (mutant, tests) in enumerate(mutants, start=1):
            shown = {"number": number, "room": name_room(mutant.path), **asdict(mutant)}
            if options.list:
                _print(shown)
                continue
            trial = try_mutant(mutant, root, limit_seconds=options.limit_seconds, tests=tests)
            counts[name_room(mutant.path)][trial.verdict] += 1
            _print({**shown, **asdict(trial)})
    for room, verdicts in sorted(counts.items()):
        _print({"room": room, **verdicts})


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=60, help="how many faults to make, spread over the rooms")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same faults of the same code")
    parser.add_argument("--room", default="", help="only files of this room, such as kit/jobs")
    parser.add_argument("--rule", default="", help="only faults whose rule has these words, such as `bound doubled`")
    parser.add_argument(
        "--given", type=Path, help="JSON lines with name, path, before, after and perhaps tests, instead of a sample"
    )
    parser.add_argument("--limit-seconds", type=float, default=400.0, help="how long the tests of one fault may take")
    parser.add_argument("--list", action="store_true", help="show the faults and run nothing")
    return parser.parse_args()


def _read_given(root: Path, path: Path) -> Iterator[tuple[Mutant, list[str]]]:
    for line in filter(str.strip, path.read_text("utf-8").splitlines()):
        given = json.loads(line)
        file = root / given["path"]
        source = file.read_bytes() if file.is_file() else b""
        try:
            found = find_text(given["path"], source, before=given["before"], after=given["after"], rule=given["name"])
        except ValueError as error:
            # The code has changed since it was written down.
            _print({"rule": given["name"], "verdict": "not found", "reason": str(error)})
        else:
            yield found, given.get("tests", [])


def _sample(root: Path, options: argparse.Namespace) -> Iterator[tuple[Mutant, list[str]]]:
    """Take faults room by room in turn, each fault of a room with the same chance."""
    by_room: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in _find_all(root):
        if options.rule in mutant.rule and options.room in {"", name_room(mutant.path)}:
            by_room[name_room(mutant.path)].append(mutant)
    chance = random.Random(options.seed)
    left = {room: chance.sample(found, len(found)) for room, found in sorted(by_room.items())}
    for _ in range(min(options.sample, sum(map(len, left.values())))):
        room = next(iter(left))
        yield left[room].pop(), []
        found = left.pop(room)
        if found:
            left[room] = found


def _find_all(root: Path) -> Iterator[Mutant]:
    for path in sorted((root / SOURCE).rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if not any(part in name for part in _LEFT_OUT):
            yield from find_python_faults(name, path.read_bytes())
    for path in sorted((root / MIGRATIONS).glob("*.sql")):
        yield from find_sql_faults(path.relative_to(root).as_posix(), path.read_bytes())


def _print(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
