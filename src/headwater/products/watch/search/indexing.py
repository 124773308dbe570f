"""The index of a model's vectors: made when a large workspace searches by it, outside any transaction."""

from __future__ import annotations

import hashlib

import asyncpg

from headwater.core.database.database import Database
from headwater.core.telemetry import get_logger

logger = get_logger(__name__)

_LIST_MISSING = "select model_name, dimensions from headwater.searched_models where indexed_at is null"
_IS_BROKEN = """
select exists (
    select
    from pg_index
    where indexrelid = to_regclass($1)
        and not indisvalid
)
"""
_WRITE_STATEMENT = """
select format(
    'create index concurrently if not exists %I on public.content_embeddings'
    ' using hnsw ((embedding::extensions.halfvec(%s)) extensions.halfvec_cosine_ops)'
    ' where model_name = %L and dimensions = %s',
    $1::text, $3::integer, $2::text, $3::integer
)
"""
_WRITE_DROP = "select format('drop index concurrently if exists public.%I', $1::text)"
_NOTE = "update headwater.searched_models set indexed_at = now() where model_name = $1 and dimensions = $2"


async def is_index_missing(connection: asyncpg.Connection) -> bool:
    """Say whether somebody searches by vectors that have no index yet."""
    return bool(await connection.fetch(_LIST_MISSING))


async def make_indexes(database: Database) -> None:
    """Make the indexes that searches miss, one after the other; tables stay open to reading and writing meanwhile."""
    async with database.outside_transactions() as connection:
        for row in await connection.fetch(_LIST_MISSING):
            await _make_index(connection, row["model_name"], row["dimensions"])


async def _make_index(connection: asyncpg.Connection, model_name: str, dimensions: int) -> None:
    digest = hashlib.sha256(f"{model_name}:{dimensions}".encode()).hexdigest()[:12]
    name = f"content_embeddings_{digest}_idx"
    if await connection.fetchval(_IS_BROKEN, f"public.{name}"):
        # A build that was interrupted leaves an index that is kept up and never used.
        await connection.execute(await connection.fetchval(_WRITE_DROP, name))
    await connection.execute(await connection.fetchval(_WRITE_STATEMENT, name, model_name, dimensions))
    await connection.execute(_NOTE, model_name, dimensions)
    logger.info("vector_index_made", model=model_name, dimensions=dimensions, index=name)
