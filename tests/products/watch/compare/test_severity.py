"""Severity: thresholds of the source, keywords for and against."""

from __future__ import annotations

import pytest
from tests.products.watch.pairs.vectors import embed_ngrams

from headwater.products.watch.compare.compare import Comparison, compare
from headwater.products.watch.compare.severity import judge
from headwater.products.watch.page.passages import make_passage


def make_comparison(old: str, new: str, **options: object) -> Comparison:
    before = [make_passage("The page starts here."), make_passage(old, ordinal=1)]
    after = [make_passage("The page starts here."), make_passage(new, ordinal=1)]
    return compare(before, after, embed=embed_ngrams, **options)  # type: ignore[arg-type]


def test_a_price_is_high_and_a_paraphrase_silent() -> None:
    price = judge(make_comparison("The kettle costs $20.", "The kettle costs $24."))
    assert (price.level, price.alert) == ("high", True)
    words = judge(make_comparison("You can cancel at any time.", "It is possible to cancel whenever you want."))
    assert words.alert is False
    assert "below" in words.reason


def test_nothing_is_silent() -> None:
    assert judge(Comparison()).alert is False
    assert (
        judge(make_comparison("Updated 5 minutes ago", "Updated 9 minutes ago")).reason == "nothing but noise changed"
    )


def test_the_source_sets_the_thresholds() -> None:
    comparison = make_comparison("The kettle costs $20.", "The kettle costs $24.")
    assert judge(comparison, threshold=0.99).alert is False
    assert judge(comparison, medium=1.0, high=1.0).level == "low"
    words = make_comparison("You can cancel at any time.", "It is possible to cancel whenever you want.")
    assert judge(words, threshold=0.01).alert is True


@pytest.mark.parametrize(
    ("must", "must_not", "alert"),
    [
        ((), (), True),
        (("kettle",), (), True),
        (("teapot",), (), False),
        ((), ("kettle",), False),
        ((), ("teapot",), True),
    ],
)
def test_keywords_let_through_or_bar(must: tuple[str, ...], must_not: tuple[str, ...], alert: bool) -> None:
    comparison = make_comparison(
        "The kettle costs $20.", "The kettle costs $24.", keywords_must=must, keywords_must_not=must_not
    )
    assert judge(comparison).alert is alert
