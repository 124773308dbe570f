"""Series: what the charts draw is the sum of what happened, to the reader's clock, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.products.watch.factories import PRICING, SOURCES, STATUS, House, Member

from headwater.core.database.database import Database, Identity
from headwater.products.watch.charts import series
from headwater.products.watch.settings import WatchSettings

COUNTS = ("checks", "unchanged", "below_threshold", "changed", "failed")


async def add_checks(house: House, source_id: str, *checks: tuple[timedelta, str, int | None]) -> None:
    """Write checks of the past: how long ago, the outcome, and its milliseconds."""
    await house.owner.execute(
        "update public.monitored_sources set created_at = now() - interval '60 days' where id = $1", UUID(source_id)
    )
    await house.owner.executemany(
        "insert into public.source_checks (workspace_id, monitored_source_id, at, outcome, ms)"
        " select workspace_id, id, now() - $2::interval, $3, $4 from public.monitored_sources where id = $1",
        [(UUID(source_id), ago, outcome, ms) for ago, outcome, ms in checks],
    )


def add_up(found: dict[str, Any]) -> dict[str, int]:
    """Add the points of a series up."""
    return {name: sum(point[name] or 0 for point in found["points"]) for name in COUNTS}


async def test_points_add_up_to_what_happened(house: House, ada: Member) -> None:
    source = await ada.watch(PRICING)
    hour = timedelta(hours=1)
    await add_checks(
        house,
        source,
        *((hour * number, "unchanged", 100) for number in range(2, 12)),
        (hour * 30, "changed", 900),
        (hour * 31, "below_threshold", 20),
        (hour * 32, "error", 10_000),
        (hour * 33, "unusable", 40),
        (timedelta(days=20), "unchanged", 100),
    )
    until = ago(days=0)
    found = await ada.get(f"{SOURCES}/{source}/series", points=60, until=until)
    assert add_up(found) == {"checks": 15, "unchanged": 11, "below_threshold": 1, "changed": 1, "failed": 2}
    assert {name: found["totals"][name] for name in COUNTS} == add_up(found)
    assert await ada.get(f"{SOURCES}/series", points=60, until=until) == found
    assert found["step_seconds"] == 3 * 3600
    assert len(found["points"]) <= 60
    (busy,) = [point for point in found["points"] if point["changed"]]
    assert busy["ms_p95"] >= busy["ms_median"]
    month = await ada.get(f"{SOURCES}/{source}/series", since=ago(days=30))
    assert add_up(month)["checks"] == 16


def ago(**units: float) -> str:
    """Return a moment in the past as the API takes it."""
    return (datetime.now(UTC) - timedelta(**units)).isoformat()


async def test_times_are_the_median_and_the_95th_percentile_of_the_answers(house: House, ada: Member) -> None:
    source = await ada.watch(PRICING, first_check=False)
    minute = timedelta(minutes=1)
    answers = [(minute * number, "unchanged", number) for number in range(1, 101)]
    await add_checks(house, source, *answers, (minute, "error", 99_999))
    totals = (await ada.get(f"{SOURCES}/{source}/series", since=ago(days=1)))["totals"]
    assert totals["ms_median"] == pytest.approx(50.5)
    assert totals["ms_p95"] == pytest.approx(95.05)


async def test_what_cannot_be_known_is_null_and_what_did_not_happen_is_zero(house: House, ada: Member) -> None:
    source = await ada.watch(PRICING)
    found = await ada.get(f"{SOURCES}/{source}/series", since=ago(days=2), points=60)
    assert found["points"][0]["checks"] is None
    assert found["points"][0]["ms_median"] is None
    assert sum(point["checks"] or 0 for point in found["points"]) == 1
    await add_checks(house, source, (timedelta(days=40), "unchanged", 5))
    found = await ada.get(f"{SOURCES}/{source}/series", since=ago(days=2), points=60)
    assert found["points"][0]["checks"] == 0
    assert found["points"][0]["high"] == 0
    assert found["points"][0]["ms_median"] is None


async def test_nothing_is_known_of_checks_that_are_no_longer_kept(house: House, ada: Member) -> None:
    source = await ada.watch(PRICING)
    await add_checks(house, source, (timedelta(days=1), "unchanged", 5))

    async def count_first() -> int | None:
        found = await ada.get(f"{SOURCES}/{source}/series", since=ago(days=50), points=60)
        first: int | None = found["points"][0]["checks"]
        return first

    assert await count_first() == 0
    house.gateway.provide(WatchSettings, WatchSettings(keep_checks_days=30))
    assert await count_first() is None


async def test_a_workspace_without_sources_has_an_empty_picture(ada: Member) -> None:
    found = await ada.get(f"{SOURCES}/series")
    assert found["known_from"] is None
    assert {point["checks"] for point in found["points"]} == {None}
    assert found["totals"]["checks"] == 0


async def test_alerts_are_counted_by_severity(house: House, ada: Member) -> None:
    source = await ada.watch(PRICING)
    house.world.web.change(PRICING, "price")
    await ada.check(source)
    (alert,) = await ada.alerts()
    for path in (f"{SOURCES}/series", f"{SOURCES}/{source}/series"):
        totals = (await ada.get(path))["totals"]
        assert totals[alert["severity"]] == 1
        assert totals["low"] + totals["medium"] + totals["high"] == 1
        assert totals["top_score"] == pytest.approx(alert["score"])


async def test_sparklines_of_several_sources_come_at_once(house: House, ada: Member) -> None:
    first, second = await ada.watch(PRICING, first_check=False), await ada.watch(STATUS, first_check=False)
    await add_checks(house, first, (timedelta(hours=2), "changed", 1), (timedelta(days=3), "error", 1))
    found = await ada.get(f"{SOURCES}/sparklines", source_id=[first, second])
    (line,) = found["sources"]
    assert line["source_id"] == first
    assert len(line["checks"]) == len(found["starts"]) <= 30
    assert (sum(line["checks"]), sum(line["changed"]), sum(line["failed"])) == (2, 1, 1)
    assert line["changed"].index(1) > line["failed"].index(1)
    await ada.get(f"{SOURCES}/sparklines", expect=422)
    await ada.get(f"{SOURCES}/sparklines", source_id=[str(uuid4()) for _ in range(101)], expect=422)
    await ada.get(f"{SOURCES}/sparklines", source_id=first, points=61, expect=422)


WRONG: list[dict[str, Any]] = [
    {"points": 1},
    {"points": 501},
    {"timezone": "Middle/Earth"},
    {"timezone": "../../etc/passwd"},
    {"timezone": ""},
    {"since": "yesterday"},
    {"since": "2026-01-01T00:00:00"},
    {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
    {"since": "2020-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
]


async def test_a_range_that_makes_no_picture_is_refused(ada: Member) -> None:
    for params in WRONG:
        await ada.get(f"{SOURCES}/series", expect=422, **params)


async def test_others_see_nothing_of_it(house: House, ada: Member) -> None:
    source = await ada.watch(PRICING)
    eve = await house.add_member(email="eve@example.com")
    await eve.get(f"{SOURCES}/{source}/series", expect=404)
    theirs: dict[str, Any] = {"workspace_id": str(ada.person.workspace_id)}
    await eve.get(f"{SOURCES}/series", expect=404, **theirs)
    await eve.get(f"{SOURCES}/sparklines", expect=404, source_id=source, **theirs)
    assert (await house.http.get(f"{SOURCES}/series")).status_code == 401


async def test_one_source_is_read_by_the_index_whatever_else_is_watched(house: House, ada: Member) -> None:
    source = await ada.watch(PRICING, first_check=False)
    await house.owner.execute(
        "insert into public.monitored_sources (workspace_id, url, normalised_url, host, name)"
        " select $1, address, address, 'example.org', address"
        " from (select 'https://example.org/' || number from generate_series(1, 20) as number) as made (address)",
        ada.person.workspace_id,
    )
    await house.owner.execute(
        "insert into public.source_checks (workspace_id, monitored_source_id, at, outcome, ms)"
        " select workspace_id, id, now() - make_interval(mins => number), 'unchanged', 5"
        " from public.monitored_sources, generate_series(1, 500) as number"
    )
    await house.owner.execute("analyze public.source_checks")
    now = datetime.now(UTC)
    since = now - timedelta(days=7)
    statement = series.COUNT_CHECKS.format(scope=series.OF_SOURCE)
    identity = Identity.user({"sub": str(ada.person.user_id)})
    async with house.gateway.get(Database).raw(identity) as connection:
        plan = await connection.fetch(
            f"explain {statement}", [since], since, now, UUID(source), series.lowest_id(since)
        )
    assert "source_checks_source_idx" in "\n".join(line[0] for line in plan)
