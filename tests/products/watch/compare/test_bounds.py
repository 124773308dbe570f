"""Pages that would take minutes to compare closely are compared in bounded work, and their changes are still told."""

from __future__ import annotations

from tests.products.watch.pairs.vectors import embed_ngrams

from headwater.products.watch.compare.align import Fragment
from headwater.products.watch.compare.compare import compare
from headwater.products.watch.compare.contrast import make_contrast
from headwater.products.watch.compare.residue import MAX_STABILISED, limit_fragments, weigh_text
from headwater.products.watch.compare.severity import judge
from headwater.products.watch.language.words import read_tokens
from headwater.products.watch.page.extract import extract_page
from headwater.products.watch.page.passages import make_passage


def test_a_page_of_nothing_but_numbers_is_compared_and_its_change_told() -> None:
    pages = [
        extract_page(body.encode(), content_type="text/html", url="")
        for body in ("<p>" + "1,1 " * 20_000, "<p>" + "1,1 " * 10_000 + "2 " + "1,1 " * 10_000)
    ]
    comparison = compare(pages[0].passages, pages[1].passages, embed=embed_ngrams)
    assert judge(comparison).alert


def test_digits_weigh_more_than_letters_and_bound_what_is_read_closely() -> None:
    passage = make_passage("1,1 " * 250)
    fragments = [Fragment(index, passage, passage.text) for index in range(400)]
    near, beyond = limit_fragments(fragments)
    assert sum(weigh_text(fragment.text) for fragment in near) <= MAX_STABILISED
    assert len(near) + len(beyond) == 400
    assert weigh_text("1,1 ") > 5 * weigh_text("a,b ")


def test_rows_that_repeat_themselves_are_not_matched_word_by_word() -> None:
    old, new = read_tokens("1,1 " * 300), read_tokens("1,1 " * 299 + "2")
    assert [len(side) for side in make_contrast(old, new).regions[0]] == [300, 300]
    words = read_tokens("one fish swims under the old stone bridge"), read_tokens("one fish swims under a bridge")
    assert max(len(side) for region in make_contrast(*words).regions for side in region) <= 3
