"""Strings that nobody closes: read once, wherever they stand."""

from __future__ import annotations

import pytest

from headwater.local.rest.requests.payload import DEEPEST, is_too_deep

QUOTES = b'"' + b'\\"' * 500_000


def test_an_unclosed_string_of_a_megabyte_is_no_work() -> None:
    assert is_too_deep(b"[" * (DEEPEST + 1) + QUOTES)
    assert not is_too_deep(QUOTES + b"[" * (DEEPEST + 1))
    assert not is_too_deep(b'["' + b"[" * (DEEPEST + 1) + b"\\")


@pytest.mark.parametrize("text", [b'"[\\"["', b'"\\\\"', b'""'])
def test_brackets_in_strings_do_not_count(text: bytes) -> None:
    assert not is_too_deep(b"[" + b",".join([text] * (DEEPEST + 1)) + b"]")
    assert is_too_deep(text + b"[" * (DEEPEST + 1))
