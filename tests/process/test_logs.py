"""Logs of children: moved aside above their limit, quoted from where one began to look, never a cause of trouble."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.process.logs import bound_log, measure, read_tail


@pytest.mark.parametrize(("size", "moved"), [(9, False), (10, False), (11, True)])
def test_log_is_moved_aside_above_its_limit(tmp_path: Path, size: int, moved: bool) -> None:
    log = tmp_path / "child.log"
    log.write_bytes(b"x" * size)
    (tmp_path / "child.log.1").write_bytes(b"from before")
    assert bound_log(log, limit=10) is moved
    assert measure(log) == (0 if moved else size)
    older = tmp_path / "child.log.1"
    assert older.read_bytes() == (b"x" * size if moved else b"from before")
    assert not moved or older.stat().st_mode & 0o777 == 0o600


def test_child_without_a_log_or_with_one_that_is_gone_is_left_alone(tmp_path: Path) -> None:
    for path in (None, tmp_path / "nowhere" / "child.log"):
        assert bound_log(path, limit=0) is False
        assert (read_tail(path), measure(path)) == ("", 0)


@pytest.mark.parametrize(
    ("since", "limit", "told"),
    [(0, 100, "one two three"), (4, 100, "two three"), (0, 5, "three"), (13, 100, ""), (14, 100, "one two three")],
)
def test_end_of_a_log_is_quoted(tmp_path: Path, since: int, limit: int, told: str) -> None:
    log = tmp_path / "child.log"
    log.write_text("one two three")
    assert read_tail(log, since=since, limit=limit) == told
