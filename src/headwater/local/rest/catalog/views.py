"""Which table column each view column comes from, read out of the views' stored query trees.

Postgres keeps a view as the text of a node tree. Every output column of its outermost query is a target entry that
names the table and the column that it was copied from; views over views are followed down to their tables.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from headwater.local.rest.identifiers import QualifiedName

TOKEN = re.compile(r"\\.|[{}]|:targetList (?=\()|:(resno|resorigtbl|resorigcol) ([0-9]+)|:[a-zA-Z]+ ")


@dataclass(frozen=True, slots=True)
class KeyColumns:
    """A key of a table as a view shows it: for each key column the view columns that it appears as."""

    table: QualifiedName
    view: QualifiedName
    constraint: str
    kind: str
    columns: tuple[tuple[str, tuple[str, ...]], ...]

    def expand(self) -> Iterator[tuple[tuple[str, str], ...]]:
        """Yield each choice of one view column for every key column."""
        names = [name for name, _ in self.columns]
        for chosen in product(*(options for _, options in self.columns)):
            yield tuple(zip(names, chosen, strict=True))


def read_targets(definition: str) -> list[tuple[int, int, int]]:
    """Return (view column, table, table column) for each output column that is a plain copy."""
    depth = 0
    within = False
    entry: dict[str, int] = {}
    found: list[tuple[int, int, int]] = []
    for match in TOKEN.finditer(definition):
        text = match[0]
        if text == "{":
            depth += 1
        elif text == "}":
            if within and depth == 2 and entry.get("resorigtbl"):
                found.append((entry["resno"], entry["resorigtbl"], entry["resorigcol"]))
            if depth == 2:
                entry = {}
            depth -= 1
        elif match[1] and within and depth == 2:
            entry[match[1]] = int(match[2])
        elif depth == 1 and text.startswith(":"):
            within = text == ":targetList "
    return found


def find_view_keys(views: list[dict[str, Any]], keys: list[dict[str, Any]]) -> list[KeyColumns]:
    """Find the keys whose columns a view shows in full."""
    targets = {view["oid"]: read_targets(view["definition"]) for view in views}
    by_table: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for key in keys:
        by_table[key["table"]].append(key)
    found: list[KeyColumns] = []
    for view in views:
        sources: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for number, table, column in targets[view["oid"]]:
            name = view["columns"].get(str(number))
            for origin in follow(table, column, targets, frozenset({view["oid"]})):
                if name is not None:
                    sources[origin[0]][origin[1]].append(name)
        for table, columns in sources.items():
            for key in by_table[table]:
                if all(number in columns for number, _ in key["columns"]):
                    found.append(
                        KeyColumns(
                            QualifiedName(key["schema"], key["name"]),
                            QualifiedName(view["schema"], view["name"]),
                            key["constraint"],
                            key["kind"],
                            tuple((name, tuple(columns[number])) for number, name in key["columns"]),
                        )
                    )
    return found


def follow(
    table: int, column: int, targets: dict[int, list[tuple[int, int, int]]], seen: frozenset[int]
) -> Iterator[tuple[int, int]]:
    """Yield the table column and everything below it that a copied column comes from."""
    yield table, column
    if table in seen:
        return
    for number, below, below_column in targets.get(table, ()):
        if number == column:
            yield from follow(below, below_column, targets, seen | {table})
