"""Holds what a product tells to what is stored and read: cut to size, and without what Postgres refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

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
    text = text.replace("\x00", "").encode("utf-8", errors="ignore").decode()
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _clean_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give the data as JSON takes it; what would make the whole too large is left out and named in `left_out`."""
    kept: dict[str, Any] = {}
    left_out: list[str] = []
    room = _DATA_BYTES
    for name, value in data.items():
        encoded = orjson.dumps(_clean_value(value), default=str)
        if len(encoded) > room:
            left_out.append(name)
            continue
        room -= len(encoded)
        kept[name] = orjson.loads(encoded)
    return {**kept, "left_out": left_out} if left_out else kept


def _clean_value(value: Any) -> Any:
    # Postgres takes no NUL in JSON, and what a page holds must not fail the product's transaction.
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", errors="ignore").decode()
    if isinstance(value, Mapping):
        return {str(_clean_value(name)): _clean_value(one) for name, one in value.items()}
    return [_clean_value(one) for one in value] if isinstance(value, list | tuple | set | frozenset) else value
