"""Sources: the pages and feeds that a workspace watches."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
from pydantic import ValidationError
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.database import driver
from headwater.core.database.rows import list_columns
from headwater.core.database.translating import translate_error
from headwater.core.errors import Conflict, NotFound
from headwater.kit.fetch.urls.normalising import host_of, normalise_url
from headwater.kit.pages import Page, PageRequest, read_page
from headwater.products.watch.sources.config import SourceConfig
from headwater.products.watch.sources.rows import SourceRow
from headwater.products.watch.sources.schemas import NewSource, SourceChanges
from headwater.products.watch.tables import monitored_sources

_NOW = text("headwater.now()")
# What is forgotten when a source is to be checked afresh.
_WOKEN: dict[str, Any] = {"error_count": 0, "last_error": None, "last_error_kind": None, "next_check_at": _NOW}
_EXPOSED = list_columns(SourceRow, monitored_sources)

# Written out, because the most asked for question of this table is worth a bare statement.
READ_ONE = """
select id, workspace_id, user_query_id, url, kind, name, status, config, check_interval, next_check_at,
    last_checked_at, last_changed_at, last_error, last_error_kind, error_count, created_at, updated_at
from public.monitored_sources
where id = $1
    and status <> 'deleted'
"""

READ_ONE_AS_JSON = f"select row_to_json(source)::text from ({READ_ONE}) as source"  # noqa: S608  # two constants


async def add_source(
    connection: AsyncConnection, new: NewSource, *, url: str, workspace_id: UUID, created_by: UUID | None
) -> SourceRow:
    """Add a source; it is due at once.

    Raises:
        Conflict: `already_watched`, where `details` names the source; `limit_reached`, with as many as it may have.
    """
    values = {
        "workspace_id": workspace_id,
        "created_by": created_by,
        "user_query_id": new.user_query_id,
        "url": url,
        "normalised_url": normalise_url(url),
        "host": host_of(url),
        "kind": new.kind,
        "name": new.name or url[:200],
        "check_interval": new.check_interval,
        "config": new.config.model_dump(),
        "next_check_at": _NOW,
    }
    try:
        async with connection.begin_nested():
            statement = insert(monitored_sources).values(values).returning(*_EXPOSED)
            return SourceRow(**(await connection.execute(statement)).mappings().one())
    except DBAPIError as error:
        refused = translate_error(error)
        if not isinstance(refused, Conflict):
            raise
        if refused.code == "limit_reached":
            raise refused from error
        existing = await _find_by_url(connection, workspace_id=workspace_id, url=url)
        if existing is None:
            raise
        raise Conflict(
            "This page is watched already.", code="already_watched", details={"id": str(existing)}
        ) from error


async def _find_by_url(connection: AsyncConnection, *, workspace_id: UUID, url: str) -> UUID | None:
    statement = select(monitored_sources.c.id).where(
        monitored_sources.c.workspace_id == workspace_id,
        monitored_sources.c.normalised_url == normalise_url(url),
        monitored_sources.c.status != "deleted",
    )
    found: UUID | None = (await connection.execute(statement)).scalar()
    return found


async def list_sources(
    connection: AsyncConnection,
    *,
    workspace_id: UUID | None,
    status: str | None = None,
    user_query_id: UUID | None = None,
    search: str | None = None,
    page: PageRequest,
) -> Page[SourceRow]:
    """List sources that are not deleted, newest first."""
    statement = select(*_EXPOSED).where(monitored_sources.c.status != "deleted")
    if workspace_id is not None:
        statement = statement.where(monitored_sources.c.workspace_id == workspace_id)
    if status is not None:
        statement = statement.where(monitored_sources.c.status == status)
    if user_query_id is not None:
        statement = statement.where(monitored_sources.c.user_query_id == user_query_id)
    if search:
        statement = statement.where(
            monitored_sources.c.name.icontains(search, autoescape=True)
            | monitored_sources.c.url.icontains(search, autoescape=True)
        )
    return await read_page(connection, statement, by=monitored_sources.c.id, page=page, row=SourceRow)


async def read_source(connection: AsyncConnection, *, source_id: UUID) -> SourceRow:
    """Read one source. Raises NotFound."""
    row = await (await driver(connection)).fetchrow(READ_ONE, source_id)
    if row is None:
        raise NotFound("There is no such source.")
    return SourceRow(**row)


async def change_source(connection: AsyncConnection, *, source_id: UUID, changes: SourceChanges) -> SourceRow:
    """Change a source. Waking a paused one clears its errors and makes it due. Raises NotFound."""
    values = changes.model_dump(exclude_unset=True, exclude_none=True)
    if values.get("status") == "active":
        values |= _WOKEN
    if "check_interval" in values:
        due = func.coalesce(monitored_sources.c.last_checked_at, _NOW) + text(
            "make_interval(secs => :every)"
        ).bindparams(every=values["check_interval"])
        values["next_check_at"] = func.greatest(due, _NOW)
    if values.keys() & {"status", "config", "kind"}:
        # A check that is under way began under the old terms; without its ticket it records nothing.
        values |= {"check_ticket": None, "checking_until": None}
    if await _is_read_otherwise(connection, source_id=source_id, changes=changes):
        # Another way of reading the page makes another text of the same bytes: the next check starts afresh.
        values |= {"etag": None, "last_modified": None, "body_hash": None, "current_content_id": None, "volatility": {}}
    if values:
        statement = (
            update(monitored_sources)
            .where(monitored_sources.c.id == source_id, monitored_sources.c.status != "deleted")
            .values(**values)
            .returning(monitored_sources.c.id)
        )
        if (await connection.execute(statement)).first() is None:
            raise NotFound("There is no such source that you may change.")
    return await read_source(connection, source_id=source_id)


async def _is_read_otherwise(connection: AsyncConnection, *, source_id: UUID, changes: SourceChanges) -> bool:
    """Will the page be read in another way than before? A threshold or a keyword changes nothing in what was read."""
    if changes.config is None and changes.kind is None:
        return False
    statement = select(monitored_sources.c.kind, monitored_sources.c.config).where(monitored_sources.c.id == source_id)
    row = (await connection.execute(statement)).first()
    if row is None:
        return False
    if changes.kind not in (None, row.kind):
        return True
    try:
        before = SourceConfig.model_validate(row.config)
    except ValidationError:
        return True
    return changes.config is not None and changes.config.reading() != before.reading()


async def delete_source(connection: AsyncConnection, *, source_id: UUID) -> None:
    """Delete a source. Its history stays and the page can be added again. Raises NotFound."""
    statement = (
        update(monitored_sources)
        .where(monitored_sources.c.id == source_id, monitored_sources.c.status != "deleted")
        .values(status="deleted", check_ticket=None, checking_until=None)
        .returning(monitored_sources.c.id)
    )
    if (await connection.execute(statement)).first() is None:
        raise NotFound("There is no such source that you may delete.")


async def restore_source(connection: AsyncConnection, *, source_id: UUID) -> SourceRow:
    """Take a deletion back. Raises NotFound, or Conflict when the page was added again meanwhile."""
    statement = (
        update(monitored_sources)
        .where(monitored_sources.c.id == source_id, monitored_sources.c.status == "deleted")
        .values(status="active", **_WOKEN)
        .returning(monitored_sources.c.id)
    )
    if (await connection.execute(statement)).first() is None:
        raise NotFound("There is no such deleted source.")
    return await read_source(connection, source_id=source_id)


async def read_source_as_json(connection: asyncpg.Connection, *, source_id: UUID) -> bytes:
    """Read one source as the JSON that the API answers, made by Postgres. Raises NotFound."""
    row: str | None = await connection.fetchval(READ_ONE_AS_JSON, source_id)
    if row is None:
        raise NotFound("There is no such source.")
    return row.encode()


async def list_all(connection: AsyncConnection, *, workspace_id: UUID) -> list[SourceRow]:
    """List every source of a workspace that is not deleted, by name, for an export."""
    statement = (
        select(*_EXPOSED)
        .where(monitored_sources.c.workspace_id == workspace_id, monitored_sources.c.status != "deleted")
        .order_by(monitored_sources.c.name, monitored_sources.c.id)
    )
    return [SourceRow(**row) for row in (await connection.execute(statement)).mappings()]
