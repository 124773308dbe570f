"""Holds what a product says to what is stored and read: cut to size, and without what Postgres refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from headwater.core.text import clean_json, clean_text
from headwater.kit.notify.events import Event

_TITLE, _SUMMARY, _PART, _PARTS, _URL = 300, 2_000, 4_000, 100, 4_000
_DATA_BYTES = 256 * 1024


def bound_event(event: Event) -> Event:
    """Cut what is longer than anybody reads, and drop what Postgres refuses."""
    parts = tuple(
        replace(part, text=_clean(part.text, _PART), label=_clean(part.label, _TITLE)) for part in event.parts[:_PARTS]
    )
    title, summary = _clean(event.title, _TITLE) or event.kind, _clean(event.summary, _SUMMARY)
    url = _clean(event.url, _URL) if event.url else None
    return replace(event, title=title, summary=summary, parts=parts, url=url, data=_clean_data(event.data))


def _clean(text: str, limit: int) -> str:
    text = clean_text(text)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _clean_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data as JSON takes it; what would make the whole too large is left out and named in `left_out`."""
    kept: dict[str, Any] = {}
    left_out: list[str] = []
    room = _DATA_BYTES
    for given, value in data.items():
        name = clean_text(given)
        try:
            encoded = orjson.dumps(clean_json(value), default=str)
        except (ValueError, TypeError):
            # Nested deeper than is kept, or a number that no JSON takes; neither may fail the product's transaction.
            left_out.append(name)
            continue
        if len(encoded) > room:
            left_out.append(name)
            continue
        room -= len(encoded)
        kept[name] = orjson.loads(encoded)
    return {**kept, "left_out": left_out} if left_out else kept
