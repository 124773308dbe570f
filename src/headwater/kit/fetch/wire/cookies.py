"""Cookies for as long as one fetch lasts: many hosts redirect until the cookie that they set comes back.

Nothing is kept beyond the fetch, and a cookie goes to no host but the one that set it (stricter than RFC 6265).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from headwater.kit.fetch.wire.headers import is_sendable

_PAIR = re.compile(r"\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*=\s*([^;,\s]*)")
_MOST = 20
_LONGEST = 4_096


class TrailCookies:
    """The cookies of one fetch, by origin."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, str]] = {}

    def take(self, origin: str, lines: Iterable[str]) -> None:
        """Keep what the Set-Cookie `lines` of an answer of `origin` say."""
        for line in lines:
            matched = _PAIR.match(line[:_LONGEST])
            kept = self._kept.setdefault(origin, {})
            if matched and is_sendable(matched[2]) and (len(kept) < _MOST or matched[1] in kept):
                kept[matched[1]] = matched[2]

    def give(self, origin: str) -> str:
        """Return the Cookie header for `origin`, or the empty text."""
        return "; ".join(f"{name}={value}" for name, value in self._kept.get(origin, {}).items())
