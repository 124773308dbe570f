"""What the rules know of words, as text files: sections of lines, a comment after "# ".

The modules of the rules read a file when they are imported, and keep what they make of it.
"""

from __future__ import annotations

import re
from pathlib import Path

_SECTION = re.compile(r"\[([a-z0-9_]{1,40})\]")


def read_sections(name: str) -> dict[str, list[str]]:
    """Return the lines of each section of the file `name`."""
    sections: dict[str, list[str]] = {}
    for line in Path(__file__).with_name(f"{name}.txt").read_text("utf-8").splitlines():
        if not line or line == "#" or line.startswith("# "):
            continue
        opened = _SECTION.fullmatch(line)
        if opened is not None:
            lines = sections.setdefault(opened.group(1), [])
        else:
            lines.append(line)
    return sections


def read_joined(name: str) -> dict[str, str]:
    """Return each section of the file `name` as one text, for those whose lines are one pattern."""
    return {section: "".join(lines) for section, lines in read_sections(name).items()}


def read_words(name: str) -> dict[str, list[str]]:
    """Return the words of each section of the file `name`."""
    return {section: " ".join(lines).split() for section, lines in read_sections(name).items()}
