from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from headwater.kit.notify.delivery.retries import LONGEST_WAIT, PATIENCE, find_wait, plan_retry

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_waits_grow_as_promised() -> None:
    minutes = [find_wait(attempts) / timedelta(minutes=1) for attempts in range(1, 11)]
    assert minutes == [1, 5, 15, 30, 60, 120, 240, 360, 360, 360]


def test_a_delivery_is_tried_for_about_a_day_and_a_half() -> None:
    moment, attempts = START, 1
    while (planned := plan_retry(attempts=attempts, first_attempt_at=START, at=moment)) is not None:
        moment, attempts = planned, attempts + 1
    assert timedelta(hours=24) < moment - START <= PATIENCE
    assert 10 <= attempts <= 13


@given(st.integers(1, 200), st.timedeltas(timedelta(), timedelta(days=400)))
def test_what_the_other_side_asks_for_is_kept_within_reason(attempts: int, asked: timedelta) -> None:
    planned = plan_retry(attempts=attempts, first_attempt_at=START, at=START, retry_after=asked)
    assert planned is not None
    assert min(asked, LONGEST_WAIT) <= planned - START <= LONGEST_WAIT * 1.1
    assert planned - START >= find_wait(attempts)


@given(st.integers(6, 50), st.timedeltas(PATIENCE, timedelta(days=30)))
def test_patience_ends(attempts: int, passed: timedelta) -> None:
    assert plan_retry(attempts=attempts, first_attempt_at=START, at=START + passed) is None


@given(st.integers(1, 4), st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_a_clock_that_leapt_is_no_patience(attempts: int, leap: timedelta) -> None:
    assert plan_retry(attempts=attempts, first_attempt_at=START, at=START + leap) is not None
