"""What a rule found, and the files that rules look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "headwater"
MIGRATIONS = ROOT / "supabase" / "migrations"


@dataclass(frozen=True, order=True)
class Finding:
    """One place that breaks a rule."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Module:
    """A Python file, read and parsed."""

    name: str
    """Where it is below `src/headwater`, with slashes."""
    source: str
    tree: ast.Module

    def at(self, node: ast.AST | int, text: str) -> Finding:
        """Make a finding at a node or line."""
        line = node if isinstance(node, int) else getattr(node, "lineno", 1)
        return Finding(f"src/headwater/{self.name}", line, text)

    def line(self, number: int) -> str:
        """Return the text of a line, counted from 1."""
        return self.source.splitlines()[number - 1]

    def is_in(self, *places: str) -> bool:
        """Say whether the file is one of these, or in one of these folders (which end with a slash)."""
        return any(self.name == place or (place.endswith("/") and self.name.startswith(place)) for place in places)


def parse_module(name: str, source: str) -> Module:
    """Make a module of its text."""
    return Module(name, source, ast.parse(source))


def read_modules(folder: Path = SOURCE) -> Iterator[Module]:
    """Read every Python file of the package."""
    for path in sorted(folder.rglob("*.py")):
        yield parse_module(path.relative_to(folder).as_posix(), path.read_text("utf-8"))
