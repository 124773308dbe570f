"""A change that lasts is told: whatever moved before, what a page comes to stand at is what was told last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.products.watch.pairs.loading import ALERTING, FOLDER, read_pairs
from tests.products.watch.readers import Reader

from headwater.products.watch.compare import notified as told_room
from headwater.products.watch.compare.noise.learning import (
    LOOKS,
    MAX_CLAUSES,
    MAX_PLACES,
    MOVES,
    find_difference,
    name_place,
)
from headwater.products.watch.compare.notified import Notified, read_notified, write_notified
from headwater.products.watch.page.passages import make_passage

NOTICES = (
    "Members row on Tuesdays from the north pier.",
    "The swimming hall is being rebuilt by our architects.",
    "Volunteers plant forty oaks along the river.",
    "A bakery opens in the old customs house.",
)
MOTTOES = (
    "Fresh cinnamon rolls every morning.",
    "Try the smoked herring with rye.",
    "Our ovens rest over winter.",
)
# Each kind of place that says something: its label, and values of which any two differ in meaning.
LASTING: Mapping[str, tuple[str, ...]] = {
    "Basic plan": tuple(f"${amount} a month" for amount in (19, 22, 25, 29, 34, 59)),
    "Ferry ticket": tuple(f"{amount} EUR" for amount in (7, 9, 12, 15)),
    "Lamp": ("In stock", "Out of stock", "Available for pre-order"),
    "Sauna": ("Open", "Closed"),
    "Applications until": ("3 March 2027", "9 April 2027", "30 May 2027", "1 June 2027"),
    "Current release": ("v2.3.1", "v2.4.0", "v3.0.0", "v3.1.2"),
    "Notice": NOTICES,
}
LABELS = tuple(LASTING)


@dataclass(frozen=True)
class CheckResult:
    """What stands in the lasting places at one look, and numbers that what moves is drawn from."""

    values: tuple[str, ...]
    number: int
    motto: str = MOTTOES[0]


def draw_page(look: CheckResult, *, clock: int = 0, moving: bool = True) -> str:
    """A page of lasting places, noise that rules know, and places that move at each look."""
    places = "".join(
        f"<h2>{label}</h2><p>{value if label == 'Notice' else f'{label}: {value}'}</p>"
        for label, value in zip(LABELS, look.values, strict=True)
    )
    restless = (
        f"<h2>Oracle</h2><p>The oracle says number {look.number} to whoever asks.</p>"
        f"<h2>Board</h2><ul><li>Queue {look.number}</li><li>Pier north</li></ul>"
        f"<h2>Kiosk</h2><p>The kiosk served {look.number * 7} buns so far. {look.motto}</p>"
    )
    return (
        f"<html lang='en'><body><main class='c{clock}'><h1>Harbour</h1><p>All about the harbour and its people.</p>"
        f"{places}{restless if moving else ''}</main>"
        f"<div class='advert'>Buy boat number {clock} now, 20% off</div>"
        f"<footer><p>Last updated 14:{clock % 60:02}:{clock % 53:02}</p></footer></body></html>"
    )


def expect_told(reader: Reader, first: CheckResult, last: CheckResult) -> None:
    """Replay what was told: each step begins where the last one ended, and the end is what stands there."""
    for label, began, stands in zip(LABELS, first.values, last.values, strict=True):
        shown: Callable[[str], str] = (lambda value: value) if label == "Notice" else (f"{label}: {{}}".format)
        texts = {shown(value) for value in LASTING[label]}
        notified = shown(began)
        for before, after in reader.steps:
            if after in texts:
                assert before in (notified, ""), f"{label} was told from {before!r} after {notified!r}"
                notified = after
        assert notified == shown(stands), f"{label} stands at {stands!r}, and {notified!r} was told last"


looks = st.builds(
    CheckResult,
    st.tuples(*(st.sampled_from(values) for values in LASTING.values())),
    st.integers(100, 999),
    st.sampled_from(MOTTOES),
)
PROPERTY = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@given(st.lists(looks, min_size=2, max_size=9), st.booleans(), st.booleans())
@PROPERTY
def test_what_was_told_last_is_what_stands_there(history: list[CheckResult], is_ticking: bool, are_equal: bool) -> None:
    """For any history that ends in `LOOKS` looks at the same, with bytes that are equal or noise that goes on."""
    reader = Reader()
    for clock, look in enumerate(history):
        reader.look(draw_page(look, clock=clock if is_ticking else 0))
    last = history[-1]
    for clock in range(1, LOOKS):
        reader.look(draw_page(last, clock=0 if are_equal else 100 + clock))
    expect_told(reader, history[0], last)
    # What moved before has come to stand too, and is told as well.
    numbers = {str(look.number) for look in history}
    oracle = [after for _, after in reader.steps if after.startswith("The oracle")]
    assert str(last.number) in (oracle[-1] if oracle else draw_page(history[0])) or len(numbers) == 1
    kiosk = [after for _, after in reader.steps if after.startswith("The kiosk")]
    assert last.motto in (kiosk[-1] if kiosk else draw_page(history[0]))


@given(st.lists(looks, min_size=2, max_size=9), st.permutations(range(1000, 1000 + LOOKS)))
@PROPERTY
def test_facts_are_told_beside_places_that_go_on_moving(history: list[CheckResult], numbers: list[int]) -> None:
    reader = Reader()
    for clock, look in enumerate(history):
        reader.look(draw_page(look, clock=clock))
    last = history[-1]
    for clock, number in enumerate(numbers):
        reader.look(draw_page(CheckResult(last.values, number, last.motto), clock=100 + clock))
    expect_told(reader, history[0], last)
    kiosk = [after for _, after in reader.steps if after.startswith("The kiosk")]
    assert last.motto in (kiosk[-1] if kiosk else draw_page(history[0]))


@given(st.lists(st.integers(100, 999), min_size=MOVES + 2, max_size=25, unique=True))
@PROPERTY
def test_what_moves_at_each_look_falls_silent(numbers: list[int]) -> None:
    values = tuple(kept[0] for kept in LASTING.values())
    reader = Reader()
    for clock, number in enumerate(numbers):
        reader.look(draw_page(CheckResult(values, number), clock=clock))
    assert reader.outcomes == ["first"] + ["changed"] * MOVES + ["noise"] * (len(numbers) - 1 - MOVES)


def test_noise_that_rules_know_is_never_told() -> None:
    values = tuple(kept[0] for kept in LASTING.values())
    reader = Reader()
    for clock in range(30):
        reader.look(draw_page(CheckResult(values, 1), clock=clock // 2 * 2, moving=False))
    assert set(reader.outcomes) == {"first", "noise", "unchanged"}
    assert reader.volatility == {}


@pytest.mark.parametrize("clocks", [(0, 0, 0, 0), (1, 2, 3, 4)], ids=["equal bytes", "other bytes move"])
def test_price_is_told_however_often_it_moved(clocks: tuple[int, ...]) -> None:
    reader = Reader()
    for number, price in enumerate((19, 22, 25, 29, 34)):
        reader.look(f"<h1>Plans</h1><p>Basic plan: ${price} a month</p><p class='c{number}'>For small teams.</p>")
    assert reader.outcomes == ["first", "changed", "changed", "changed", "changed"]
    for clock in clocks:
        reader.look(f"<h1>Plans</h1><p>Basic plan: $34 a month</p><p class='c{clock}'>For small teams.</p>")
    assert "changed" not in reader.outcomes[5:]
    assert reader.steps[-1] == ("Basic plan: $29 a month", "Basic plan: $34 a month")


ORACLE = "<h1>House</h1><p>The oracle says number {} to whoever asks.</p><p>Tea: {}</p>"


def make_restless() -> Reader:
    """A reader of a page whose oracle has been learnt to move; 4 was told last, and 5 is withheld."""
    reader = Reader()
    for number in range(1, 6):
        reader.look(ORACLE.format(number, "free"))
    assert reader.outcomes[-1] == "noise"
    return reader


def test_place_that_comes_to_stand_is_told_from_what_was_told_last() -> None:
    reader = make_restless()
    assert [reader.look(ORACLE.format(5, "free")) for _ in range(LOOKS + 1)] == [
        *["noise"] * (LOOKS - 2),
        "changed",
        "unchanged",
        "unchanged",
    ]
    assert [text.split()[4] for text in reader.steps[-1]] == ["4", "5"]
    assert reader.volatility == {}


def test_version_stored_for_another_change_keeps_what_was_withheld_open() -> None:
    reader = make_restless()
    assert reader.look(ORACLE.format(6, "$2")) == "changed"
    assert [after for _, after in reader.steps][-1] == "Tea: $2"
    told_with = read_notified(reader.volatility).told_in
    assert told_with is not None
    assert [reader.look(ORACLE.format(6, "$2")) for _ in range(LOOKS)].count("changed") == 1
    assert [text.split()[4] for text in reader.steps[-1]] == ["4", "6"]


def test_withheld_text_is_told_at_once_where_it_turns_up_elsewhere() -> None:
    reader = make_restless()
    page = "<h1>House</h1><p>Tea: free</p><h2>Cellar</h2><ul><li>The oracle says number 5 to whoever asks.</li></ul>"
    assert reader.look(page) == "changed"
    assert [reader.look(page) for _ in range(LOOKS)] == ["unchanged"] * LOOKS


def test_place_that_returns_to_what_was_told_says_nothing() -> None:
    reader = make_restless()
    assert {reader.look(ORACLE.format(4, "free")) for _ in range(LOOKS + 2)} <= {"noise", "unchanged"}
    assert reader.volatility == {}


def test_rare_repetition_does_not_wake_a_place() -> None:
    reader = make_restless()
    assert {reader.look(ORACLE.format(number, "free")) for number in (6, 6, 7, 8, 8, 9, 4, 10)} == {"noise"}


@pytest.mark.parametrize("is_told_beside", [False, True])
def test_steps_too_small_to_tell_add_up(is_told_beside: bool) -> None:
    steps = (
        "Guests may borrow a kayak for the afternoon and paddle along the quiet northern shore of our bay.",
        "For the afternoon guests borrow a kayak and explore the quiet shore with friendly local guides.",
        "Friendly local guides explore the shore with guests and share old stories about smugglers.",
        "Old stories about smugglers are shared by friendly guides who love rhymes and shanties.",
    )
    reader = Reader()
    for number, step in enumerate(steps):
        # What is told of another passage leaves the small steps of this one as they are.
        for price in (number, number + 1) if is_told_beside else (0, 0):
            reader.look(f"<h1>Harbour</h1><p>{step}</p><p>Ask at the pier.</p><p>Ticket: ${20 + price}</p>")
    assert [step for step in reader.steps if not step[1].startswith("Ticket")] == [(steps[0], steps[-1])]
    assert reader.outcomes.count("below_threshold") == len(steps) - 2


def test_sentence_that_goes_is_told_beside_one_that_moves() -> None:
    reader = Reader()
    for number in range(100, 102 + MOVES):
        reader.look(f"<h1>Harbour</h1><p>The kiosk served {number} buns. Dogs wait outside.</p><p>Ask us.</p>")
    assert reader.outcomes[-1] == "noise"
    notified = len(reader.alerts)
    for number in range(200, 200 + LOOKS):
        reader.look(f"<h1>Harbour</h1><p>The kiosk served {number} buns.</p><p>Ask us.</p>")
    assert len(reader.alerts) == notified + 1
    assert "Dogs" in reader.steps[-1][0]


@pytest.mark.parametrize("state", [{"slots": {}}, {"slots": {"8be4": "111111"}}, {"places": {"a": 1}}, {"held": []}])
def test_state_of_an_earlier_release_has_the_page_read_again(state: dict[str, object]) -> None:
    notified = read_notified(state)
    assert notified.is_open
    assert not notified.places
    reader = Reader()
    reader.look(ORACLE.format(1, "free"))
    reader.body, reader.volatility = ORACLE.format(2, "free").encode(), state
    assert reader.look(ORACLE.format(2, "free")) == "changed"
    assert not read_notified(reader.volatility).is_open


def test_what_is_kept_is_bounded() -> None:
    halls = range(MAX_PLACES + 20)
    reader = Reader()
    for number in range(100, 102 + MOVES):
        places = "".join(f"<h2>Hall {hall}</h2><p>It is number {number} here, they say.</p>" for hall in halls)
        reader.look(f"<h1>House</h1>{places}")
    assert len(read_notified(reader.volatility).places) == MAX_PLACES
    # The places beyond the bound are told instead.
    assert reader.outcomes == ["first"] + ["changed"] * (MOVES + 1)
    assert len(reader.alerts[-1].comparison.reworded) == 20


def test_clauses_of_a_place_are_bounded() -> None:
    texts = [" , ".join(f"word {start + number}" for number in range(5 * MAX_CLAUSES)) for start in (0, 1_000)]
    assert len(find_difference(make_passage(texts[1]), before=texts[0], after=texts[1]).clauses) <= 4 * MAX_CLAUSES + 4


def test_what_cannot_be_held_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = make_restless()
    monkeypatch.setattr(told_room, "MAX_HELD", 0)
    assert reader.look(ORACLE.format(6, "free")) == "changed"


def test_name_of_a_place_stays_when_its_text_moves() -> None:
    one, other = (make_passage(f"Mood of the house: {mood} and bright") for mood in ("merry", "sad"))
    assert name_place(one) == name_place(other)
    assert name_place(one) != name_place(make_passage("Mood of the house: merry and bright", heading="Cellar"))
    assert write_notified(Notified()) == {}


@pytest.mark.parametrize("batch", ["tuned", "adversarial"])
def test_pages_that_say_nothing_new_stay_silent_over_a_history(batch: str) -> None:
    """The labelled pairs in which nothing is to be told, shown in turn, then standing at either."""
    for pair in read_pairs(FOLDER / batch):
        reader = Reader()
        reader.look(pair.old)
        if pair.group in ALERTING or reader.look(pair.new) == "changed":
            continue
        for html in (pair.old, pair.new, pair.old, pair.new, pair.new, pair.new, pair.old, pair.old, pair.old):
            assert reader.look(html) != "changed", (pair.group, pair.name, reader.alerts[-1].comparison.reasons)
