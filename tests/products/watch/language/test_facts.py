"""Facts: numbers, prices, dates, times, versions, states, names; one form for each value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.products.watch.compare.fact_changes import find_fact_changes
from headwater.products.watch.language.facts import find_facts
from headwater.products.watch.language.numbers import parse_number
from headwater.products.watch.language.words import read_tokens


def values(text: str, kind: str, language: str = "en") -> list[str]:
    return [fact.value for fact in find_facts(text, language=language) if fact.kind == kind]


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("$20", "en", "20 USD"),
        ("20.00 USD", "en", "20 USD"),
        ("US$ 1,299.50", "en", "1299.5 USD"),
        ("1.299,50 €", "de", "1299.5 EUR"),
        ("EUR 1 299,50", "fr", "1299.5 EUR"),
        ("1,299.50 €", "en", "1299.5 EUR"),
        ("£5 million", "en", "5000000 GBP"),
        ("1,200円", "ja", "1200 JPY"),
        ("CHF 12.–", "de", "12 CHF"),
        ("20 dollars", "en", "20 USD"),
    ],
)
def test_prices_have_one_form(text: str, language: str, value: str) -> None:
    assert values(f"It costs {text} here", "price", language) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "3 March 2025",
        "March 3, 2025",
        "March 3rd, 2025",
        "2025-03-03",
        "3.3.2025",
        "3. März 2025",
        "3 mars 2025",
        "3 de marzo de 2025",
        "2025年3月3日",
    ],
)
def test_dates_have_one_form(text: str) -> None:
    assert values(text, "date") == ["2025-03-03"]


@pytest.mark.parametrize("text", ["17:30", "5:30 pm", "5:30 p.m.", "17h30", "17.30 Uhr", "午後5時半"])
def test_times_have_one_form(text: str) -> None:
    assert values(f"Beginn {text}", "time") == ["17:30"]


def test_other_facts_are_found() -> None:
    text = (
        "Version v2.10.3 is not in stock, 12.5% off until 9 am; mail Jane@example.com, call +49 761 555 0188 "
        "or see www.example.org/a?utm=1"
    )
    found = {fact.kind: fact.value for fact in find_facts(text, language="en")}
    assert found["version"] == "2.10.3"
    assert found["state"] == "stock=out"
    assert found["negation"] == "not"
    assert found["percentage"] == "12.5"
    assert found["time"] == "09:00"
    assert found["email"] == "jane@example.com"
    assert found["phone"] == "497615550188"
    assert found["url"] == "www.example.org/a"


def test_names_are_capitalised_words_within_a_sentence() -> None:
    assert values("The mayor, Anna Berg, lives in Oslo.", "name") == ["anna", "berg", "oslo"]
    assert values("Die Katze sitzt auf dem Tisch mit Frau Meier.", "name", "de") == ["meier"]


@pytest.mark.parametrize(
    ("written", "language", "value"),
    [
        ("1,000", "en", "1000"),
        ("1.000", "de", "1000"),
        ("1.5", "en", "1.5"),
        ("1,5", "de", "1.5"),
        ("1'000", "de", "1000"),
        ("0.50", "en", "0.5"),
        ("1.2.3", "en", "1.2.3"),
    ],
)
def test_numbers_are_read_by_the_custom_of_the_language(written: str, language: str, value: str) -> None:
    assert parse_number(written, language=language) == value


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("for two weeks", "for 14 days"),
        ("in 90 minutes", "in 1.5 hours"),
        ("1,000 seats", "1000 seats"),
        ("at 9 am", "at 09:00"),
        ("on 3 March", "on 3 March 2025"),
        ("5 percent", "5%"),
        ("four hundred years", "four centuries"),
        ("open 24/7", "open around the clock"),
        ("twenty-five people", "25 people"),
    ],
)
def test_the_same_value_in_another_form_is_no_change(old: str, new: str) -> None:
    assert find_fact_changes(read_tokens(old, "en"), read_tokens(new, "en")) == []


def test_exchanged_facts_are_a_change() -> None:
    changes = find_fact_changes(
        read_tokens("adults $12, children $8", "en"), read_tokens("adults $8, children $12", "en")
    )
    assert [(change.before, change.after) for change in changes] == [("$12", "$8"), ("$8", "$12")]


@given(st.text(max_size=300))
def test_facts_lie_where_they_say(text: str) -> None:
    for fact in find_facts(text):
        assert text[fact.start : fact.end].startswith(fact.text[:1]) or fact.kind in ("state", "name")
        assert 0 <= fact.start < fact.end <= len(text)
