"""The parts of a plan. They are built step by step and not changed once the plan is cached."""

from __future__ import annotations

from dataclasses import dataclass, field

from headwater.local.rest.catalog.model import Handler, Parameter, Relationship, Routine, Table
from headwater.local.rest.grammar.tree import JsonStep, Operation
from headwater.local.rest.identifiers import QualifiedName
from headwater.local.rest.requests.media_types import MediaType

# What a parameter of the statement is filled with: the number of a slot of the request, or a fixed value.
Recipe = int | bytes | None

SOURCE = "pgrst_source"


@dataclass(frozen=True, slots=True)
class PlannedField:
    """A field with what is known of its type.

    `transform` is the function that represents the type in the answer or reads it from the request; `as_row` means the
    whole row; `search` that the field is to be turned into a `tsvector`.
    """

    name: str
    path: tuple[JsonStep, ...] = ()
    to_json: bool = False
    search: bool = False
    language: str | None = None
    type: str = ""
    base_type: str = ""
    transform: str | None = None
    default: str | None = None
    as_row: bool = False


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """A column of the answer."""

    field: PlannedField
    alias: str | None = None
    cast: str | None = None
    aggregate: str | None = None
    aggregate_cast: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedFilter:
    """A condition on a field."""

    field: PlannedField
    operation: Operation
    slot: int


@dataclass(frozen=True, slots=True)
class NullEmbed:
    """The condition that an embedded relation is, or is not, empty."""

    negated: bool
    alias: str


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """Conditions joined by and/or."""

    operator: str
    members: tuple[Condition, ...]
    negated: bool = False


Condition = PlannedFilter | NullEmbed | PlannedGroup


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """One key of the order; `relation` is the alias of the joined relation that it lies in."""

    field: PlannedField
    relation: str | None = None
    direction: str | None = None
    nulls: str | None = None


@dataclass(frozen=True, slots=True)
class SpreadColumn:
    """A column that a spread relation gives to its parent."""

    name: str
    alias: str | None = None
    aggregate: str | None = None
    aggregate_cast: str | None = None


@dataclass(slots=True)
class Output:
    """What an embedded relation adds to its parent's row: one JSON value, or columns where it is spread."""

    alias: str
    name: str = ""
    is_object: bool = False
    is_empty: bool = False
    spread: list[SpreadColumn] | None = None


@dataclass(slots=True)
class ReadNode:
    """One table of a request with all that is asked of it; `children` are the relations embedded in it."""

    name: str
    source: QualifiedName
    depth: int = 0
    alias: str | None = None
    hint: str | None = None
    join: str | None = None
    is_spread: bool = False
    select: list[PlannedColumn] = field(default_factory=list)
    children: list[ReadNode] = field(default_factory=list)
    source_alias: str | None = None
    where: list[Condition] = field(default_factory=list)
    order: list[PlannedOrder] = field(default_factory=list)
    limit: Recipe = None
    offset: Recipe = None
    has_range: bool = False
    relationship: Relationship | None = None
    relation_argument: QualifiedName | None = None
    joins: list[tuple[tuple[QualifiedName, str], tuple[QualifiedName, str]]] = field(default_factory=list)
    embed_alias: str = ""
    outputs: list[Output] = field(default_factory=list)
    spreads_many: bool = False
    extra_select: list[tuple[str | None, PlannedColumn]] = field(default_factory=list)
    spread_order: list[PlannedOrder] = field(default_factory=list)
    legacy_match: bool = False

    @property
    def label(self) -> str:
        """Return the name that the relation has in the answer."""
        return self.alias or self.name


@dataclass(slots=True)
class MutatePlan:
    """A change to a table; `kind` is insert, update or delete."""

    kind: str
    table: QualifiedName
    columns: list[PlannedField] = field(default_factory=list)
    conflict: tuple[str, tuple[str, ...]] | None = None
    where: list[Condition] = field(default_factory=list)
    is_put: bool = False
    returning: list[str] = field(default_factory=list)
    primary_key: tuple[str, ...] = ()
    apply_defaults: bool = False
    body_is_object: bool = False


@dataclass(slots=True)
class CallPlan:
    """A call of a function.

    `style` is `none`, `json` for named arguments out of the body, `direct` for arguments of the address or a form, or
    `single` for the body as the one unnamed parameter. `arguments` are slots by parameter name.
    """

    routine: Routine
    style: str
    parameters: list[Parameter] = field(default_factory=list)
    arguments: dict[str, int] = field(default_factory=dict)
    returning: set[str] = field(default_factory=set)
    filter_fields: set[str] = field(default_factory=set)
    body_is_object: bool = True


@dataclass(slots=True)
class Plan:
    """All that is needed to write the statement and to shape the answer, but no values."""

    kind: str
    read: ReadNode
    handler: Handler
    media: MediaType
    name: QualifiedName
    mutate: MutatePlan | None = None
    call: CallPlan | None = None
    table: Table | None = None
    warnings: list[tuple[str, str]] = field(default_factory=list)
