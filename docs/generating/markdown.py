"""Pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTE = "<!-- Made by `python docs/generate.py`. Change the code, not this page. -->"


def start_page(title: str, about: str) -> list[str]:
    """Return the beginning of a page, as lines."""
    return [NOTE, "", f"# {title}", "", about, ""]


def make_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table with an empty line after it, as lines."""
    lines = [_make_row(headings), _make_row(["---"] * len(headings)), *(_make_row(row) for row in rows)]
    return [*lines, ""]


def end_page(lines: list[str]) -> str:
    """Return the page's text with one newline at its end."""
    return "\n".join(lines).rstrip() + "\n"


def code(text: object) -> str:
    """Return `text` as code; nothing for nothing."""
    return f"`{text}`" if str(text) else ""


def _make_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
