from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.clock import read_zone
from headwater.core.errors import InvalidInput
from headwater.kit.notify.planning.quiet_hours import Mode, QuietHours, find_allowed, find_digest_end

BERLIN = ZoneInfo("Europe/Berlin")
# Ordinary ones, half hours, a change by half an hour, changes at midnight, and a day that was skipped.
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "America/Santiago",
            "Asia/Beirut",
            "Pacific/Apia",
        )
    ]
)
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # UTC is added
# Moments around the changes of Europe's clocks, where mistakes live.
CHANGES = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from([datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]),
    st.integers(-36 * 60, 36 * 60),
)
TIMES = st.times().map(lambda given: given.replace(second=0, microsecond=0))


@given(MOMENTS | CHANGES, TIMES, TIMES, ZONES)
def test_the_moment_found_is_allowed_and_the_first(moment: datetime, start: time, end: time, zone: ZoneInfo) -> None:
    quiet = QuietHours(start, end)
    found = find_allowed(moment, quiet=quiet, zone=zone)
    assert found >= moment
    assert not quiet.covers(found.astimezone(zone))
    assert found - moment <= timedelta(hours=49)
    if found > moment:
        step = timedelta(minutes=7)
        between = moment
        while between < found:
            assert quiet.covers(between.astimezone(zone))
            between += step
        assert quiet.covers((found - timedelta(seconds=2)).astimezone(zone))


@given(MOMENTS, TIMES, ZONES)
def test_equal_times_and_no_quiet_hours_let_everything_pass(moment: datetime, at: time, zone: ZoneInfo) -> None:
    assert find_allowed(moment, quiet=QuietHours(at, at), zone=zone) == moment
    assert find_allowed(moment, quiet=None, zone=zone) == moment


@given(MOMENTS | CHANGES, ZONES, st.integers(0, 23))
def test_digest_windows_end_later_and_on_the_clock(moment: datetime, zone: ZoneInfo, hour: int) -> None:
    hourly = find_digest_end(moment, mode="hourly", zone=zone)
    assert timedelta() < hourly - moment <= timedelta(hours=1)
    daily = find_digest_end(moment, mode="daily", zone=zone, digest_hour=hour)
    # The day that clocks skip on an island at the date line makes one window two days long.
    assert timedelta() < daily - moment <= timedelta(hours=49)
    assert find_digest_end(moment, mode="immediate", zone=zone) == moment


@given(MOMENTS | CHANGES, ZONES, st.sampled_from(["hourly", "daily"]))
def test_all_moments_of_a_window_share_its_end(moment: datetime, zone: ZoneInfo, mode: Mode) -> None:
    end = find_digest_end(moment, mode=mode, zone=zone)
    assert find_digest_end(moment + (end - moment) // 2, mode=mode, zone=zone) == end
    assert find_digest_end(end, mode=mode, zone=zone) > end


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-07-01T21:30:00", "2026-07-02T05:00:00"),  # 23:30 in summer: quiet until 07:00
        ("2026-07-01T04:59:00", "2026-07-01T05:00:00"),
        ("2026-07-01T05:00:00", "2026-07-01T05:00:00"),
        ("2026-07-01T12:00:00", "2026-07-01T12:00:00"),
        ("2026-03-28T22:30:00", "2026-03-29T05:00:00"),  # clocks go forward in this night
        ("2026-10-24T21:30:00", "2026-10-25T06:00:00"),  # and back in this one
    ],
)
def test_a_night_in_berlin(moment: str, expected: str) -> None:
    quiet = QuietHours(time(22), time(7))
    found = find_allowed(datetime.fromisoformat(moment).replace(tzinfo=UTC), quiet=quiet, zone=BERLIN)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_an_end_that_clocks_skip_is_the_change_itself() -> None:
    moment = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    found = find_allowed(moment, quiet=QuietHours(time(1), time(2, 30)), zone=BERLIN)
    assert found == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-07-01T05:59:00", "2026-07-01T06:00:00"),
        ("2026-07-01T06:00:00", "2026-07-02T06:00:00"),
        ("2026-03-28T12:00:00", "2026-03-29T06:00:00"),
        ("2026-03-27T12:00:00", "2026-03-28T07:00:00"),
    ],
)
def test_a_daily_digest_at_eight_in_berlin(moment: str, expected: str) -> None:
    found = find_digest_end(datetime.fromisoformat(moment).replace(tzinfo=UTC), mode="daily", zone=BERLIN)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("name", ["Nowhere/Land", "", "../etc/passwd", "/etc/passwd", "a\x00b"])
def test_unknown_zones_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        read_zone(name)
