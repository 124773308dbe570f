"""Noise by place and shape, whatever the words: what takes turns at the edge of a page, and counts that run there.

At the edge (outside of the main content) and in lines about an item (its votes, its comments) two
kinds of change say nothing: one saying, offer or link in the place of another that it shares no word with, and a
count that moved while all words stayed. A changed price, hour, address, limit or state says something anywhere.
"""

from __future__ import annotations

import re

from headwater.products.watch.compare.align import Fragment
from headwater.products.watch.compare.noise.edge_counts import LATENCY, MEAN, find_count, is_date_of_today
from headwater.products.watch.compare.noise.reasons import NoiseReason
from headwater.products.watch.compare.noise.rotating_content import find_turn

LONGEST_LINE = 240


def find_peripheral(before: Fragment, after: Fragment, *, language: str) -> NoiseReason | None:
    """Why the difference of two fragments that stand for each other is noise by its place and shape, or None."""
    one, other = before.passage, after.passage
    if "tr" in (one.tag, other.tag) or "h1" in (one.tag, other.tag):
        return None
    edge = "main" not in (one.region, other.region)
    about = "meta" in one.hints and "meta" in other.hints
    mean = all(MEAN.search(passage.text) or LATENCY.fullmatch(passage.text) for passage in (one, other))
    if (edge or about or mean) and max(len(one.text), len(other.text)) <= LONGEST_LINE:
        for old, new in dict.fromkeys(((before.text, after.text), (one.text, other.text))):
            reason = find_count(*_take_changed(old, new), footer=other.region == "footer", edge=edge, about=about)
            if reason:
                return reason
    if edge and other.region in ("header", "footer") and is_date_of_today(one.text, other.text):
        return "clock"
    return find_turn(before, after, edge=edge, language=language)


def _take_changed(old: str, new: str) -> tuple[str, str]:
    """Of two lines in pieces ("5 Mill Lane · 812 visits"), the pieces that differ."""
    pieces = [_SEPARATED.split(text) for text in (old, new)]
    if len(pieces[0]) != len(pieces[1]):
        return old, new
    changed = [(one, other) for one, other in zip(*pieces, strict=True) if one != other]
    return " · ".join(one for one, _ in changed), " · ".join(other for _, other in changed)


_SEPARATED = re.compile(r"\s+[·|•]\s+")
