"""Versions of a source's content: one row a distinct text, its passages kept as places in it, a vector a passage."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.errors import NotFound
from headwater.core.text import clean_text
from headwater.products.watch.passages import Passage
from headwater.products.watch.tables import monitored_sources, scraped_contents

Vectors = NDArray[np.float32]

_STORE_VERSION = """
insert into public.scraped_contents (workspace_id, monitored_source_id, title, content, content_hash, passages)
values ($1, $2, $3, $4, $5, $6)
on conflict (monitored_source_id, content_hash) do update
set title = excluded.title
returning id
"""

_READ_VERSION = "select title, content, passages from public.scraped_contents where id = $1"

_STORE_VECTORS = """
insert into public.content_embeddings (workspace_id, passage_hash, model_name, dimensions, embedding)
select $1, passage.hash, $2, $3, passage.vector::extensions.halfvec
from unnest($4::text[], $5::text[]) as passage (hash, vector)
on conflict (workspace_id, passage_hash, model_name) do nothing
"""

_READ_VECTORS = """
select passage_hash, embedding::text
from public.content_embeddings
where workspace_id = $1
    and model_name = $2
    and passage_hash = any ($3)
"""


@dataclass(frozen=True)
class StoredVersion:
    """A version as it was stored."""

    id: UUID
    title: str
    passages: tuple[Passage, ...]


def join_passages(passages: Sequence[Passage]) -> tuple[str, list[list[Any]]]:
    """Give the text of a version, and where each passage stands in it with what its markup said."""
    places: list[list[Any]] = []
    start = 0
    for passage in passages:
        end = start + len(passage.text)
        places.append(
            [
                passage.hash,
                start,
                end,
                passage.tag,
                passage.region,
                list(passage.hints),
                passage.heading,
                list(passage.volatile),
            ]
        )
        start = end + 1
    return "\n".join(passage.text for passage in passages), places


def split_passages(content: str, places: Sequence[Sequence[Any]]) -> tuple[Passage, ...]:
    """Give the passages back; the reverse of `join_passages`."""
    return tuple(
        Passage(
            text=content[place[1] : place[2]],
            hash=place[0],
            ordinal=ordinal,
            tag=place[3],
            region=place[4],
            hints=tuple(place[5]),
            heading=place[6],
            volatile=tuple(place[7]),
        )
        for ordinal, place in enumerate(places)
    )


async def store_version(
    connection: asyncpg.Connection,
    *,
    workspace_id: UUID,
    source_id: UUID,
    title: str,
    passages: Sequence[Passage],
) -> UUID:
    """Store a version, or find it when the page looked like this before. Give its id."""
    content, places = join_passages(passages)
    content_hash = hashlib.sha256("\n".join(passage.hash for passage in passages).encode()).hexdigest()
    version_id: UUID = await connection.fetchval(
        _STORE_VERSION,
        workspace_id,
        source_id,
        clean_text(title)[:500],
        content,
        content_hash,
        orjson.dumps(places).decode(),
    )
    return version_id


async def read_current(connection: asyncpg.Connection, version_id: UUID) -> StoredVersion:
    """Read the version that a check compares with. Raises NotFound."""
    row = await connection.fetchrow(_READ_VERSION, version_id)
    if row is None:
        raise NotFound("There is no such version of this source.")
    return StoredVersion(version_id, row[0], split_passages(row[1], orjson.loads(row[2])))


async def read_content(connection: AsyncConnection, *, version_id: UUID, source_id: UUID) -> dict[str, Any]:
    """Read a version's text. Raises NotFound."""
    statement = select(scraped_contents).where(
        scraped_contents.c.id == version_id, scraped_contents.c.monitored_source_id == source_id
    )
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        raise NotFound("There is no such version of this source.")
    return dict(row)


async def list_versions(
    connection: AsyncConnection, *, source_id: UUID, before: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """List a source's distinct versions without their content, newest first."""
    statement = (
        select(
            scraped_contents.c.id,
            scraped_contents.c.title,
            func.char_length(scraped_contents.c.content).label("characters"),
            (scraped_contents.c.id == monitored_sources.c.current_content_id).label("is_current"),
            scraped_contents.c.created_at,
        )
        .join(monitored_sources, monitored_sources.c.id == scraped_contents.c.monitored_source_id)
        .where(scraped_contents.c.monitored_source_id == source_id)
    )
    if before is not None:
        statement = statement.where(scraped_contents.c.id < before)
    statement = statement.order_by(scraped_contents.c.id.desc()).limit(limit)
    return [{**row, "is_current": bool(row["is_current"])} for row in (await connection.execute(statement)).mappings()]


async def store_vectors(
    connection: asyncpg.Connection, *, workspace_id: UUID, model_name: str, vectors_by_hash: Mapping[str, Vectors]
) -> None:
    """Store the vectors of passages; those that are there stay as they are."""
    if not vectors_by_hash:
        return
    await connection.execute(
        _STORE_VECTORS,
        workspace_id,
        model_name,
        len(next(iter(vectors_by_hash.values()))),
        list(vectors_by_hash),
        [_write_vector(vector) for vector in vectors_by_hash.values()],
    )


async def read_vectors(
    connection: asyncpg.Connection, *, workspace_id: UUID, model_name: str, hashes: Sequence[str]
) -> dict[str, Vectors]:
    """Read the vectors that are stored for passages, by hash."""
    if not hashes:
        return {}
    rows = await connection.fetch(_READ_VECTORS, workspace_id, model_name, list(hashes))
    return {row[0]: np.fromstring(row[1][1:-1], dtype=np.float32, sep=",") for row in rows}


def _write_vector(vector: Vectors) -> str:
    return "[" + ",".join([f"{value:.4g}" for value in vector.tolist()]) + "]"
