"""Why a difference says nothing."""

from __future__ import annotations

from typing import Literal, NamedTuple

NoiseReason = Literal[
    "advert",
    "clock",
    "counter",
    "id",
    "learnt",
    "quote",
    "related",
    "signs",
    "stamp",
    "ticker",
    "weather",
    "widget",
]


class Noise(NamedTuple):
    """A text that differs, and why that says nothing."""

    reason: NoiseReason
    text: str
