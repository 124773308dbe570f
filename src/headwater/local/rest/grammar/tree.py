"""What the parsers make: the parts of a request as frozen trees.

Values are not in the trees. Each stands as the number of its slot in the request's list of values, so that two requests
of one shape make equal trees and share one plan.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JsonStep:
    """One `->` or `->>` with its key or index."""

    key: str
    as_text: bool = False
    is_index: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A column, or a place within the JSON that it holds."""

    name: str
    path: tuple[JsonStep, ...] = ()


@dataclass(frozen=True, slots=True)
class SelectField:
    """A column of the answer, cast and aggregated as asked."""

    field: Field
    alias: str | None = None
    cast: str | None = None
    aggregate: str | None = None
    aggregate_cast: str | None = None


@dataclass(frozen=True, slots=True)
class SelectRelation:
    """A related table within the answer; `spread` puts its columns among the parent's."""

    name: str
    children: tuple[SelectItem, ...]
    alias: str | None = None
    hint: str | None = None
    join: str | None = None
    spread: bool = False


SelectItem = SelectField | SelectRelation


@dataclass(frozen=True, slots=True)
class Operation:
    """What a filter does with its value.

    `kind` is one of compare, in, is, isdistinct, search; `operator` the word of the address (`eq`, `fts`, …) or for
    `is` the constant; `quantifier` any or all; `language` that of a full-text search.
    """

    kind: str
    operator: str
    negated: bool = False
    quantifier: str | None = None
    language: str | None = None

    @property
    def key(self) -> str:
        """Return a text that tells this operation from every other."""
        return f"{self.negated:d}.{self.operator}.{self.quantifier or ''}.{self.kind}.{self.language or ''}"


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a field; `slot` is the place of its value, or -1 where it has none."""

    field: Field
    operation: Operation
    slot: int = -1


@dataclass(frozen=True, slots=True)
class LogicGroup:
    """Conditions joined by and/or."""

    operator: str
    members: tuple[LogicNode, ...]
    negated: bool = False


LogicNode = Filter | LogicGroup


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One key of the order; `relation` names the to-one relation that it lies in."""

    field: Field
    relation: str | None = None
    direction: str | None = None
    nulls: str | None = None


Path = tuple[str, ...]
