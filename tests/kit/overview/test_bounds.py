"""The far side of the bound on points: however many are asked for, no more are drawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from headwater.kit.overview import Window
from headwater.kit.timeseries.buckets import MAX_BUCKETS

START = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(("points", "most"), [(499, 499), (500, 500), (501, 500), (100_000, 500)])
def test_window_has_a_bound_whatever_is_asked(points: int, most: int) -> None:
    lengths = [timedelta(hours=hours) for hours in (1, 9, 100, 2_000, 9_000)]
    windows = [Window.until(START, length=length, points=points) for length in lengths]
    assert max(len(window.edges) for window in windows) <= most == min(points, MAX_BUCKETS)
    assert len(Window.until(START, length=timedelta(minutes=most), points=points).edges) == most
