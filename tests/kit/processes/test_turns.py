"""Whose call runs next."""

from __future__ import annotations

from headwater.kit.processes.turns import Turns


def test_shares_take_turns_and_calls_of_one_share_keep_their_order() -> None:
    turns: Turns[str] = Turns()
    for item in ("a1", "a2", "a3"):
        turns.add("a", item)
    turns.add("b", "b1")
    turns.add("c", "c1")
    assert len(turns) == 5
    taken = []
    for _ in range(5):
        share, item = turns.take(free=9) or ("", "")
        turns.give_back(share)
        taken.append(item)
    assert taken == ["a1", "b1", "c1", "a2", "a3"]
    assert turns.take(free=9) is None


def test_the_last_free_process_is_kept_for_a_share_that_has_none() -> None:
    turns: Turns[str] = Turns()
    for item in ("a1", "a2", "a3"):
        turns.add("a", item)
    assert turns.take(free=3) == ("a", "a1")
    assert turns.take(free=2) == ("a", "a2")
    assert turns.take(free=1) is None
    turns.add("b", "b1")
    assert turns.take(free=1) == ("b", "b1")
    turns.give_back("a")
    turns.give_back("a")
    assert turns.take(free=1) == ("a", "a3")


def test_what_waits_can_be_sent_away() -> None:
    turns: Turns[str] = Turns()
    turns.add("a", "a1")
    turns.add("b", "b1")
    assert turns.clear() == ["a1", "b1"]
    assert (len(turns), turns.take(free=2)) == (0, None)
