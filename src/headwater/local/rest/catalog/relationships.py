"""All ways between tables: foreign keys, the same through views, their inverses, junctions and computed ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from headwater.local.rest.catalog.model import Junction, Pairs, Relationship, Table
from headwater.local.rest.catalog.views import KeyColumns
from headwater.local.rest.identifiers import QualifiedName

RANKS = {"o2m": 0, "m2o": 1, "o2o": 2, "m2m": 3}
RelationshipMap = dict[tuple[QualifiedName, str], list[Relationship]]


def read_foreign_keys(rows: list[dict[str, Any]]) -> list[Relationship]:
    """Make the relationships that foreign keys declare, from the table that holds the key."""
    return [
        Relationship(
            QualifiedName(row["schema"], row["table"]),
            QualifiedName(row["foreign_schema"], row["foreign_table"]),
            row["is_self"],
            "o2o" if row["is_unique"] else "m2o",
            row["constraint"],
            tuple((here, there) for here, there in row["columns"]),
        )
        for row in rows
    ]


def add_view_relationships(relationships: list[Relationship], keys: list[KeyColumns]) -> list[Relationship]:
    """Add what views that show a key's columns make possible: view to table, table to view, view to view."""
    index: dict[tuple[QualifiedName, str, str], list[KeyColumns]] = defaultdict(list)
    for key in keys:
        index[key.table, key.constraint, key.kind].append(key)
    result = list(relationships)
    for base in relationships:
        here = [(key.view, chosen) for key in index[base.table, base.constraint, "here"] for chosen in key.expand()]
        there = [
            (key.view, chosen) for key in index[base.foreign_table, base.constraint, "there"] for chosen in key.expand()
        ]
        for view, chosen in here:
            columns = tuple((mine[1], pair[1]) for mine, pair in zip(chosen, base.columns, strict=True))
            result.append(replace(base, table=view, is_self=False, columns=columns, table_is_view=True))
        for view, chosen in there:
            columns = tuple((pair[0], other[1]) for pair, other in zip(base.columns, chosen, strict=True))
            result.append(replace(base, foreign_table=view, is_self=False, columns=columns, foreign_table_is_view=True))
        result += [
            replace(
                base,
                table=view,
                foreign_table=other_view,
                is_self=view == other_view,
                columns=tuple((mine[1], theirs[1]) for mine, theirs in zip(chosen, other, strict=True)),
                table_is_view=True,
                foreign_table_is_view=True,
            )
            for view, chosen in here
            for other_view, other in there
        ]
    return result


def swap(columns: Pairs) -> Pairs:
    """Turn pairs around."""
    return tuple((there, here) for here, there in columns)


def add_junctions(tables: dict[QualifiedName, Table], relationships: list[Relationship]) -> list[Relationship]:
    """Add many-to-many: two foreign keys of one table whose columns are part of its primary key."""
    by_table: dict[QualifiedName, list[Relationship]] = defaultdict(list)
    for relationship in relationships:
        table = tables.get(relationship.table)
        within = table is not None and all(here in table.primary_key for here, _ in relationship.columns)
        if within and relationship.cardinality == "m2o":
            by_table[relationship.table].append(relationship)
    result = list(relationships)
    for junction, members in by_table.items():
        for first in members:
            for second in members:
                if first.constraint == second.constraint:
                    continue
                result.append(
                    Relationship(
                        first.foreign_table,
                        second.foreign_table,
                        first.foreign_table == second.foreign_table,
                        "m2m",
                        junction=Junction(
                            junction,
                            first.constraint,
                            second.constraint,
                            swap(first.columns),
                            swap(second.columns),
                        ),
                        table_is_view=first.foreign_table_is_view,
                        foreign_table_is_view=second.foreign_table_is_view,
                    )
                )
    return result


def add_inverses(relationships: list[Relationship]) -> list[Relationship]:
    """Add the way back for every foreign key."""
    result = list(relationships)
    for base in relationships:
        if base.cardinality in ("m2o", "o2o"):
            result.append(
                Relationship(
                    base.foreign_table,
                    base.table,
                    base.is_self,
                    "o2m" if base.cardinality == "m2o" else "o2o",
                    base.constraint,
                    swap(base.columns),
                    base.cardinality == "o2o",
                    None,
                    base.foreign_table_is_view,
                    base.table_is_view,
                )
            )
    return result


def read_computed(rows: list[dict[str, Any]]) -> list[Relationship]:
    """Make the relationships that functions from row to row declare."""
    return [
        Relationship(
            QualifiedName(row["table_schema"], row["table"]),
            QualifiedName(row["foreign_schema"], row["foreign_table"]),
            (row["table_schema"], row["table"]) == (row["foreign_schema"], row["foreign_table"]),
            "computed",
            function=QualifiedName(row["schema"], row["function"]),
            function_to_one=row["to_one"],
        )
        for row in rows
    ]


def sort_key(relationship: Relationship) -> tuple[object, ...]:
    """Order relationships as errors list them."""
    junction = relationship.junction
    middle: tuple[object, ...] = (relationship.constraint, relationship.columns, relationship.is_parent)
    if junction:
        middle = (
            junction.table,
            junction.source_constraint,
            junction.target_constraint,
            junction.source_columns,
            junction.target_columns,
        )
    return (
        relationship.function is not None,
        relationship.table,
        relationship.foreign_table,
        relationship.is_self,
        RANKS.get(relationship.cardinality, 9),
        *middle,
    )


def index_relationships(
    detected: list[Relationship], computed: list[Relationship], schemas: Iterable[str]
) -> RelationshipMap:
    """Index by table and target schema; a computed relationship takes the place of detected ones of its name."""
    exposed = set(schemas)
    groups: dict[tuple[QualifiedName, QualifiedName], list[Relationship]] = defaultdict(list)
    for relationship in detected:
        groups[relationship.table, relationship.foreign_table].append(relationship)
    for relationship in computed:
        if relationship.function:
            groups[relationship.table, relationship.function] = [relationship]
    result: RelationshipMap = defaultdict(list)
    for (table, target), members in groups.items():
        if table.schema not in exposed:
            continue
        result[table, target.schema] += [
            member
            for member in members
            if member.foreign_table.schema in exposed
            and (member.junction is None or member.junction.table.schema in exposed)
        ]
    return {key: sorted(members, key=sort_key) for key, members in result.items()}
