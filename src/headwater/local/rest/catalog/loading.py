"""Reading the catalog: the statements run one after the other in one transaction, then everything is indexed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from headwater.local.rest.catalog import queries
from headwater.local.rest.catalog.model import (
    ANY_ELEMENT,
    Column,
    Handler,
    HandlerMap,
    Parameter,
    Relationship,
    Routine,
    SchemaCache,
    Table,
)
from headwater.local.rest.catalog.relationships import (
    RelationshipMap,
    add_inverses,
    add_junctions,
    add_view_relationships,
    index_relationships,
    read_computed,
    read_foreign_keys,
)
from headwater.local.rest.catalog.views import KeyColumns, find_view_keys
from headwater.local.rest.config import RestConfig
from headwater.local.rest.identifiers import QualifiedName
from headwater.local.rest.requests.media_types import ANY, CSV, GEOJSON, JSON, parse_media_type

# Gives the one JSON value of a statement with text parameters.
FetchJson = Callable[[str, list[str | None]], Awaitable[Any]]


def format_names(names: tuple[str, ...]) -> str:
    """Return the literal of a text array."""
    return "{" + ",".join('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in names) + "}"


async def load_schema_cache(fetch: FetchJson, config: RestConfig) -> SchemaCache:
    """Read everything that requests are planned with."""
    schemas = format_names(config.schemas)
    with_extra = format_names((*config.schemas, *config.extra_search_path))
    views = await fetch(queries.VIEWS, [with_extra])
    key_columns = await fetch(queries.KEY_COLUMNS, [])
    # A large schema takes long to index: in a thread of its own it holds up no request.
    keys = await asyncio.to_thread(find_view_keys, views, key_columns)
    tables = add_view_keys(read_tables(await fetch(queries.TABLES, [schemas])), keys)
    foreign_keys = read_foreign_keys(await fetch(queries.FOREIGN_KEYS, []))
    computed = read_computed(await fetch(queries.COMPUTED_RELATIONSHIPS, []))
    routines = read_routines(await fetch(queries.ROUTINES, [schemas]), config.hoisted_settings)
    representations = {
        (row["source"], row["target"]): row["function"] for row in await fetch(queries.REPRESENTATIONS, [])
    }
    exposed = set(config.schemas)
    return SchemaCache(
        tables={name: table for name, table in tables.items() if name.schema in exposed},
        relationships=await asyncio.to_thread(derive, tables, foreign_keys, keys, computed, config.schemas),
        routines=routines,
        representations=representations,
        handlers=read_handlers(await fetch(queries.HANDLERS, [schemas])),
        role_settings=read_role_settings(await fetch(queries.ROLE_SETTINGS, []), await fetch(queries.SETTABLE, [])),
    )


def derive(
    tables: dict[QualifiedName, Table],
    foreign_keys: list[Relationship],
    keys: list[KeyColumns],
    computed: list[Relationship],
    schemas: tuple[str, ...],
) -> RelationshipMap:
    """Derive all relationships from the foreign keys."""
    detected = add_inverses(add_junctions(tables, add_view_relationships(foreign_keys, keys)))
    return index_relationships(detected, computed, schemas)


def read_tables(rows: list[dict[str, Any]]) -> dict[QualifiedName, Table]:
    """Make the tables."""
    tables: dict[QualifiedName, Table] = {}
    for row in rows:
        name = QualifiedName(row["schema"], row["name"])
        columns = {
            column["name"]: Column(**{**column, "enum": tuple(column["enum"] or ())}) for column in row["columns"] or ()
        }
        changes = row["changes"]
        tables[name] = Table(
            name,
            row["description"],
            row["is_view"],
            bool(changes & 8),
            bool(changes & 4),
            bool(changes & 16),
            tuple(row["primary_key"] or ()),
            columns,
        )
    return tables


def add_view_keys(tables: dict[QualifiedName, Table], keys: list[KeyColumns]) -> dict[QualifiedName, Table]:
    """Return views the primary keys that they show; the first view column of each key column counts."""
    found: dict[QualifiedName, list[str]] = defaultdict(list)
    for key in keys:
        if key.kind == "primary":
            found[key.view] += [options[0] for _, options in key.columns]
    return {
        name: replace(table, primary_key=tuple(found[name])) if table.is_view else table
        for name, table in tables.items()
    }


def read_routines(rows: list[dict[str, Any]], hoisted: tuple[str, ...]) -> dict[QualifiedName, list[Routine]]:
    """Make the functions, overloads with fewest parameters first."""
    found: dict[QualifiedName, list[Routine]] = defaultdict(list)
    for row in rows:
        name = QualifiedName(row["schema"], row["name"])
        settings = dict(text.split("=", 1) for text in row["settings"] or ())
        found[name].append(
            Routine(
                name,
                row["description"],
                tuple(Parameter(**parameter) for parameter in row["parameters"]),
                QualifiedName(row["return_schema"], row["return_type"]),
                row["returns_set"],
                row["returns_composite"],
                row["volatility"],
                row["has_variadic"],
                settings.get("default_transaction_isolation"),
                tuple((key, value) for key, value in settings.items() if key in hoisted),
            )
        )
    for overloads in found.values():
        overloads.sort(key=lambda routine: (len(routine.parameters), str(routine)))
    return dict(found)


def read_handlers(rows: list[dict[str, Any]]) -> HandlerMap:
    """Make the map of media handlers: the built-in ones, and those that the database declares above them."""
    handlers: HandlerMap = {
        (ANY_ELEMENT, ANY): (Handler("json"), JSON),
        (ANY_ELEMENT, JSON): (Handler("json"), JSON),
        (ANY_ELEMENT, CSV): (Handler("csv"), CSV),
        (ANY_ELEMENT, GEOJSON): (Handler("geojson"), GEOJSON),
    }
    for row in rows:
        target = QualifiedName(row["target_schema"], row["target"])
        handler = Handler("custom", QualifiedName(row["schema"], row["function"]), target)
        media = row["media_type"].lower()
        resolved = "application/octet-stream" if media == "*/*" else row["media_type"]
        handlers[target, parse_media_type(media)] = (handler, parse_media_type(resolved))
    return handlers


def read_role_settings(rows: list[dict[str, Any]], settable: list[str]) -> dict[str, dict[str, str]]:
    """Return each role's own settings, as far as the connecting role may set them."""
    allowed = set(settable)
    result: dict[str, dict[str, str]] = {}
    for row in rows:
        settings = dict(text.split("=", 1) for text in row["settings"])
        result[row["role"]] = {key: value for key, value in settings.items() if key in allowed}
    return result
