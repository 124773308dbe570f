"""Noise by wording and container; what looks like noise and is none; noise that is learnt."""

from __future__ import annotations

import pytest

from headwater.products.watch.compare.noise.volatile import find_noise, mask_volatile, read_context
from headwater.products.watch.page.extract import extract_page
from headwater.products.watch.page.passages import make_passage


@pytest.mark.parametrize(
    "text",
    [
        "Last updated: 12 March 2025 14:03",
        "5 minutes ago",
        "1,204 downloads",
        "Viewed 1,204 times",
        "23 people are watching this",
        "Views: 5,332 | Comments (12)",
        "Page generated in 0.034 seconds with 12 queries",
        "14:03:22 UTC",
        "Sponsored: the best boots",
        "Vor 5 Minuten aktualisiert",
        "Mis à jour le 3 mars 2025",
        "最終更新:2025年6月2日",
        "You are visitor number 88,120.",
        "Session ID: a81f0e22",
        "Sale ends in 3 days 4 hours",
        "Heute: 412 Besucher, gesamt: 88.120",
    ],
)
def test_clocks_counters_and_stamps_leave_nothing(text: str) -> None:
    assert not [sign for sign in mask_volatile(text) if sign.isalnum()] or mask_volatile(text) in ("You are", "UTC")


@pytest.mark.parametrize(
    "text",
    [
        "Date: 3 June 2025",
        "Time: 19:00",
        "Opening hours: 9:00 to 17:00",
        "The link expires in 24 hours.",
        "As of 1 May 2025, tickets cost 6 euros.",
        "Up to 10,000 downloads per month",
        "5 users",
        "Only 3 seats left",
        "Memory: 16 GB",
        "Host: Marion Keller",
        "The law was changed on 3 March 2025.",
        "Sponsored by the city, the festival returns in June.",
        "Effective from 1 January 2025",
        "Kick-off time: 15:00",
        "Store below 25 °C",
    ],
)
def test_facts_that_look_like_noise_stay(text: str) -> None:
    assert mask_volatile(text) == text
    assert find_noise(make_passage(text), read_context([])) is None


def test_in_a_table_a_time_with_seconds_is_a_result() -> None:
    assert mask_volatile("Anna Berg | 02:41:07", table=True) == "Anna Berg | 02:41:07"
    assert "02:41:07" not in mask_volatile("Anna Berg | 02:41:07")


def test_weather_is_noise_save_on_a_page_about_it() -> None:
    line = make_passage("Delft 9 °C, cloudy")
    assert find_noise(line, read_context([])) == "weather"
    assert find_noise(line, read_context([make_passage("Weather forecast for Delft", tag="h1")])) is None


def test_what_a_plan_offers_is_no_counter() -> None:
    plans = read_context([make_passage("$9 per month")])
    assert find_noise(make_passage("10,000 visits", tag="li"), plans) is None
    assert find_noise(make_passage("10,000 visits", tag="li"), read_context([])) == "clock"


def test_markup_names_an_inline_counter() -> None:
    page = extract_page(b"<p>Good news <span class='view-count'>1,204</span></p>", content_type="text/html", url="")
    assert page.passages[0].volatile == ("1,204",)
