"""Reads the corpora of addresses."""

from __future__ import annotations

import json
from pathlib import Path

_FOLDER = Path(__file__).parent


def read_hostile() -> list[str]:
    """Return the addresses that must be refused."""
    return [json.loads(line) if line.startswith('"') else line for line in _read_lines("hostile_addresses.txt")]


def read_benign() -> list[tuple[str, str]]:
    """Return the addresses that must be accepted, each with its canonical spelling."""
    pairs = []
    for line in _read_lines("benign_addresses.txt"):
        given, canonical = line.rsplit(" ", 1)
        pairs.append((json.loads(given) if given.startswith('"') else given, canonical))
    return pairs


def _read_lines(name: str) -> list[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line and not line.startswith("#")]
