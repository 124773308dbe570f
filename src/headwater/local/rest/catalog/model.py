"""The catalog's records, as read once and then shared by all requests."""

from __future__ import annotations

from dataclasses import dataclass, field

from headwater.local.rest.identifiers import QualifiedName
from headwater.local.rest.requests.media_types import MediaType


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `nominal_type` is as declared, `data_type` has domains resolved where they are built-in types."""

    name: str
    description: str | None
    nullable: bool
    data_type: str
    nominal_type: str
    max_length: int | None
    default: str | None
    enum: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table, view, materialised view or foreign table."""

    name: QualifiedName
    description: str | None
    is_view: bool
    insertable: bool
    updatable: bool
    deletable: bool
    primary_key: tuple[str, ...]
    columns: dict[str, Column]


Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Junction:
    """The table in the middle of a many-to-many relationship, with its columns towards either side."""

    table: QualifiedName
    source_constraint: str
    target_constraint: str
    source_columns: Pairs
    target_columns: Pairs


@dataclass(frozen=True, slots=True)
class Relationship:
    """A way from one table to another.

    `cardinality` is one of o2m, m2o, o2o, m2m and computed; `columns` pairs this side's column with the other's.
    """

    table: QualifiedName
    foreign_table: QualifiedName
    is_self: bool
    cardinality: str
    constraint: str = ""
    columns: Pairs = ()
    is_parent: bool = False
    junction: Junction | None = None
    table_is_view: bool = False
    foreign_table_is_view: bool = False
    function: QualifiedName | None = None
    function_to_one: bool = False

    @property
    def is_to_one(self) -> bool:
        """Say whether there is at most one row on the other side."""
        return self.cardinality in ("m2o", "o2o") or (self.function is not None and self.function_to_one)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A function's parameter; `bound_type` is the type that a value is cast to, without a length."""

    name: str
    type: str
    bound_type: str
    required: bool
    variadic: bool


@dataclass(frozen=True, slots=True)
class Routine:
    """A function that can be called."""

    name: QualifiedName
    description: str | None
    parameters: tuple[Parameter, ...]
    return_type: QualifiedName
    returns_set: bool
    returns_composite: bool
    volatility: str
    has_variadic: bool
    isolation: str | None
    settings: tuple[tuple[str, str], ...]

    @property
    def returns_scalar(self) -> bool:
        """Say whether one plain value comes back."""
        return not self.returns_set and not self.returns_composite

    @property
    def returns_scalar_set(self) -> bool:
        """Say whether a set of plain values comes back."""
        return self.returns_set and not self.returns_composite

    @property
    def returns_nothing(self) -> bool:
        """Say whether the function is void."""
        return self.returns_scalar and self.return_type == QualifiedName("pg_catalog", "void")


@dataclass(frozen=True, slots=True)
class Handler:
    """How a media type is made.

    `kind` is json, json-stripped, single, single-stripped, csv, geojson, custom or none.
    """

    kind: str
    function: QualifiedName | None = None
    target: QualifiedName | None = None


ANY_ELEMENT = QualifiedName("pg_catalog", "anyelement")
HandlerMap = dict[tuple[QualifiedName, MediaType], tuple[Handler, MediaType]]


@dataclass(slots=True)
class SchemaCache:
    """Everything that was read, indexed for the planner."""

    tables: dict[QualifiedName, Table] = field(default_factory=dict)
    relationships: dict[tuple[QualifiedName, str], list[Relationship]] = field(default_factory=dict)
    routines: dict[QualifiedName, list[Routine]] = field(default_factory=dict)
    representations: dict[tuple[str, str], str] = field(default_factory=dict)
    handlers: HandlerMap = field(default_factory=dict)
    role_settings: dict[str, dict[str, str]] = field(default_factory=dict)
