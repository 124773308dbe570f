"""One form of a text, whatever characters and spaces it was written with."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from headwater.core.text import clean_text

_SPACE = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]+")
_SOFT = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def normalise_text(text: str) -> str:
    """The text, cleaned, with one form of each sign and one space between words; letter case is kept."""
    text = clean_text(text)
    if text.isascii():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFKC", _SOFT.sub("", text))
    return _SPACE.sub(" ", composed).strip()


def hash_text(text: str) -> str:
    """SHA-256 of the normalised text, in hex."""
    return hashlib.sha256(normalise_text(text).encode()).hexdigest()
