"""Catching up with the model: pages whose present version has passages that it never read."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import orjson

from headwater.kit.ai import AsyncEmbedder
from headwater.products.watch.page.lines import split_passages
from headwater.products.watch.search.vectors import OpenTransaction, store_missing

_VERSIONS_AT_ONCE = 20
WORKSPACES_AT_ONCE = 200

_LIST_WORKSPACES = """
select distinct source.workspace_id
from public.monitored_sources as source
join public.scraped_contents as content on content.id = source.current_content_id
where source.status <> 'deleted'
    and content.embedded_by is distinct from $1
limit $2
"""
_LIST_VERSIONS = """
select content.id, content.content, content.passages
from public.monitored_sources as source
join public.scraped_contents as content on content.id = source.current_content_id
where source.workspace_id = $1
    and source.status <> 'deleted'
    and content.embedded_by is distinct from $2
order by content.id
limit $3
"""
_NOTE = """
update public.scraped_contents as content
set embedded_by = $2
from (
    select id
    from public.scraped_contents
    where id = any ($1)
    order by id
    for no key update
) as held
where content.id = held.id
"""


async def list_behind(connection: asyncpg.Connection, *, model_name: str) -> list[UUID]:
    """List workspaces with pages that the model hasn't read whole."""
    return [row["workspace_id"] for row in await connection.fetch(_LIST_WORKSPACES, model_name, WORKSPACES_AT_ONCE)]


async def catch_up(transaction: OpenTransaction, embedder: AsyncEmbedder, *, workspace_id: UUID) -> None:
    """Let the model read what it hasn't of a workspace's pages, until nothing is left or it can't be reached."""
    while True:
        async with transaction() as connection:
            rows = await connection.fetch(_LIST_VERSIONS, workspace_id, embedder.name, _VERSIONS_AT_ONCE)
        passages = [one for row in rows for one in split_passages(row["content"], orjson.loads(row["passages"]))]
        if not rows or not await store_missing(transaction, embedder, passages, workspace_id=workspace_id):
            return
        async with transaction() as connection:
            await connection.execute(_NOTE, [row["id"] for row in rows], embedder.name)
