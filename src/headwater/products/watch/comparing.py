"""A page that was seen against what was told of it last, in the pool of processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

import asyncpg

from headwater.kit.ai import AsyncEmbedder
from headwater.kit.processes import ProcessPool
from headwater.products.watch import versions
from headwater.products.watch.judgement import Judgement, judge_change
from headwater.products.watch.judging import embed_passages
from headwater.products.watch.looking import Seen, SourceToCheck
from headwater.products.watch.reading import Failed, Postponed, work_apart
from headwater.products.watch.told import restore_told


@dataclass(frozen=True)
class Compared:
    """A page that was read, and what it comes to; `judgement` is None for the first version of a source."""

    seen: Seen
    judgement: Judgement | None
    model_name: str
    vectors: Mapping[str, versions.Vectors]


async def compare_with_told(
    source: SourceToCheck,
    seen: Seen,
    *,
    workspace_id: UUID,
    raw_transaction: Callable[[], AbstractAsyncContextManager[asyncpg.Connection]],
    pool: ProcessPool,
    embedder: AsyncEmbedder,
) -> Compared | Failed | Postponed:
    """Compare what was seen with what was told last, where anything was."""
    passages = seen.page.passages
    if source.current_content_id is None:
        model_name, vectors = await embed_passages(None, embedder, passages, workspace_id=workspace_id)
        return Compared(seen, None, model_name, vectors)
    async with raw_transaction() as connection:
        stored = await versions.read_current(connection, source.current_content_id)
        told = restore_told(stored.passages, source.told)
        in_both = {passage.hash for passage in told} & {passage.hash for passage in passages}
        touched = [one for one in (*told, *passages) if one.hash not in in_both]
        model_name, vectors = await embed_passages(connection, embedder, touched, workspace_id=workspace_id)
    compare_them = partial(
        judge_change,
        config=source.config,
        volatility=source.volatility,
        vectors=vectors,
        language=seen.page.language,
    )
    judgement = await work_apart(pool, compare_them, told, passages, share=str(workspace_id), doing="comparing")
    if isinstance(judgement, Failed):
        return replace(judgement, http_status=seen.http_status, ms=seen.ms)
    return judgement if isinstance(judgement, Postponed) else Compared(seen, judgement, model_name, vectors)
