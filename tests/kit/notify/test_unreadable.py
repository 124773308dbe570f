"""No member's row, whatever stands in it, keeps the others from being told."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kit.notify.world import World, make_event

from headwater.core.clock import read_zone
from headwater.core.database.readable import count_left_out
from headwater.kit.notify.planning.planning import Recipient, plan_deliveries
from headwater.kit.notify.planning.quiet_hours import QuietHours, find_allowed

ZONES = sorted(available_timezones())
YEARS = st.integers(2000, 2036)
TIMES = st.times()
NAMES = st.sampled_from(ZONES) | st.text(min_size=1, max_size=64) | st.sampled_from(
    [".", "..", "Europe", "Europe/", "zone.tab", "tzdata.zi", "__init__.py", "../etc/passwd", "Mars/Olympus", "\ud800"]
)  # fmt: skip
MODES = st.sampled_from(["immediate", "hourly", "daily"])
CONSTRAINTS = (
    "alter table notification_preferences drop constraint notification_preferences_{0}_readable",
    "alter table webhook_endpoints drop constraint webhook_endpoints_event_kinds_readable",
)


def _find_changes(name: str, year: int) -> list[datetime]:
    """Return the moments around which a zone's clocks are moved in a year."""
    zone = read_zone(name)
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=6 * step) for step in range(366 * 4)]
    offsets = [moment.astimezone(zone).utcoffset() for moment in hours]
    return [hours[place] for place in range(1, len(hours)) if offsets[place] != offsets[place - 1]]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ZONES), YEARS, TIMES, TIMES, st.integers(-60 * 60, 60 * 60), st.data())
def test_quiet_hours_end_in_every_zone_on_the_days_that_clocks_are_moved(
    name: str, year: int, start: time, end: time, minutes: int, data: st.DataObject
) -> None:
    changes = _find_changes(name, year) or [datetime(year, 3, 1, tzinfo=UTC)]
    moment = data.draw(st.sampled_from(changes)) + timedelta(minutes=minutes)
    found = find_allowed(moment, quiet=QuietHours(start, end), zone=read_zone(name))
    assert moment <= found <= moment + timedelta(days=4)


def test_a_window_that_clocks_skip_ends_the_day_after() -> None:
    """All but half an hour is quiet, and in the night of 28 March 2027 Berlin has no such half hour."""
    zone, quiet = read_zone("Europe/Berlin"), QuietHours(time(3), time(2, 30))
    moment = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert find_allowed(moment, quiet=quiet, zone=zone) == datetime(2027, 3, 29, 0, 30, tzinfo=UTC)


@settings(max_examples=200, deadline=None)
@given(NAMES, MODES, TIMES | st.none(), TIMES | st.none(), st.integers(0, 23), YEARS, st.integers(0, 366 * 24))
def test_no_setting_of_one_keeps_another_from_being_told(
    name: str, mode: Any, start: time | None, end: time | None, hour: int, year: int, hours: int
) -> None:
    at = datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    odd = Recipient(
        uuid4(), "odd@example.com", True, mode=mode, timezone=name, quiet_start=start, quiet_end=end, digest_hour=hour
    )
    other = Recipient(uuid4(), "ada@example.com", True)
    before = count_left_out().get("recipient", 0)
    planned = plan_deliveries(make_event(at), recipients=[odd, other], endpoints=[], at=at)
    assert {one.channel for one in planned if one.user_id == other.user_id} == {"email", "in_app"}
    # And it is told itself: nothing that can be set leaves somebody out.
    assert {one.channel for one in planned if one.user_id == odd.user_id} == {"email", "in_app"}
    assert count_left_out().get("recipient", 0) == before


def test_somebody_for_whom_nothing_can_be_planned_is_left_out_and_reported() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    impossible: Any = 99
    odd = Recipient(uuid4(), "odd@example.com", True, mode="daily", digest_hour=impossible)
    other = Recipient(uuid4(), "ada@example.com", True)
    before = count_left_out().get("recipient", 0)
    planned = plan_deliveries(make_event(at), recipients=[odd, other], endpoints=[], at=at)
    assert {one.user_id for one in planned} == {other.user_id}
    assert count_left_out()["recipient"] == before + 1


@pytest.mark.parametrize(
    ("column", "poison"),
    [
        ("unsubscribed_at", "'200000-01-01'"),
        ("unsubscribed_at", "'-infinity'"),
        ("unsubscribed_at", "'0044-03-15 BC'"),
        ("quiet_end", "'24:00'"),
        ("channels", "'{{email},{webhook}}'"),
    ],
)
async def test_a_row_from_before_the_constraints_stops_nobody_else(world: World, column: str, poison: str) -> None:
    odd = await world.add_member("odd@example.com")
    await world.prefer(odd, quiet_start=time(22), quiet_end=time(6))
    await world.service(CONSTRAINTS[0].format(column), as_owner=True)
    await world.service(
        f"update notification_preferences set {column} = {poison} where user_id = :user", user=odd, as_owner=True
    )
    await world.tell()
    await world.work()
    assert "ada@example.com" in {one.recipients[0] for one in world.mail.list_messages()}


async def test_an_endpoint_that_cannot_be_read_stops_no_other(world: World) -> None:
    odd, _ = await world.add_endpoint()
    await world.add_endpoint()
    await world.service(CONSTRAINTS[1], as_owner=True)
    await world.service("update webhook_endpoints set event_kinds = '{{a},{b}}' where id = :id", id=odd, as_owner=True)
    before = count_left_out().get("endpoint", 0)
    await world.tell()
    await world.work()
    assert world.receiver.count_hits() == {"taken": 1}
    assert count_left_out()["endpoint"] == before + 1
