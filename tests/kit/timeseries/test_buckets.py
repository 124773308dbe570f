"""Buckets: they touch, cover the range, are few enough, and follow the clock on the reader's wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.core.errors import InvalidInput
from headwater.kit.timeseries.buckets import LONGEST_RANGE, STEPS, choose_buckets

ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")
START = datetime(2024, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=1000)).map(lambda length: START + length)
lengths = st.timedeltas(timedelta(seconds=1), LONGEST_RANGE)


@settings(deadline=None, max_examples=60)
@given(since=moments, length=lengths, most=st.integers(2, 500), name=st.sampled_from(ZONES))
def test_buckets_touch_and_cover_the_range_and_are_no_more_than_asked(
    since: datetime, length: timedelta, most: int, name: str
) -> None:
    buckets = choose_buckets(since, since + length, max_buckets=most, zone=ZoneInfo(name))
    assert 1 <= len(buckets.spans) <= most
    assert all(start < end for start, end in pairwise(buckets.edges))
    assert buckets.edges[0] <= since
    assert buckets.edges[-1] >= since + length
    # None is empty of the range: the second begins within it, and so does the last.
    assert len(buckets.edges) == 2 or buckets.edges[1] > since
    assert buckets.edges[-2] < since + length


@pytest.mark.parametrize(
    ("length", "most", "step"),
    [
        (timedelta(hours=1), 120, 60),
        (timedelta(days=1), 120, 900),
        (timedelta(days=1), 25, 3600),
        (timedelta(days=7), 120, 3 * 3600),
        (timedelta(days=7), 30, 6 * 3600),
        (timedelta(days=30), 122, 6 * 3600),
        (timedelta(days=90), 120, 86_400),
        (timedelta(days=365), 60, 7 * 86_400),
    ],
)
def test_the_finest_round_width_that_fits_is_chosen(length: timedelta, most: int, step: int) -> None:
    until = datetime(2026, 6, 17, 12, 34, 56, tzinfo=UTC)
    assert choose_buckets(until - length, until, max_buckets=most, zone=ZoneInfo("UTC")).step == step
    assert step in STEPS


def test_days_begin_at_the_reader_s_midnight_also_when_clocks_are_moved() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    until = datetime(2026, 4, 2, 12, tzinfo=UTC)
    days = choose_buckets(until - timedelta(days=10), until, max_buckets=12, zone=berlin)
    assert {edge.astimezone(berlin).hour for edge in days.edges} == {0}
    hours = [(end - start) / timedelta(hours=1) for start, end in days.spans]
    assert sorted(hours)[0] == 23
    assert hours.count(24) == len(hours) - 1
    quarters = choose_buckets(until - timedelta(days=10), until, max_buckets=45, zone=berlin)
    assert {edge.astimezone(berlin).hour for edge in quarters.edges} == {0, 6, 12, 18}


def test_weeks_begin_on_monday() -> None:
    until = datetime(2026, 6, 17, tzinfo=UTC)
    weeks = choose_buckets(until - timedelta(days=200), until, max_buckets=40, zone=ZoneInfo("Asia/Kathmandu"))
    assert {edge.astimezone(ZoneInfo("Asia/Kathmandu")).weekday() for edge in weeks.edges} == {0}


def test_a_range_that_is_empty_or_too_long_is_refused() -> None:
    now = datetime(2026, 6, 17, tzinfo=UTC)
    for length in (timedelta(0), timedelta(days=-1), LONGEST_RANGE + timedelta(seconds=1)):
        with pytest.raises(InvalidInput):
            choose_buckets(now - length, now, max_buckets=100, zone=ZoneInfo("UTC"))
