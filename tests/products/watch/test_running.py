"""Pairs of lines of which only what runs by itself differs, and pairs that look like it and are facts."""

from __future__ import annotations

import pytest

from headwater.products.watch.passages import make_passage
from headwater.products.watch.running import find_running


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
        ("Visitors pay 8 euros", "Visitors pay 9 euros"),
        ("Bake at 180 °C", "Bake at 200 °C"),
        ("SHA-256: 7c1a9f0b22", "SHA-256: e91b33d071"),
        ("Menü des Tages: Linsensuppe", "Menü des Tages: Gulasch"),
    ],
)
def test_facts_beside_such_words_are_told(old: str, new: str) -> None:
    assert judge_lines(old, new) is None
    assert judge_lines(old, new, region="footer") is None
