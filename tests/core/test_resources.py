"""Tools are found by their type, and a missing one is named."""

from __future__ import annotations

import pytest

from headwater.core.clock import Clock, MovableClock, SystemClock
from headwater.core.resources import Resources


def test_tool_is_found_by_the_type_it_was_provided_for() -> None:
    resources, clock = Resources(), MovableClock()
    assert resources.provide(Clock, clock) is clock  # type: ignore[type-abstract]  # a protocol may be a key
    assert resources.get(Clock) is clock  # type: ignore[type-abstract]
    assert resources.has(Clock)
    assert not resources.has(MovableClock)


def test_later_tool_replaces_the_earlier() -> None:
    resources = Resources()
    resources.provide(SystemClock, SystemClock())
    second = resources.provide(SystemClock, SystemClock())
    assert resources.get(SystemClock) is second


def test_missing_tool_is_named() -> None:
    with pytest.raises(LookupError, match="no SystemClock was provided"):
        Resources().get(SystemClock)


def test_two_registries_share_nothing() -> None:
    first = Resources()
    first.provide(SystemClock, SystemClock())
    assert not Resources().has(SystemClock)
