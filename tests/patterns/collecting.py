"""Every regular expression of the code base: those that modules keep, and those written where they are used."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import headwater

SOURCE = Path(headwater.__file__).parent
_METHODS = frozenset(("match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split"))


@dataclass(frozen=True)
class Found:
    """A pattern, where it stands, and whether all that use it look at one place (`match`) or everywhere."""

    module: str
    name: str
    pattern: re.Pattern[Any]
    is_anchored: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"


@cache
def collect_patterns() -> tuple[Found, ...]:
    """Collect the patterns of every module but the demo's."""
    modules = {name: path for path in sorted(SOURCE.rglob("*.py")) if (name := _name_of(path))}
    trees = {name: ast.parse(path.read_text("utf-8")) for name, path in modules.items()}
    uses = _find_uses(trees)
    found: dict[tuple[str, str], Found] = {}
    for name, tree in trees.items():
        module = import_module(name)
        for attribute, value in vars(module).items():
            for number, pattern in enumerate(_list_patterns(value)):
                if _is_made_in(module, attribute, tree):
                    methods = uses[(name, attribute)]
                    anchored = bool(methods) and methods <= {"match", "fullmatch"}
                    found[(name, f"{attribute}[{number}]")] = Found(name, attribute, pattern, anchored)
        for line, method, pattern in _list_written(tree, module):
            found[(name, f"{line}:{pattern.pattern!r}")] = Found(
                name, f"line {line}", pattern, method in ("match", "fullmatch")
            )
    return tuple(found.values())


def _name_of(path: Path) -> str | None:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    # Programs, and what only the simulated world meets.
    if parts[0] == "demo" or parts[-1] in ("__main__", "launcher", "program") or parts[-1] == "browser":
        return None
    return ".".join(("headwater", *(part for part in parts if part != "__init__")))


def _list_patterns(value: object, *, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _list_patterns(item, depth=depth + 1)
    elif depth < 3 and isinstance(value, dict):
        for item in value.values():
            yield from _list_patterns(item, depth=depth + 1)


def _is_made_in(module: ModuleType, name: str, tree: ast.Module) -> bool:
    """Is a name assigned here, and not imported?"""
    for node in tree.body:
        for target in (*getattr(node, "targets", ()), getattr(node, "target", None)):
            if target is not None and any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(target)):
                return True
    return False


def _find_uses(trees: dict[str, ast.Module]) -> dict[tuple[str, str], set[str]]:
    """Find which methods are called on each name of a module, there or where it was imported; `?` for other uses."""
    uses: dict[tuple[str, str], set[str]] = defaultdict(set)
    for module, tree in trees.items():
        homes = {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        called: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                called.add(id(node.value))
                uses[homes.get(node.value.id, (module, node.value.id))].add(node.attr)
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called:
                uses[homes.get(node.id, (module, node.id))].add("?")
    return uses


def _list_written(tree: ast.Module, module: ModuleType) -> Iterator[tuple[int, str, re.Pattern[Any]]]:
    """List calls such as `re.search(r"…", text)` whose pattern can be worked out from the module alone."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.func.attr in _METHODS):
            continue
        try:
            pattern = eval(compile(ast.Expression(node.args[0]), "<pattern>", "eval"), vars(module))  # noqa: S307
        except NameError:
            continue  # made of a function's own variables: `running.label`, of patterns that are pumped by themselves
        flags = re.IGNORECASE if any("IGNORECASE" in ast.unparse(one) for one in node.keywords) else 0
        yield node.lineno, node.func.attr, re.compile(pattern, flags)
