"""An ETag is kept up to a length, and one beyond it is left aside."""

from __future__ import annotations

import pytest

from headwater.kit.fetch.wire.headers import _LONGEST_VALIDATOR, keep_validator


@pytest.mark.parametrize("length", [1, 1_023, 1_024, 1_025, 5_000])
def test_length_of_a_validator(length: int) -> None:
    value = "x" * length
    assert keep_validator(value) == (value if length <= 1_024 else None)
    assert _LONGEST_VALIDATOR == 1_024


@pytest.mark.parametrize("value", [None, "", "a\x00b", "a\nb", "a\r\nb"])
def test_validator_that_can_not_be_sent_back(value: str | None) -> None:
    assert keep_validator(value) is None
