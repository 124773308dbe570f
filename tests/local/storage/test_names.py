"""Names and limits for any text whatever."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.local.storage.errors import StorageError
from headwater.local.storage.objects.names import check_bucket_name, check_object_name, is_allowed, parse_size

PIECES = st.lists(st.sampled_from(["..", ".", "/", "\\", "a", "b.txt", "%2e", "\x00", "\n", " ", "\u00e9", "~"]))


def accepts(name: str) -> bool:
    try:
        return check_object_name(name) == name
    except StorageError:
        return False


@given(st.one_of(st.text(), PIECES.map("".join)))
def test_an_accepted_name_is_its_own_tidy_path_below_its_folder(name: str) -> None:
    if accepts(name):
        assert posixpath.normpath(f"/bucket/{name}") == f"/bucket/{name}"
        assert name.isascii()
        assert name.isprintable()
        assert len(name) <= 1024


@given(st.lists(st.text("abcXYZ019_-!*'() &$=@;:+,?", min_size=1), min_size=1, max_size=8))
def test_safe_characters_are_accepted(parts: list[str]) -> None:
    assert accepts("/".join(parts))


@given(st.text())
def test_an_accepted_bucket_is_one_part_of_a_path(name: str) -> None:
    try:
        check_bucket_name(name)
    except StorageError:
        return
    assert "/" not in name
    assert name not in {"", ".", ".."}


@pytest.mark.parametrize(
    ("given_limit", "size"), [("1mb", 10**6), ("1.5KB", 1500), (7, 7), ("12", 12), (None, None), (0, None)]
)
def test_limits(given_limit: object, size: int | None) -> None:
    assert parse_size(given_limit) == size


@given(st.one_of(st.text(), st.floats(), st.booleans(), st.integers(max_value=-1), st.lists(st.integers())))
def test_a_limit_is_a_number_or_refused(value: object) -> None:
    try:
        size = parse_size(value)
    except StorageError:
        return
    assert size is None or size > 0


@pytest.mark.parametrize(
    ("kind", "allowed", "answer"),
    [
        ("image/png", ["image/png"], True),
        ("Image/PNG; x=1", ["image/*"], True),
        ("image/png", ["text/*"], False),
        ("imagex/png", ["image/*"], False),
        ("anything", ["*/*"], True),
        ("anything", [], True),
        ("", ["image/*"], False),
    ],
)
def test_kinds_of_content(kind: str, allowed: list[str], answer: bool) -> None:
    assert is_allowed(kind, allowed) is answer
