"""Learnt noise: a place that was reworded at each of the last checks says nothing by changing once more."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from headwater.products.watch.passages import Passage

REMEMBERED = 6
IN_A_ROW = 3
MOST_SLOTS = 300

_FIGURES = re.compile(r"[\d.,:]+")


def slot_of(passage: Passage | None) -> str:
    """A name for a place on a page that stays when its text changes: its heading, element, hints and first words."""
    if passage is None:
        return ""
    words = _FIGURES.sub("#", passage.text).split()
    opening = " ".join(words[:2]) if len(words) > 3 else ""
    key = "\x1f".join((passage.region, passage.tag, passage.heading, *passage.hints, opening))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def learn_volatility(state: Mapping[str, Any], *, changed: Iterable[str]) -> dict[str, Any]:
    """The state after one more check in which the slots `changed` were reworded. Call it with none for a quiet check.

    The state is plain JSON: `{"slots": {slot: "110…"}}`, the latest check first.
    """
    slots = dict(state.get("slots", {}))
    now = set(filter(None, changed))
    updated: dict[str, str] = {}
    for slot in [*now, *(slot for slot in slots if slot not in now)]:
        marks = ("1" if slot in now else "0") + str(slots.get(slot, ""))
        marks = marks[:REMEMBERED]
        if "1" in marks and len(updated) < MOST_SLOTS:
            updated[slot] = marks
    return {"slots": updated}


def is_learnt_noise(state: Mapping[str, Any], slot: str) -> bool:
    """Was this place reworded at each of the last `IN_A_ROW` checks?"""
    return str(state.get("slots", {}).get(slot, "")).startswith("1" * IN_A_ROW)
