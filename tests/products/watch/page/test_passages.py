"""Passages: normalised, hashed, cut to size, written down and read back."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from headwater.kit.text.normalising import hash_text, normalise_text
from headwater.products.watch.page.lines import join_passages, split_passages
from headwater.products.watch.page.passages import (
    LONGEST_PASSAGE,
    MAX_PASSAGES,
    Block,
    cut_passages,
    make_passage,
    split_sentences,
)


def test_normal_form_has_one_space_and_no_invisible_signs() -> None:
    assert normalise_text(" a\u00a0\n b\u200b\u00adc ") == "a bc"
    assert make_passage("a  b").hash == hashlib.sha256(b"a b").hexdigest()


@given(st.text(max_size=400))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise_text(normalise_text(text)) == normalise_text(text)
    assert hash_text(text) == hash_text(normalise_text(text))


def test_sentences_end_at_full_stops_but_not_at_abbreviations() -> None:
    assert split_sentences('Dr. Jones came at 5 p.m. He left. "Why?" Nobody knows!') == [
        "Dr. Jones came at 5 p.m.",
        "He left.",
        '"Why?"',
        "Nobody knows!",
    ]
    assert split_sentences("今日は休みです。明日は開きます。") == ["今日は休みです。", "明日は開きます。"]


def test_long_blocks_are_cut_at_sentences_and_nothing_is_lost() -> None:
    text = " ".join(f"This is sentence number {number}." for number in range(300))
    passages = cut_passages([Block(text=text)])
    assert len(passages) > 3
    assert all(len(passage.text) <= LONGEST_PASSAGE for passage in passages)
    assert " ".join(passage.text for passage in passages) == text
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))


def test_there_are_never_more_passages_than_the_limit() -> None:
    assert len(cut_passages(Block(text=f"Row {number}") for number in range(MAX_PASSAGES + 50))) == MAX_PASSAGES


def test_a_passage_survives_being_written_down() -> None:
    passage = cut_passages(
        [Block(text="12 views", tag="li", region="aside", hints=("counter",), heading="News", volatile=("12",))]
    )[0]
    assert split_passages(*join_passages([passage])) == (passage,)
