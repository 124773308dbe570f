"""Rows of a difference: nothing is lost, nothing is invented, and the words that changed are marked."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.kit.ai import HashingEmbedder
from headwater.products.watch.compare.compare import compare
from headwater.products.watch.diffs.rows import MAX_ROWS, Row, lay_out_rows
from headwater.products.watch.diffs.word_marks import Span, mark_exchanged
from headwater.products.watch.page.passages import Passage, make_passage

WORDS = ("Basic", "plan", "costs", "$20.00", "a", "month", "and", "ships", "on", "2026-05-04", ",", ".", "v1.2.3", "é")
texts = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)


def page(*texts: str) -> list[Passage]:
    """Make the passages of a page."""
    return [make_passage(text, ordinal=ordinal) for ordinal, text in enumerate(texts)]


def lay_out(old: Sequence[Passage], new: Sequence[Passage], *, context: int = 2) -> tuple[list[Row], int]:
    """Compare as a check does and lay the outcome out."""
    return lay_out_rows(old, new, compare(old, new, embed=HashingEmbedder().embed_texts), context=context)


def read_side(spans: Sequence[Span], other: str) -> str:
    """Return the text of one side: what isn't of the other."""
    return "".join(span.text for span in spans if span.op != other)


@settings(deadline=None, max_examples=60)
@given(before=texts, after=texts)
def test_marked_texts_can_be_read_back_on_both_sides(before: str, after: str) -> None:
    spans = mark_exchanged(before, after)
    assert read_side(spans, "added") == before
    assert read_side(spans, "removed") == after
    assert all(span.text for span in spans)


def test_prices_dates_and_versions_are_marked_as_a_whole() -> None:
    spans = mark_exchanged(
        "Basic costs $20.00 since 2026-05-04, v1.2.3.", "Basic costs $24.00 since 2026-06-04, v1.3.0."
    )
    marked = [span.text for span in spans if span.op != "same"]
    assert marked == ["$20.00", "$24.00", "2026-05-04", "2026-06-04", "v1.2.3", "v1.3.0"]


def test_words_beside_each_other_are_marked_in_one_piece() -> None:
    spans = mark_exchanged("We ship parcels within two days to you.", "We send boxes within two days to you.")
    assert [span.text for span in spans if span.op == "removed"] == ["ship parcels"]
    assert [span.text for span in spans if span.op == "added"] == ["send boxes"]


def test_texts_with_nothing_in_common_stand_for_each_other_as_a_whole() -> None:
    spans = mark_exchanged("All systems are operational.", "Checkout fails for most customers!")
    assert [span.op for span in spans] == ["removed", "added"]


def test_rows_follow_the_page_and_fold_what_is_far_from_a_change() -> None:
    still = [f"Paragraph number {name} stays as it is." for name in ("one", "two", "three", "four", "five", "six")]
    rows, left_out = lay_out(
        page(*still, "The Basic plan costs $20 a month.", "Setup is free for everyone."),
        page(*still, "The Basic plan costs $24 a month.", "Support answers within a day on weekdays."),
        context=1,
    )
    assert left_out == 0
    assert [row.kind for row in rows][:3] == ["folded", "same", "reworded"]
    assert rows[0].count == 5
    price = rows[2]
    assert [span for span in price.spans if span.op != "same"] == [Span("removed", "$20"), Span("added", "$24")]
    assert [(fact.kind, fact.before, fact.after) for fact in price.facts] == [("price", "$20", "$24")]
    assert (price.before_number, price.after_number) == (7, 7)
    assert price.nature == "fact"
    assert price.score is not None
    assert price.score > 0.8


def test_what_is_gone_stands_where_it_stood() -> None:
    rows, _ = lay_out(
        page("First comes this.", "Then the deposit of $50.", "Last comes that."),
        page("First comes this.", "Last comes that."),
    )
    assert [(row.kind, row.before_number, row.after_number) for row in rows] == [
        ("same", 1, 1),
        ("removed", 2, None),
        ("same", 3, 2),
    ]


def test_noise_is_shown_as_noise_with_its_reason() -> None:
    still = "The Basic plan costs $20 a month and includes everything."
    old = page(still, "Last updated: 12:01:07, 3 May 2026")
    rows, _ = lay_out(old, page(still, "Last updated: 12:44:53, 3 May 2026"))
    noise = [row for row in rows if row.kind == "noise"]
    assert [(row.before_number, row.after_number) for row in noise] == [(2, 2)]
    assert noise[0].reason
    assert noise[0].score is None


@settings(deadline=None, max_examples=60)
@given(
    old=st.lists(texts.filter(bool), max_size=8, unique=True), new=st.lists(texts.filter(bool), max_size=8, unique=True)
)
def test_no_passage_is_lost_and_none_is_shown_twice(old: list[str], new: list[str]) -> None:
    rows, left_out = lay_out(page(*old), page(*new), context=20)
    assert left_out == 0
    unfolded = sum(row.count for row in rows)
    shown_before = [row.before_number for row in rows if row.before_number is not None]
    shown_after = [row.after_number for row in rows if row.after_number is not None]
    assert len(shown_before) == len(set(shown_before)) == len(old) - unfolded
    assert shown_after == sorted(set(shown_after))
    assert len(shown_after) == len(new) - unfolded
    for row in rows:
        if row.before_number is not None:
            assert read_side(row.spans, "added") == page(*old)[row.before_number - 1].text
        if row.after_number is not None:
            assert read_side(row.spans, "removed") == page(*new)[row.after_number - 1].text


def test_a_page_that_changed_all_over_is_bounded_and_says_so() -> None:
    old = page(*(f"Offer {number} costs ${number} a month." for number in range(1, 700)))
    new = page(*(f"Offer {number} costs ${number * 7 + 1} a month." for number in range(1, 700)))
    rows, left_out = lay_out(old, new)
    assert len(rows) == MAX_ROWS
    assert left_out >= 699 - MAX_ROWS
