"""Pairs of lines of which only what runs by itself differs, and pairs that look like it and are facts."""

from __future__ import annotations

import pytest

from headwater.products.watch.compare.noise.running_values import find_running
from headwater.products.watch.page.passages import make_passage


def judge_lines(old: str, new: str, *, region: str = "main") -> str | None:
    """Why the difference of two lines in the middle of a page is noise."""
    pages = [make_passage(text, region=region, ordinal=5) for text in (old, new)]
    return find_running(pages[0], pages[1], old=old, new=new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Im Bad: 312 Gäste", "Im Bad: 57 Gäste"),
        ("Pagina letta 1.532 volte", "Pagina letta 1.570 volte"),
        ("現在の待ち人数:12人", "現在の待ち人数:3人"),
        ("23 mensen bekeken deze fiets", "8 mensen bekeken deze fiets"),
        ("Última reserva: hace 14 minutos desde Valencia", "Última reserva: hace 2 horas desde Madrid"),
        ("Il est 14 h 05 à Sète", "Il est 9 h 42 à Sète"),
        ("Bijgewerkt: dinsdag 3 juni 2025", "Bijgewerkt: woensdag 4 juni 2025"),
        ("Spruch des Tages: Wer rastet, der rostet.", "Spruch des Tages: Morgenstund hat Gold im Mund."),
        ("18° ciel dégagé", "22° quelques nuages"),
        ("Sold 4 times in the last 48 hours", "Sold 7 times in the last 48 hours"),
        ("@fjordkayaks Dawn at Gairloch ❤ 318", "@fjordkayaks Seals off Skye ❤ 91"),
        ("Our newest member is torque_wrench", "Our newest member is piston_pete"),
        ("Powered by OldBB. 14 queries, 0.02s", "Powered by OldBB. 17 queries, 0.05s"),
    ],
)
def test_what_runs_by_itself_is_noise(old: str, new: str) -> None:
    assert judge_lines(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Max. 4 Gäste", "Max. 6 Gäste"),
        ("Up to 500 downloads a month", "Up to 300 downloads a month"),
        ("The download link expires in 24 hours.", "The download link expires in 48 hours."),
        ("Currently 3 rooms for 8 people available", "Currently 3 rooms for 6 people available"),
        ("Time: 19:00", "Time: 19:30"),
        ("The meeting is now at 15:00", "The meeting is now at 16:00"),
        ("Posti disponibili: 42", "Posti disponibili: 36"),
        ("The petition needs 5,000 votes", "The petition needs 6,000 votes"),
        ("12 people were hurt", "13 people were hurt"),
        ("Kursbeginn Di 03.06.2025, 18 Uhr", "Kursbeginn Mi 04.06.2025, 18 Uhr"),
        ("Free returns within 30 days", "Free returns within 14 days"),
        ("Members: 2 guests per visit", "Members: 3 guests per visit"),
        ("Node 18 is supported", "Node 20 is supported"),
        ("Reviews close in 14 days", "Reviews close in 10 days"),
        ("Our museum has room for 80 visitors", "Our museum has room for 60 visitors"),
        ("Downloads are limited to 5 GB", "Downloads are limited to 2 GB"),
        ("Today: concert at 19:00", "Today: concert at 20:00"),
        ("Updated price list: 12 items", "Updated price list: 14 items"),
        ("The museum counted 212,000 visitors last year", "The museum counted 231,000 visitors last year"),
        ("Election result: 1,204 votes for Green", "Election result: 1,240 votes for Green"),
        ("Store water at 4 °C", "Store water at 8 °C"),
        ("Latest version: 1.4.2, 3 days ago", "Latest version: 1.5.0, 1 day ago"),
        ("Visitors: Mon-Fri 9-17", "Visitors: Mon-Fri 9-18"),
        ("Visitors must be 18 or older", "Visitors must be 21 or older"),
        ("Played 34, won 20", "Played 35, won 21"),
        ("Visitors pay 8 euros", "Visitors pay 9 euros"),
        ("Bake at 180 °C", "Bake at 200 °C"),
        ("SHA-256: 7c1a9f0b22", "SHA-256: e91b33d071"),
        ("Menü des Tages: Linsensuppe", "Menü des Tages: Gulasch"),
    ],
)
def test_facts_beside_such_words_are_told(old: str, new: str) -> None:
    assert judge_lines(old, new) is None
    assert judge_lines(old, new, region="footer") is None
