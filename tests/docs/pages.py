"""Reads the pages of the documentation: their code blocks, their links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE_LINE = re.compile(r"^(?:#|--|//|<!--) file: (?P<path>\S+)(?: -->)?\n")
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of code; `path` is the file that its first line names, empty when it names none."""

    language: str
    text: str
    path: str = ""


def list_pages() -> list[Path]:
    """Return every page that people read."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def read_blocks(page: Path) -> list[Block]:
    """Return the code blocks of a page, in order."""
    blocks = []
    for match in _BLOCK.finditer(page.read_text("utf-8")):
        named = _FILE_LINE.match(match["text"])
        text = match["text"][named.end() :] if named else match["text"]
        blocks.append(Block(match["language"], text, named["path"] if named else ""))
    return blocks


def read_code(page: Path) -> list[str]:
    """Return what stands between backticks in the text of a page, outside its blocks."""
    return re.findall(r"`([^`\n]+)`", _BLOCK.sub("", page.read_text("utf-8")))


def read_links(page: Path) -> list[str]:
    """Return the targets of a page's links and pictures, outside code."""
    return [match["target"] for match in _LINK.finditer(_without_code(page.read_text("utf-8")))]


def read_anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = (match["text"] for match in _HEADING.finditer(_without_code(page.read_text("utf-8"))))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", _BLOCK.sub("", text))


def write_block(block: Block, *, over: Path) -> None:
    """Write a block's file, or make the change that it shows in one that is there."""
    assert block.path, "every block of the page names its file"
    file = over / block.path
    if block.language != "diff":
        assert not file.exists(), f"{block.path} is there already"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, "utf-8")
        return
    text = file.read_text("utf-8")
    for old, new in read_changes(block.text):
        assert text.count(old) == 1, f"{block.path} doesn't hold {old!r} once"
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def read_changes(diff: str) -> Iterator[tuple[str, str]]:
    """Yield what each run of marked lines replaces: the removed lines, or the line that the added ones stand before."""
    added: list[str] = []
    removed: list[str] = []
    for line in [*diff.splitlines(), " "]:
        if line.startswith("+"):
            added.append(line[1:])
        elif line.startswith("-"):
            removed.append(line[1:])
        elif added or removed:
            old = removed or [line[1:]]
            yield "\n".join(old), "\n".join(added if removed else [*added, line[1:]])
            added, removed = [], []
