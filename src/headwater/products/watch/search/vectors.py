"""Vectors of passages in pgvector: kept where a model made them, once a text and model; compared where they lie.

The lexical embedder's are kept nowhere: it makes them again in microseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray

from headwater.core.errors import Unavailable, UpstreamFailed
from headwater.core.telemetry import get_logger
from headwater.kit.ai import AsyncEmbedder, HashingEmbedder
from headwater.products.watch.compare.align import MAX_FOR_NEAREST, Likeness
from headwater.products.watch.page.passages import Passage

logger = get_logger(__name__)
Vectors = NDArray[np.float32]
OpenTransaction = Callable[[], AbstractAsyncContextManager[asyncpg.Connection]]

_FIND_STORED = """
select passage_hash
from public.content_embeddings
where workspace_id = $1
    and model_name = $2
    and passage_hash = any ($3)
"""

# In the order of the key: checks of pages that share passages store them at the same time.
_STORE = """
insert into public.content_embeddings (workspace_id, passage_hash, model_name, dimensions, embedding)
select $1, passage.hash, $2, $3, passage.vector::extensions.halfvec
from unnest($4::text[], $5::text[]) as passage (hash, vector)
order by passage.hash
on conflict (workspace_id, passage_hash, model_name) do nothing
"""

_READ_LIKENESS = """
select old.passage_hash as old_hash, new.passage_hash as new_hash,
    1 - (old.embedding operator(extensions.<=>) new.embedding) as likeness
from public.content_embeddings as old
join public.content_embeddings as new
    on new.workspace_id = old.workspace_id
    and new.model_name = old.model_name
    and new.dimensions = old.dimensions
where old.workspace_id = $1
    and old.model_name = $2
    and old.passage_hash = any ($3)
    and new.passage_hash = any ($4)
"""


def has_model(embedder: AsyncEmbedder) -> bool:
    """Say whether vectors come from a model, which costs money or time, so that they are worth keeping."""
    return not isinstance(embedder, HashingEmbedder)


async def store_missing(
    transaction: OpenTransaction, embedder: AsyncEmbedder, passages: Sequence[Passage], *, workspace_id: UUID
) -> bool:
    """Let the model embed the passages that it hasn't yet, and keep that at once, whatever becomes of the check.

    Returns False when the model can't be reached: no check waits for a provider, and search catches up later.
    """
    texts = {passage.hash: passage.text for passage in passages}
    async with transaction() as connection:
        rows = await connection.fetch(_FIND_STORED, workspace_id, embedder.name, list(texts))
    stored = {row["passage_hash"] for row in rows}
    missing = [digest for digest in texts if digest not in stored]
    if not missing:
        return True
    try:
        vectors = await embedder.embed([texts[digest] for digest in missing])
    except (Unavailable, UpstreamFailed) as error:
        logger.warning("embedding_fell_back", model=embedder.name, reason=error.message)
        return False
    async with transaction() as connection:
        await store_vectors(
            connection,
            workspace_id=workspace_id,
            model_name=embedder.name,
            vectors_by_hash=dict(zip(missing, vectors, strict=True)),
        )
    return True


async def measure_likeness(
    transaction: OpenTransaction,
    embedder: AsyncEmbedder,
    old: Sequence[Passage],
    new: Sequence[Passage],
    *,
    workspace_id: UUID,
) -> Likeness:
    """Measure how alike passages are to a model that has read them all, 0…1, by their hashes.

    Returns nothing where there are too many to measure each pair; comparison then goes by their words.
    """
    if max(len(old), len(new)) > MAX_FOR_NEAREST:
        return {}
    async with transaction() as connection:
        rows = await connection.fetch(
            _READ_LIKENESS,
            workspace_id,
            embedder.name,
            [passage.hash for passage in old],
            [passage.hash for passage in new],
        )
    return {(row["old_hash"], row["new_hash"]): min(max(float(row["likeness"]), 0.0), 1.0) for row in rows}


async def store_vectors(
    connection: asyncpg.Connection, *, workspace_id: UUID, model_name: str, vectors_by_hash: Mapping[str, Vectors]
) -> None:
    """Store the vectors of passages; those that are there stay as they are."""
    if vectors_by_hash:
        await connection.execute(
            _STORE,
            workspace_id,
            model_name,
            len(next(iter(vectors_by_hash.values()))),
            list(vectors_by_hash),
            [write_vector(vector) for vector in vectors_by_hash.values()],
        )


def write_vector(vector: Vectors) -> str:
    """Write a vector as pgvector reads it."""
    return "[" + ",".join([f"{value:.4g}" for value in vector.tolist()]) + "]"
