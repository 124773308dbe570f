"""The summary fits on a phone, says the facts, and the details are bounded."""

from __future__ import annotations

import json

from tests.products.watch.pairs.vectors import embed_ngrams

from headwater.products.watch.compare.compare import compare
from headwater.products.watch.compare.summarise import LONGEST_SUMMARY, diff_details, mark_words, summarise
from headwater.products.watch.page.passages import Passage, make_passage


def make_page(*texts: str, tag: str = "p") -> list[Passage]:
    return [make_passage(text, ordinal=number, tag=tag) for number, text in enumerate(texts)]


def test_price_and_new_paragraphs_are_said() -> None:
    old = make_page("Our shop", "The kettle costs $20.")
    new = make_page("Our shop", "The kettle costs $24.", "We deliver on Sundays.", "A teapot is coming.")
    comparison = compare(old, new, embed=embed_ngrams)
    assert summarise(comparison) == "Price changed from $20 to $24; 2 paragraphs added"
    assert summarise(comparison, title="Kettles") == "Kettles: Price changed from $20 to $24; 2 paragraphs added"


def test_state_and_single_new_row_are_said() -> None:
    comparison = compare(make_page("Kettle: in stock"), make_page("Kettle: sold out"), embed=embed_ngrams)
    assert summarise(comparison) == "Status changed from in stock to sold out"
    rows = compare(make_page("A | 1", tag="tr"), make_page("A | 1", "B | 2", tag="tr"), embed=embed_ngrams)
    assert summarise(rows) == "1 table row added: “B | 2”"


def test_paraphrase_and_silence_are_said() -> None:
    comparison = compare(
        make_page("Page", "You can cancel at any time."),
        make_page("Page", "It is possible to cancel whenever you want."),
        embed=embed_ngrams,
    )
    assert summarise(comparison) == "1 passage reworded, the facts are the same"
    assert summarise(compare([], [], embed=embed_ngrams)) == "Nothing that matters changed."


def test_summary_and_details_are_bounded() -> None:
    old = make_page(*(f"Item {number} costs ${number}. " + "word " * 200 for number in range(1, 60)))
    new = make_page(
        *(f"Item {number} costs ${number + 100}. " + "word " * 200 for number in range(1, 60)), "new " * 2000
    )
    comparison = compare(old, new, embed=embed_ngrams)
    assert len(summarise(comparison, title="x" * 500)) <= LONGEST_SUMMARY
    details = diff_details(comparison)
    assert len(json.dumps(details)) < 120_000
    assert details["counts"]["reworded"] == 59
    assert len(details["reworded"]) == 20


def test_spans_mark_what_changed_and_nothing_else() -> None:
    assert mark_words("It costs $20 today", "It costs $24 today") == [
        {"op": "same", "text": "It costs $"},
        {"op": "removed", "text": "20"},
        {"op": "added", "text": "24"},
        {"op": "same", "text": " today"},
    ]
