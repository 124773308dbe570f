"""The exchange of old data for new: wherever it is interrupted, the next start completes it."""

from __future__ import annotations

from itertools import count, islice
from pathlib import Path

import pytest

from headwater.cli.archive.staging import Staging, complete_interrupted_restore, open_staging
from headwater.core.errors import Conflict, Unavailable
from tests.cli.archive.archives import snapshot

OLD = {"postgres/cluster/PG_VERSION": b"old", "keys.json": b"old", "owner.key": b"old", "logs/up.log": b"old"}
NEW = {"postgres/cluster/PG_VERSION": b"new", "keys.json": b"new", "storage/blobs/x": b"new"}
AFTER = {**NEW, "logs/up.log": b"old"}


def fill(folder: Path, contents: dict[str, bytes]) -> None:
    """Write files below a folder."""
    for name, text in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)


def list_files(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder."""
    return {name: text for name, text in snapshot(folder).items() if text is not None}


def prepare(data: Path) -> Staging:
    """Return a staging as a restore leaves it that is killed right after its mark."""
    fill(data, OLD)
    staging = Staging(data)
    fill(staging.new, NEW)
    staging.seal()
    return staging


async def test_an_exchange_is_completed_wherever_it_was_interrupted(tmp_path: Path) -> None:
    for number in count():
        data = tmp_path / str(number)
        staging = prepare(data)
        staging.old.mkdir()
        done = 0
        for source, target in islice(staging.list_moves(), number):
            source.rename(target)
            done += 1
        await complete_interrupted_restore(data)
        assert list_files(data) == AFTER, number
        if done < number:
            break
    # postgres and keys out and in, the owner's key out, the files in.
    assert number == 7
    await complete_interrupted_restore(data)
    assert list_files(data) == AFTER


async def test_what_was_never_sealed_is_removed(tmp_path: Path) -> None:
    fill(tmp_path, OLD)
    fill(Staging(tmp_path).new, NEW)
    await complete_interrupted_restore(tmp_path)
    assert list_files(tmp_path) == OLD


async def test_an_exchange_that_fails_is_undone(tmp_path: Path) -> None:
    for number in range(7):
        data = tmp_path / str(number)
        staging = prepare(data)
        staging.old.mkdir()
        for source, target in islice(staging.list_moves(), number):
            source.rename(target)
        staging.undo_exchange()
        await complete_interrupted_restore(data)
        assert list_files(data) == OLD, number


async def test_two_restores_at_once_are_refused(tmp_path: Path) -> None:
    async with open_staging(tmp_path / "data"):
        with pytest.raises(Conflict, match="already run by process"):
            await complete_interrupted_restore(tmp_path / "data")
    assert list_files(tmp_path) == {}


async def test_folders_that_were_not_there_are_removed_again(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="The restore failed"):
        async with open_staging(tmp_path / "a" / "b") as staging:
            (staging.new / "missing" / "file").write_bytes(b"")
    assert list(tmp_path.iterdir()) == []
