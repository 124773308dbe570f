"""User queries: what somebody wants to know, in plain words, and what was found for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.rows import list_columns
from headwater.core.errors import NotFound, TooLarge
from headwater.kit.pages import Page, PageRequest, read_page
from headwater.products.watch.discovery.rows import QueryRow
from headwater.products.watch.tables import user_queries

_HINTS_LIMIT_BYTES = 8192
_EXPOSED = list_columns(QueryRow, user_queries)


def _check_hints(hints: dict[str, Any]) -> None:
    if len(orjson.dumps(hints)) > _HINTS_LIMIT_BYTES:
        raise TooLarge("config_hints_json may take 8 kB at most.")


async def add_query(
    connection: AsyncConnection, *, workspace_id: UUID, created_by: UUID, raw_query: str, hints: dict[str, Any]
) -> QueryRow:
    """Keep a query, pending until its sources are discovered."""
    _check_hints(hints)
    statement = (
        insert(user_queries)
        .values(workspace_id=workspace_id, created_by=created_by, raw_query=raw_query, config_hints_json=hints)
        .returning(*_EXPOSED)
    )
    return QueryRow(**(await connection.execute(statement)).mappings().one())


async def list_queries(connection: AsyncConnection, *, workspace_id: UUID | None, page: PageRequest) -> Page[QueryRow]:
    """List queries, newest first."""
    statement = select(*_EXPOSED)
    if workspace_id is not None:
        statement = statement.where(user_queries.c.workspace_id == workspace_id)
    return await read_page(connection, statement, by=user_queries.c.id, page=page, row=QueryRow)


async def read_query(connection: AsyncConnection, *, query_id: UUID) -> QueryRow:
    """Read one query. Raises NotFound."""
    row = (await connection.execute(select(*_EXPOSED).where(user_queries.c.id == query_id))).mappings().first()
    if row is None:
        raise NotFound("There is no such query.")
    return QueryRow(**row)


async def change_query(connection: AsyncConnection, *, query_id: UUID, changes: dict[str, Any]) -> QueryRow:
    """Change columns of a query. Raises NotFound."""
    _check_hints(changes.get("config_hints_json") or {})
    if changes:
        statement = (
            update(user_queries).where(user_queries.c.id == query_id).values(**changes).returning(user_queries.c.id)
        )
        if (await connection.execute(statement)).first() is None:
            raise NotFound("There is no such query that you may change.")
    return await read_query(connection, query_id=query_id)


async def delete_query(connection: AsyncConnection, *, query_id: UUID) -> None:
    """Delete a query; its sources stay. Raises NotFound."""
    statement = delete(user_queries).where(user_queries.c.id == query_id).returning(user_queries.c.id)
    if (await connection.execute(statement)).first() is None:
        raise NotFound("There is no such query that you may delete.")
