"""When a source is looked at next: spread, feeds' wishes, backing off. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from headwater.products.watch.checks.timing import LONGEST_BACK_OFF, FeedRhythm, back_off, schedule_next

_FIRST, _LAST = datetime(2020, 1, 1), datetime(2040, 1, 1)  # noqa: DTZ001  # hypothesis adds the zone itself
MOMENTS = st.datetimes(_FIRST, _LAST, timezones=st.just(UTC))
INTERVALS = st.integers(60, 2_592_000).map(lambda seconds: timedelta(seconds=seconds))
CHANCES = st.floats(0, 1)
RHYTHMS = st.builds(
    FeedRhythm,
    ttl_minutes=st.integers(0, 100_000),
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@given(now=MOMENTS, interval=INTERVALS, chance=CHANCES)
def test_the_next_check_is_an_interval_away_give_or_take_a_twentieth(
    now: datetime, interval: timedelta, chance: float
) -> None:
    wait = schedule_next(now, interval=interval, chance=chance) - now
    assert interval * 0.95 - timedelta(microseconds=1) <= wait <= interval * 1.05 + timedelta(microseconds=1)


@given(now=MOMENTS, interval=INTERVALS, chance=CHANCES, rhythm=RHYTHMS)
def test_a_feed_is_looked_at_no_sooner_than_it_asks_and_some_time(
    now: datetime, interval: timedelta, chance: float, rhythm: FeedRhythm
) -> None:
    plain = schedule_next(now, interval=interval, chance=chance)
    planned = schedule_next(now, interval=interval, chance=chance, rhythm=rhythm)
    assert planned >= max(plain, now + timedelta(minutes=rhythm.ttl_minutes))
    assert planned <= max(plain, now + timedelta(minutes=rhythm.ttl_minutes)) + timedelta(days=7, hours=1)
    if len(rhythm.skip_hours) < 24 and len(rhythm.skip_days) < 7:
        assert not rhythm.skips(planned)


def test_skipped_hours_and_days_are_left_out() -> None:
    rhythm = FeedRhythm(skip_hours=frozenset({13, 14}), skip_days=frozenset({6}))
    assert schedule_next(NOON, interval=HOUR, chance=0.5, rhythm=rhythm) == NOON + 3 * HOUR
    # The 21st is a Saturday: an hour after 23 o'clock is Sunday, which is skipped whole.
    late = NOON + 11 * HOUR
    assert schedule_next(late, interval=HOUR, chance=0.5, rhythm=rhythm) == datetime(2026, 11, 23, tzinfo=UTC)


@given(interval=INTERVALS, chance=CHANCES, errors=st.integers(1, 1_000))
def test_failures_wait_ever_longer_up_to_a_bound(interval: timedelta, chance: float, errors: int) -> None:
    wait = back_off(NOON, interval=interval, errors=errors, chance=chance) - NOON
    later = back_off(NOON, interval=interval, errors=errors + 1, chance=chance) - NOON
    assert timedelta() < wait <= later
    assert later <= max(interval, LONGEST_BACK_OFF) * 1.06
    first = back_off(NOON, interval=interval, errors=1, chance=chance) - NOON
    assert first <= interval * 1.06


@given(retry_after=st.timedeltas(timedelta(), timedelta(days=400)))
def test_what_a_site_asks_for_is_obeyed_within_a_month(retry_after: timedelta) -> None:
    wait = back_off(NOON, interval=HOUR, errors=1, chance=0.5, retry_after=retry_after) - NOON
    assert wait >= min(retry_after, timedelta(days=30))
    assert wait <= timedelta(days=30)
