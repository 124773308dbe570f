"""Which tests belong to a file, those that know it best first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = "src/headwater/"
MIGRATIONS = "supabase/migrations/"
# A migration is named for its room, and the tables' own tests come beside it.
_OF_MIGRATIONS = {
    "platform": ["tests/database", "tests/core"],
    "workspaces": ["tests/database", "tests/kit/workspaces", "tests/core"],
    "jobs": ["tests/kit/jobs", "tests/database"],
    "notify": ["tests/kit/notify", "tests/database"],
    "watch": ["tests/products/watch", "tests/database"],
}
# Rooms without tests of their own are seen from next door.
_ELSEWHERE = {
    "kit/module": ["tests/lint", "tests/docs"],
    "services": ["tests/core", "tests/app", "tests/cli"],
    "app": ["tests/app", "tests/dashboard/test_serving.py"],
}


def name_room(path: str) -> str:
    """Return the room of a file: `kit/jobs`, `products/watch`, `core`, or `migrations`."""
    if path.startswith(MIGRATIONS):
        return "migrations"
    parts = path.removeprefix(SOURCE).split("/")
    if parts[0] in {"kit", "local", "products"} and len(parts) > 2:
        return f"{parts[0]}/{parts[1]}"
    return parts[0].removesuffix(".py")


def list_tests(root: Path, path: str, *, about: str = "") -> list[str]:
    """List the test files to run for a fault in `path`, the likeliest first. `about` is the text around the fault."""
    stem = Path(path).stem.lstrip("_")
    names = set(re.findall(r"(?:def|class|policy|function|table) +(?:\w+\.)?(\w+)", about))
    return sorted(_find_files(root, path), key=lambda file: -_rank((root / file).read_text("utf-8"), file, stem, names))


def _find_files(root: Path, path: str) -> Iterator[str]:
    room = name_room(path)
    folders = _ELSEWHERE.get(room, [f"tests/{room}"])
    if room == "migrations":
        folders = next((given for word, given in _OF_MIGRATIONS.items() if f"_{word}_" in path), ["tests/database"])
    for folder in folders:
        if folder.endswith(".py"):
            yield folder
            continue
        # The rooms within it have tests of their own.
        found = (root / folder).glob("test_*.py") if room == "local" else (root / folder).rglob("test_*.py")
        for file in sorted(found):
            yield file.relative_to(root).as_posix()


def _rank(text: str, file: str, stem: str, names: set[str]) -> int:
    is_slow = "process" in text or "kill" in file or "schemathesis" in file
    return (
        4 * (f"test_{stem}" in file)
        + 3 * any(re.search(rf"\b{name}\b", text) for name in names)
        + 2 * (re.search(rf"\b{stem}\b", text) is not None)
        - 2 * is_slow
    )
