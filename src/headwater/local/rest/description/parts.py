"""The parts of the root description: types, tables, parameters and operations."""

from __future__ import annotations

from typing import Any

import orjson

from headwater.local.rest.catalog.model import Column, Parameter, Routine, SchemaCache, Table

TYPES: dict[str, str | None] = {
    "character varying": "string", "character": "string", "text": "string", "boolean": "boolean",
    "smallint": "integer", "integer": "integer", "bigint": "integer", "numeric": "number", "real": "number",
    "double precision": "number", "json": None, "jsonb": None,
}  # fmt: skip
FORMATS = {"smallint": "int32", "integer": "int32", "bigint": "int64"}
COMMON = ("select", "order", "range", "rangeUnit", "offset", "limit", "preferCount")


def find_type(name: str) -> str | None:
    """Return the JSON type of a Postgres type; None where it may be any."""
    if name in TYPES:
        return TYPES[name]
    return "array" if name.endswith("[]") else "string"


def describe_type(name: str) -> dict[str, Any]:
    """Describe a type."""
    found = find_type(name)
    described: dict[str, Any] = {"format": FORMATS.get(name, name)}
    if found:
        described["type"] = found
    if found == "array":
        inner = find_type(name[:-2])
        described["items"] = {"type": inner} if inner else {}
    return described


def read_default(column: Column) -> Any:
    """Return a column's default as JSON, where it is a plain value; None otherwise."""
    if column.default is None:
        return None
    text = column.default
    if find_type(column.data_type) == "string":
        suffix = f"::{column.data_type}"
        if text.endswith(suffix):
            text = text.removesuffix(suffix).strip("'")
        text = f'"{text}"'
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def describe_table(cache: SchemaCache, table: Table) -> dict[str, Any]:
    """Describe a table's rows."""
    described: dict[str, Any] = {
        "type": "object",
        "properties": {column.name: describe_column(cache, table, column) for column in table.columns.values()},
    }
    required = [column.name for column in table.columns.values() if not column.nullable]
    if required:
        described["required"] = required
    if table.description:
        described["description"] = table.description
    return described


def describe_column(cache: SchemaCache, table: Table, column: Column) -> dict[str, Any]:
    """Describe a column, with notes on the keys that it belongs to."""
    described = describe_type(column.data_type)
    notes: list[str] = []
    if column.name in table.primary_key:
        notes.append("This is a Primary Key.<pk/>")
    known = cache.relationships.get((table.name, table.name.schema), [])
    for found in sorted(known, key=lambda item: item.foreign_table_is_view):
        to_one = found.cardinality == "m2o" or (found.cardinality == "o2o" and not found.is_parent)
        if to_one and [here for here, _ in found.columns] == [column.name]:
            target, there = found.foreign_table.name, found.columns[0][1]
            notes.append(f"This is a Foreign Key to `{target}.{there}`.<fk table='{target}' column='{there}'/>")
            break
    if notes:
        start = f"{column.description}\n\n" if column.description else ""
        described["description"] = start + "\n".join(["Note:", *notes])
    elif column.description:
        described["description"] = column.description
    default = read_default(column)
    if default is not None:
        described["default"] = default
    if column.enum:
        described["enum"] = list(column.enum)
    if column.max_length is not None:
        described["maxLength"] = column.max_length
    return described


def query_parameter(name: str, description: str, *, where: str = "query", **more: Any) -> dict[str, Any]:
    """Describe a parameter that is text."""
    return {"name": name, "description": description, "required": False, "in": where, "type": "string", **more}


def describe_parameters(tables: list[Table]) -> dict[str, Any]:
    """Describe the parameters that operations refer to."""
    returns = ["return=representation", "return=minimal", "return=none"]
    resolutions = ["resolution=ignore-duplicates", "resolution=merge-duplicates"]
    parameters: dict[str, Any] = {
        "preferParams": query_parameter("Prefer", "Preference", where="header"),
        "preferReturn": query_parameter("Prefer", "Preference", where="header", enum=returns),
        "preferCount": query_parameter("Prefer", "Preference", where="header", enum=["count=none"]),
        "preferPost": query_parameter("Prefer", "Preference", where="header", enum=returns + resolutions),
        "select": query_parameter("select", "Filtering Columns"),
        "on_conflict": query_parameter("on_conflict", "On Conflict"),
        "order": query_parameter("order", "Ordering"),
        "range": query_parameter("Range", "Limiting and Pagination", where="header"),
        "rangeUnit": query_parameter("Range-Unit", "Limiting and Pagination", where="header", default="items"),
        "offset": query_parameter("offset", "Limiting and Pagination"),
        "limit": query_parameter("limit", "Limiting and Pagination"),
    }
    for table in tables:
        name = table.name.name
        parameters[f"body.{name}"] = {
            "name": name,
            "description": name,
            "required": False,
            "in": "body",
            "schema": {"$ref": f"#/definitions/{name}"},
        }
        for column in table.columns.values():
            described: dict[str, Any] = {"name": column.name, "required": False, "in": "query", "type": "string"}
            if column.description:
                described["description"] = column.description
            parameters[f"rowFilter.{name}.{column.name}"] = described
    return parameters


def describe_path(table: Table, summary: str | None, description: str | None) -> dict[str, Any]:
    """Describe the operations on a table."""
    name = table.name.name
    filters = [f"rowFilter.{name}.{column}" for column in table.columns]

    def operation(references: list[str], responses: dict[str, Any]) -> dict[str, Any]:
        described: dict[str, Any] = {
            "tags": [name],
            "parameters": [{"$ref": f"#/parameters/{reference}"} for reference in references],
            "responses": responses,
        }
        if summary is not None:
            described["summary"] = summary
        if description:
            described["description"] = description
        return described

    rows = {"type": "array", "items": {"$ref": f"#/definitions/{name}"}}
    found = {
        "200": {"description": "OK", "schema": rows},
        "206": {"description": "Partial Content"},
    }
    path = {"get": operation([*filters, *COMMON], found)}
    if table.insertable or table.updatable or table.deletable:
        nothing = {"204": {"description": "No Content"}}
        path["post"] = operation([f"body.{name}", "select", "preferPost"], {"201": {"description": "Created"}})
        path["patch"] = operation([*filters, f"body.{name}", "preferReturn"], nothing)
        path["delete"] = operation([*filters, "preferReturn"], nothing)
    return path


def describe_argument(parameter: Parameter) -> dict[str, Any]:
    """Describe an argument in the query string."""
    described: dict[str, Any] = {"name": parameter.name, "required": parameter.required, "in": "query"}
    if parameter.variadic:
        inner = parameter.type[:-2]
        described["type"] = find_type(parameter.type) or "string"
        described["items"] = {"type": find_type(inner) or "string", "format": FORMATS.get(inner, inner)}
        described["collectionFormat"] = "multi"
        return described
    found = find_type(parameter.type)
    described["type"] = "string" if found in (None, "array") else found
    described["format"] = FORMATS.get(parameter.type, parameter.type)
    return described


def describe_routine(routine: Routine, summary: str | None, description: str | None) -> dict[str, Any]:
    """Describe the operations on a function."""
    base: dict[str, Any] = {
        "tags": [f"(rpc) {routine.name.name}"],
        "produces": [
            "application/json",
            "application/vnd.pgrst.object+json;nulls=stripped",
            "application/vnd.pgrst.object+json",
        ],
        "responses": {"200": {"description": "OK"}},
    }
    if summary is not None:
        base["summary"] = summary
    if description:
        base["description"] = description
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {parameter.name: describe_type(parameter.type) for parameter in routine.parameters},
    }
    required = [parameter.name for parameter in routine.parameters if parameter.required]
    if required:
        schema["required"] = required
    if routine.description:
        schema["description"] = routine.description
    body = {"name": "args", "required": True, "in": "body", "schema": schema}
    path: dict[str, Any] = {"post": {**base, "parameters": [body, {"$ref": "#/parameters/preferParams"}]}}
    if routine.volatility != "v":
        path["get"] = {**base, "parameters": [describe_argument(parameter) for parameter in routine.parameters]}
    return path
