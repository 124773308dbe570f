"""Which element a document begins with, past its declarations and comments. One pass, whatever stands there."""

from __future__ import annotations

import re

_NAME = re.compile(r"<(?:[\w.-]{1,40}:)?([\w.-]{1,80})")
_SKIPPED = (("<!--", "-->"), ("<?", "?>"), ("<!", ">"))


def find_root_name(head: str) -> str:
    """Return the root's name in lower case without its prefix; empty where the text begins with no element."""
    place = 0
    while True:
        while head[place : place + 1].isspace():
            place += 1
        end = _skip(head, place)
        if end == place:
            found = _NAME.match(head, place)
            return found.group(1).lower() if found else ""
        place = end


def _skip(head: str, place: int) -> int:
    """Return where the comment or declaration at `place` ends; `place` itself where there is none."""
    for opening, closing in _SKIPPED:
        if head.startswith(opening, place):
            end = head.find(closing, place + len(opening))
            return len(head) if end < 0 else end + len(closing)
    return place
