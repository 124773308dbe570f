"""The description at the root: what the caller may see, as an OpenAPI 2.0 document in PostgREST's layout."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import orjson

from headwater.local.rest import errors
from headwater.local.rest.catalog.model import Routine, SchemaCache, Table
from headwater.local.rest.config import RestConfig
from headwater.local.rest.database.connection import DatabaseFailure, Statement
from headwater.local.rest.database.errors import translate
from headwater.local.rest.database.pool import PipelinePool
from headwater.local.rest.database.transaction import COMMIT, ROLLBACK, Surroundings, begin, make_settings
from headwater.local.rest.description.parts import describe_parameters, describe_path, describe_routine, describe_table
from headwater.local.rest.identifiers import quote_name
from headwater.local.rest.requests.media_types import ANY, JSON, OPENAPI
from headwater.local.rest.requests.request import RestRequest
from headwater.local.rest.responses import Answer, content_headers

VISIBLE = b"""
select json_build_object(
  'description', obj_description(n.oid, 'pg_namespace'),
  'tables', (
    select coalesce(json_agg(c.relname order by c.relname), '[]')
    from pg_class c
    where c.relnamespace = n.oid
      and c.relkind in ('v', 'r', 'm', 'f', 'p')
      and not c.relispartition
      and (
        pg_has_role(c.relowner, 'usage')
        or has_table_privilege(c.oid, 'select, insert, update, delete, truncate, references, trigger')
        or has_any_column_privilege(c.oid, 'select, insert, update, references')
      )
  ),
  'functions', (
    select coalesce(json_agg(json_build_array(p.proname, p.pronargs) order by p.proname), '[]')
    from pg_proc p
    where p.pronamespace = n.oid
      and has_function_privilege(p.oid, 'execute')
  )
)
from pg_namespace n
where n.nspname = $1
"""
MIME_TYPES = [
    "application/json",
    "application/vnd.pgrst.object+json;nulls=stripped",
    "application/vnd.pgrst.object+json",
    "text/csv",
]


async def describe_api(
    pool: PipelinePool,
    config: RestConfig,
    cache: SchemaCache,
    request: RestRequest,
    surroundings: Surroundings,
) -> Answer:
    """Answer the root: tables and functions of the schema, those alone that the role has rights on by default."""
    if not any(accepted in (OPENAPI, JSON, ANY) for accepted in request.accepts):
        raise errors.unavailable_media_types([accepted.name for accepted in request.accepts])
    found = await find_visible(pool, config, cache, request, surroundings)
    tables = [table for name, table in cache.tables.items() if name.schema == request.schema]
    routines = [item for name, group in cache.routines.items() if name.schema == request.schema for item in group]
    if config.openapi_mode != "ignore-privileges":
        seen = set(found["tables"])
        callable_ones = {(name, count) for name, count in found["functions"]}
        tables = [table for table in tables if table.name.name in seen]
        routines = [item for item in routines if (item.name.name, len(item.parameters)) in callable_ones]
    document = build_document(config, cache, tables, routines, found["description"])
    body = b"" if request.headers_only else orjson.dumps(document)
    return Answer(200, content_headers(request, OPENAPI, None if request.headers_only else body), body)


async def find_visible(
    pool: PipelinePool,
    config: RestConfig,
    cache: SchemaCache,
    request: RestRequest,
    surroundings: Surroundings,
) -> dict[str, Any]:
    """Ask the database, as the role, what it may see."""
    statements = [
        begin(config, cache, surroundings.caller.role, None, writes=False),
        make_settings(config, cache, request, surroundings, ()),
    ]
    if config.pre_request:
        statements.append(Statement(b"select " + quote_name(config.pre_request).encode() + b"()"))
    statements += [Statement(VISIBLE, [request.schema.encode()]), COMMIT]
    async with pool.connection() as connection:
        try:
            results = await connection.run(statements)
        except DatabaseFailure as failure:
            await connection.run([ROLLBACK])
            raise translate(failure, anonymous=surroundings.caller.is_anonymous) from failure
    result = results[-2]
    found: dict[str, Any] = orjson.loads(result.get_value(0, 0) or b"{}") if result.ntuples else {}
    return {"description": found.get("description"), "tables": found.get("tables", []),
            "functions": found.get("functions", [])}  # fmt: skip


def split_comment(comment: str | None) -> tuple[str | None, str | None]:
    """Return the first line of a comment and the rest."""
    if comment is None:
        return None, None
    first, _, rest = comment.partition("\n")
    return first, rest.lstrip("\n") or None


def build_document(
    config: RestConfig,
    cache: SchemaCache,
    tables: list[Table],
    routines: list[Routine],
    comment: str | None,
) -> dict[str, Any]:
    """Build the document."""
    title, description = split_comment(comment)
    document: dict[str, Any] = {
        "swagger": "2.0",
        "info": {
            "version": config.version,
            "title": title or "PostgREST API",
            "description": description or "This is a dynamic API generated by PostgREST",
        },
        "externalDocs": {
            "description": "PostgREST Documentation",
            "url": f"https://postgrest.org/en/v{config.version.split('.', 1)[0]}/references/api.html",
        },
        "consumes": MIME_TYPES,
        "produces": MIME_TYPES,
        "paths": build_paths(tables, routines),
        "definitions": {table.name.name: describe_table(cache, table) for table in tables},
        "parameters": describe_parameters(tables),
        **find_address(config),
    }
    if config.openapi_security:
        document["securityDefinitions"] = {
            "JWT": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "description": 'Add the token prepending "Bearer " (without quotes) to it',
            }
        }
        document["security"] = [{"JWT": []}]
    return document


def build_paths(tables: list[Table], routines: list[Routine]) -> dict[str, Any]:
    """Build the list of addresses."""
    paths: dict[str, Any] = {
        "/": {
            "get": {
                "tags": ["Introspection"],
                "summary": "OpenAPI description (this document)",
                "produces": ["application/openapi+json", "application/json"],
                "responses": {"200": {"description": "OK"}},
            }
        }
    }
    for table in tables:
        summary, description = split_comment(table.description)
        paths[f"/{table.name.name}"] = describe_path(table, summary, description)
    for routine in routines:
        summary, description = split_comment(routine.description)
        paths[f"/rpc/{routine.name.name}"] = describe_routine(routine, summary, description)
    return paths


def find_address(config: RestConfig) -> dict[str, Any]:
    """Return scheme, host and base path: those of the proxy where one is set."""
    if config.openapi_proxy_uri is None:
        return {"schemes": ["http"], "basePath": "/"}
    parts = urlsplit(config.openapi_proxy_uri)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return {"schemes": [parts.scheme], "host": f"{parts.hostname}:{port}", "basePath": parts.path or "/"}
