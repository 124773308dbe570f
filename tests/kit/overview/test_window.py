"""The windows that series go over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from headwater.kit.overview import Window

MOMENTS = st.integers(1_577_836_800, 2_208_988_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(moment=MOMENTS, days=st.integers(1, 90), points=st.integers(10, 500))
def test_window_holds_the_moment_in_its_last_bin_and_no_more_points_than_asked(
    moment: datetime, days: int, points: int
) -> None:
    window = Window.until(moment, length=timedelta(days=days), points=points)
    edges = window.edges
    assert 1 <= len(edges) <= points
    assert edges[-1] <= moment < window.end == edges[-1] + window.step
    assert window.end - window.start >= timedelta(days=days) - window.step


def test_bins_begin_on_the_hour_and_stay_there() -> None:
    moment = datetime(2026, 1, 15, 9, 31, 7, tzinfo=UTC)
    window = Window.until(moment, length=timedelta(days=7), points=84)
    later = Window.until(moment + timedelta(minutes=20), length=timedelta(days=7), points=84)
    assert (window, window.step, len(window.edges)) == (later, timedelta(hours=2), 84)
    assert window.end == datetime(2026, 1, 15, 10, tzinfo=UTC)
