"""Where a rule turns: equal to the threshold, the first hour of a window, the longest due, the last of a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from tests.products.watch.factories import LAMP, PRICING, SOURCES, STATUS, House, Member
from tests.products.watch.pairs.vectors import embed_ngrams

from headwater.core.database.database import Database, Identity
from headwater.products.watch.checks.due import claim_due
from headwater.products.watch.checks.findings import FailedFinding
from headwater.products.watch.checks.reading import Failed
from headwater.products.watch.checks.recording import begin_checks, record_failed
from headwater.products.watch.checks.timing import back_off
from headwater.products.watch.compare.compare import Comparison, compare
from headwater.products.watch.compare.severity import judge
from headwater.products.watch.page.passages import make_passage

MINUTE = timedelta(minutes=1)


def make_comparison(old: list[str], new: list[str], **options: object) -> Comparison:
    """Compare two pages of these passages."""
    before = [make_passage(text, ordinal=number) for number, text in enumerate(["The page starts here.", *old])]
    after = [make_passage(text, ordinal=number) for number, text in enumerate(["The page starts here.", *new])]
    return compare(before, after, embed=embed_ngrams, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(("by", "alert"), [(-0.01, False), (0.0, True), (0.01, True)])
def test_score_at_the_threshold_is_told(by: float, alert: bool) -> None:
    comparison = make_comparison(["The kettle costs $20."], ["The kettle costs $24."])
    assert judge(replace(comparison, score=0.5 + by), threshold=0.5).alert is alert


@pytest.mark.parametrize(
    ("score", "level"), [(0.59, "low"), (0.6, "medium"), (0.79, "medium"), (0.8, "high"), (1.0, "high")]
)
def test_level_begins_at_its_threshold(score: float, level: str) -> None:
    comparison = make_comparison(["The kettle costs $20."], ["The kettle costs $24."])
    assert judge(replace(comparison, score=score)).level == level


REFUND = "A full refund is given within thirty days."
COURIER = "Every parcel is sent by courier on weekdays."


@pytest.mark.parametrize(
    ("old", "new"),
    [([], [REFUND]), ([REFUND], []), ([REFUND], ["A full payment is due within thirty days."])],
    ids=["came", "went", "was replaced"],
)
@pytest.mark.parametrize(("word", "alert"), [("refund", True), ("Refund", True), ("courier", False)])
def test_keyword_counts_where_it_comes_and_where_it_goes(
    old: list[str], new: list[str], word: str, alert: bool
) -> None:
    comparison = make_comparison([COURIER, *old], [COURIER, *new], keywords_must=(word,))
    assert (bool(comparison.keywords), judge(comparison, threshold=0.0).alert) == (alert, alert)


@pytest.mark.parametrize(("old", "new", "alert"), [([], [REFUND], False), ([REFUND], [], True)])
def test_keyword_against_bars_what_comes_and_not_what_goes(old: list[str], new: list[str], alert: bool) -> None:
    comparison = make_comparison([COURIER, *old], [COURIER, *new], keywords_must_not=("refund",))
    assert judge(comparison, threshold=0.0).alert is alert


async def test_longest_due_comes_first_when_there_are_more_than_can_be_taken(house: House, ada: Member) -> None:
    late_by = {PRICING: 10, LAMP: 30, STATUS: 20}
    ids = {page: await ada.watch(page, first_check=False) for page in late_by}
    for page, minutes in late_by.items():
        await house.owner.execute(
            "update public.monitored_sources set next_check_at = now() - $2::interval where id = $1",
            UUID(ids[page]),
            MINUTE * minutes,
        )
    taken = []
    for _ in range(4):
        async with house.worker.get(Database).raw(Identity.service()) as connection:
            # An index would give them in this order unasked; what another plan gives is what was asked for.
            await connection.execute("set local enable_indexscan = off; set local enable_bitmapscan = off")
            taken += [str(source.ticket.source_id) for source in await claim_due(connection, limit=1)]
    assert taken == [ids[LAMP], ids[STATUS], ids[PRICING]]


async def test_waits_after_failures_begin_with_the_first(house: House, ada: Member) -> None:
    source = await ada.watch(LAMP)
    house.world.web.set_mode(LAMP, "error")
    for failures in range(1, 4):
        await ada.check(source)
        wait = await house.owner.fetchval("select next_check_at - last_checked_at from public.monitored_sources")
        moment = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
        shortest, longest = (
            back_off(moment, interval=timedelta(hours=1), errors=failures, chance=chance) - moment for chance in (0, 1)
        )
        assert shortest <= wait <= longest, failures
        assert shortest < MINUTE * 2 ** (failures - 1) < longest
        house.clock.advance(timedelta(minutes=35))


def make_id(moment: datetime) -> UUID:
    """Return an id as one that is made at that moment (UUIDv7)."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))


@pytest.mark.parametrize("of_all", [False, True])
async def test_first_and_last_moment_of_a_window_are_drawn(house: House, ada: Member, of_all: bool) -> None:
    source = await ada.watch(PRICING, first_check=False)
    until = datetime.fromisoformat((await ada.read(source))["created_at"]).replace(minute=0, second=0, microsecond=0)
    since = until - timedelta(days=2)
    await house.owner.execute("update public.monitored_sources set created_at = $1", since - timedelta(days=1))
    # A check is recorded up to some minutes after its id was made.
    for at, claimed in (
        (since - MINUTE, since - MINUTE * 2),
        (since, since - MINUTE * 9),
        (since + MINUTE, since - MINUTE),
        (until - MINUTE, until - MINUTE * 2),
        (until, until - MINUTE),
    ):
        await house.owner.execute(
            "insert into public.source_checks (id, workspace_id, monitored_source_id, at, outcome, ms)"
            " select $2, workspace_id, id, $3, 'unchanged', 1 from public.monitored_sources where id = $1",
            UUID(source),
            make_id(claimed),
            at,
        )
    path = f"{SOURCES}/series" if of_all else f"{SOURCES}/{source}/series"
    found = await ada.get(path, points=48, since=since.isoformat(), until=until.isoformat())
    assert found["totals"]["checks"] == 3
    assert sum(point["checks"] or 0 for point in found["points"]) == 3
    assert (found["points"][0]["checks"], found["points"][-1]["checks"]) == (2, 1)


@pytest.mark.parametrize(("length", "kept"), [(499, 499), (500, 500), (600, 500)])
async def test_message_of_a_failure_is_cut(house: House, ada: Member, length: int, kept: int) -> None:
    source = await ada.watch(LAMP, first_check=False)
    async with house.worker.get(Database).raw(Identity.service()) as connection:
        (due,) = await claim_due(connection)
        (loaded,) = await begin_checks(connection, [due.ticket])
        await record_failed(
            connection,
            [FailedFinding(loaded, Failed("network", "network", "x" * length), house.clock.now())],
            workspace_id=ada.person.workspace_id,
            now=house.clock.now(),
        )
    assert len((await ada.read(source))["last_error"]) == kept
