"""Versions of a source's content: one row a distinct text, a line a passage, beside it what markup said of each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.rows import list_columns
from headwater.core.errors import NotFound
from headwater.core.text import clean_text
from headwater.kit.pages import Page, PageRequest, read_page
from headwater.products.watch.checks.rows import VersionLine, VersionRow
from headwater.products.watch.page.lines import join_passages, split_passages
from headwater.products.watch.page.passages import Passage
from headwater.products.watch.tables import monitored_sources, scraped_contents

# In the order of the key, as everything that writes several rows.
_STORE_VERSIONS = """
insert into public.scraped_contents as stored (
    workspace_id, monitored_source_id, title, content, content_hash, passages, embedded_by
)
select
    $1, seen.source_id, seen.title, seen.content, seen.content_hash, seen.passages::jsonb, seen.embedded_by
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    as seen (source_id, title, content, content_hash, passages, embedded_by)
order by seen.source_id
on conflict (monitored_source_id, content_hash) do update
set title = excluded.title,
    embedded_by = coalesce(excluded.embedded_by, stored.embedded_by)
returning monitored_source_id, id
"""

_READ_VERSIONS = "select id, title, content, passages from public.scraped_contents where id = any ($1)"


@dataclass(frozen=True)
class StoredVersion:
    """A version as it was stored."""

    id: UUID
    title: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class NewVersion:
    """A version as it was seen. `embedded_by` names the model that has read every passage of it."""

    source_id: UUID
    title: str
    passages: tuple[Passage, ...]
    embedded_by: str | None = None


async def store_versions(
    connection: asyncpg.Connection, versions: Sequence[NewVersion], *, workspace_id: UUID
) -> dict[UUID, UUID]:
    """Store a version of each source, or find it where the page looked like this before. Return their ids by source."""
    if not versions:
        return {}
    joined = [join_passages(one.passages) for one in versions]
    rows = await connection.fetch(
        _STORE_VERSIONS,
        workspace_id,
        [one.source_id for one in versions],
        [clean_text(one.title)[:500] for one in versions],
        [content for content, _ in joined],
        [_hash_version(one.passages) for one in versions],
        [orjson.dumps(marks).decode() for _, marks in joined],
        [one.embedded_by for one in versions],
    )
    return {row["monitored_source_id"]: row["id"] for row in rows}


def _hash_version(passages: Sequence[Passage]) -> str:
    return hashlib.sha256("\n".join(passage.hash for passage in passages).encode()).hexdigest()


async def read_versions(connection: asyncpg.Connection, version_ids: Sequence[UUID]) -> dict[UUID, StoredVersion]:
    """Read versions with their passages, by id; those that aren't there any more are left out."""
    rows = await connection.fetch(_READ_VERSIONS, version_ids)
    return {
        row["id"]: StoredVersion(row["id"], row["title"], split_passages(row["content"], orjson.loads(row["passages"])))
        for row in rows
    }


async def read_content(connection: AsyncConnection, *, version_id: UUID, source_id: UUID) -> VersionRow:
    """Read a version's text. Raises NotFound."""
    statement = select(*list_columns(VersionRow, scraped_contents)).where(
        scraped_contents.c.id == version_id, scraped_contents.c.monitored_source_id == source_id
    )
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        raise NotFound("There is no such version of this source.")
    return VersionRow(**row)


async def list_versions(connection: AsyncConnection, *, source_id: UUID, page: PageRequest) -> Page[VersionLine]:
    """List a source's distinct versions without their content, newest first."""
    columns = list_columns(
        VersionLine,
        scraped_contents,
        characters=func.char_length(scraped_contents.c.content),
        is_current=func.coalesce(scraped_contents.c.id == monitored_sources.c.current_content_id, False),
    )
    statement = (
        select(*columns)
        .join(monitored_sources, monitored_sources.c.id == scraped_contents.c.monitored_source_id)
        .where(scraped_contents.c.monitored_source_id == source_id)
    )
    return await read_page(connection, statement, by=scraped_contents.c.id, page=page, row=VersionLine)
