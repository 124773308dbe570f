from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.kit.ai.embeddings import HashingEmbedder, normalise_rows

EMBEDDER = HashingEmbedder()
TEXTS = st.text(alphabet=st.characters(), max_size=200)


def similarity(one: str, other: str) -> float:
    vectors = EMBEDDER.embed_texts([one, other])
    return float(vectors[0] @ vectors[1])


@settings(deadline=None, max_examples=150)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_each_text_has_the_same_unit_vector_alone_and_in_a_batch(texts: list[str]) -> None:
    together = EMBEDDER.embed_texts(texts)
    assert together.shape == (len(texts), 384)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    for row, text in zip(together, texts, strict=True):
        assert np.array_equal(row, EMBEDDER.embed_texts([text])[0])


def test_vectors_are_the_same_in_another_process() -> None:
    text = "The Pro plan costs $20 per month."
    program = (
        "from headwater.kit.ai.embeddings import HashingEmbedder as E;"
        f"print(E().embed_texts([{text!r}]).tobytes().hex())"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == EMBEDDER.embed_texts([text]).tobytes().hex()


def test_nearness_follows_shared_words() -> None:
    price = "The Pro plan costs $20 per month and includes 5 seats."
    changed = similarity(price, "The Pro plan costs $24 per month and includes 5 seats.")
    reworded = similarity(price, "Our Pro plan is priced at $20 monthly, with five seats included.")
    unrelated = similarity(price, "We are hiring engineers in Berlin and Toronto.")
    assert 0.85 < changed < 1.0
    assert changed > reworded > unrelated + 0.2
    assert abs(unrelated) < 0.2


def test_order_of_words_and_spelling_count() -> None:
    assert similarity("dog bites man", "man bites dog") < 0.999
    assert similarity("colour scheme", "color scheme") > similarity("colour scheme", "pricing table")


def test_letter_case_spacing_and_width_do_not_count() -> None:
    assert similarity("Prices  and\nPlans", "prices and plans!") == pytest.approx(1.0)
    assert similarity("ＡＢＣ １２３", "abc 123") == pytest.approx(1.0)


def test_texts_without_letters_share_one_direction() -> None:
    assert similarity("", "?!") == pytest.approx(1.0)
    assert EMBEDDER.embed_texts([]).shape == (0, 384)


def test_many_long_texts_are_cut_into_batches() -> None:
    texts = [f"passage {number} " + "some words of a page " * 400 for number in range(30)]
    vectors = EMBEDDER.embed_texts(texts)
    assert np.array_equal(vectors[17], EMBEDDER.embed_texts([texts[17]])[0])
    assert len({row.tobytes() for row in vectors}) == 30


def test_normalise_rows_takes_zero_rows() -> None:
    assert np.allclose(normalise_rows([[3.0, 4.0], [0.0, 0.0]]), [[0.6, 0.8], [1.0, 0.0]])
