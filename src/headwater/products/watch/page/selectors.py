"""Which CSS selectors a source may be watched by: those whose cost grows no faster than the page."""

from __future__ import annotations

import re

MAX_LENGTH = 300
MAX_PARTS = 24
_STRING = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_ESCAPED = re.compile(r"\\[0-9a-fA-F]{1,6}\s?|\\.", re.DOTALL)
_ESCAPE_MARK = "\ue000"
_FUNCTION = re.compile(rf"([\w{_ESCAPE_MARK}-]*+)\(|\)")
_COUNT_OF = re.compile(rf"nth-[a-z-]++\([^)]*(?:\bof\b|{_ESCAPE_MARK})", re.IGNORECASE)
_NESTING = frozenset(("not", "is", "where", "matches", "any"))
_PART = re.compile(r"[\s>+~,|]++")


def check_selector(selector: str) -> str:
    """Return the selector back if it may be used.

    Raises:
        ValueError: it is none, or one that looks at all of the page for each element of it.
    """
    if len(selector) > MAX_LENGTH:
        raise ValueError(f"a selector has at most {MAX_LENGTH} characters")
    if "/*" in selector:
        raise ValueError(f"{selector!r} holds a comment; write it without one")
    # Names that need a backslash, such as those of Tailwind, say nothing of what a selector costs.
    bare = _ESCAPED.sub(_ESCAPE_MARK, _STRING.sub("x", selector))
    _check_functions(selector, bare)
    if len(_PART.split(bare)) > MAX_PARTS:
        raise ValueError(f"{selector!r} has more than {MAX_PARTS} parts; a class or an id says it shorter")
    _parse(selector)
    return selector


def _check_functions(selector: str, bare: str) -> None:
    opened: list[str] = []
    for found in _FUNCTION.finditer(bare):
        if found.group() == ")":
            if opened:
                opened.pop()
            continue
        name = found.group(1).lower()
        if _ESCAPE_MARK in name:
            raise ValueError(f"{selector!r} writes the name of a pseudo-class with a backslash")
        if name == "has":
            raise ValueError(f"{selector!r} uses :has(), which is too slow on large pages; name the element itself")
        if name in _NESTING and any(outer in _NESTING for outer in opened):
            raise ValueError(f"{selector!r} nests :{name}() in another one; write it without the nesting")
        opened.append(name)
    if _COUNT_OF.search(bare):
        raise ValueError(f"{selector!r} counts with `of`, which is too slow on large pages; count without it")


def _parse(selector: str) -> None:
    from selectolax.lexbor import LexborHTMLParser

    try:
        LexborHTMLParser("<p></p>").css(selector)
    except Exception as error:  # whatever the parser raises for a selector that it can't read
        raise ValueError(f"{selector!r} is no CSS selector") from error
