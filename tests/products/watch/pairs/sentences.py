# ruff: noqa: E501 — pages as they come
"""Pages for pairs of which only one passage matters: `group ~ before ~ after`, put into one of several skeletons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_SKELETONS = (
    """<!DOCTYPE html><html lang="en"><head><title>Riverside Club</title></head><body><nav><ul><li><a
    href="/">Home</a></li></ul></nav>
<main><h1>Riverside Club</h1><p>We meet by the weir and welcome everybody who likes the water.</p>{slot}<p>The boathouse was built by the
members and is looked after by them.</p><h2>Rules</h2><ul><li>Wear a life jacket.</li><li>Tell somebody where you go.</li></ul></main>
<footer>Riverside Club</footer></body></html>""",
    """<html><head><title>Blog</title><script>var t=1;</script></head><body><div class="wrap"><div class="hd"><a
    href="/">Blog</a></div>
<div class="entry"><h1>Notes from the valley</h1>{slot}<p>The apples are late, and nobody knows why. My neighbour blames the frost in April, and
she may well be right.</p><blockquote>Patience is a fruit tree.</blockquote></div><div class="sb"><p>Older notes stand in the archive.</p></div></div>
</body></html>""",
    """<!doctype html><html lang=en><body><table><tr><td><h1>Department of Roads</h1><p>The department looks after
    bridges, signs and lamps.
<p>It answers letters in the order in which they come.{slot}<p>The building has a ramp at the side.</table></body></html>""",
    """<!DOCTYPE html><html lang="en"><head><title>Docs</title></head><body><aside class="sidebar"><a
    href="#a">Start</a></aside>
<article><h1>Handbook</h1><h2>Basics</h2><p>This handbook is for people who are new here. It says who does what.</p><ul><li>Read it once.</li>
<li>Keep it near.</li></ul><h2>Details</h2><section>{slot}</section><p>What is not in here may be asked on the phone.</p></article></body></html>""",
)
_WRAPPERS = ("<p>{text}</p>", '<div class="u-mt4 c2">{text}</div>', "<p>{text}", "<ul><li>{text}</li></ul>")


def read_sentences(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """(group, name, old page, new page) of each line."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        group, before, after = (part.strip() for part in line.split("~"))
        skeleton, wrapper = _SKELETONS[number % 4], _WRAPPERS[number % 4]
        pages = [
            skeleton.replace("{slot}", wrapper.replace("{text}", text) if text else "") for text in (before, after)
        ]
        yield group, f"{path.stem}-{number + 1}", pages[0], pages[1]
