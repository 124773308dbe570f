"""Queries: what somebody wants to know about."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, status

from headwater.core.database.readable import readable_list
from headwater.kit.http.caller import CallerIdentity, CallerTransaction, RequestResources, WorkspaceId
from headwater.kit.http.pages import PAGED, ListPage
from headwater.kit.jobs import enqueue
from headwater.products.watch.discovery import queries as user_queries
from headwater.products.watch.discovery.rows import QueryRow
from headwater.products.watch.discovery.schemas import NewUserQuery, SuggestionsToWatch, UserQuery, UserQueryChanges
from headwater.products.watch.discovery.searching import watch_suggestions
from headwater.products.watch.jobs import DiscoverSources, discover_sources
from headwater.products.watch.routes.discovery import limit_discovery
from headwater.products.watch.sources.rows import SourceRow
from headwater.products.watch.sources.schemas import Source

router = APIRouter(prefix="/api/v1/user-queries", tags=["watch: queries"])


@router.get("", response_model=readable_list(UserQuery), responses=PAGED)
async def list_queries(workspace_id: WorkspaceId, connection: CallerTransaction, paging: ListPage) -> list[QueryRow]:
    """List what is being asked in the workspace, newest first."""
    found = await user_queries.list_queries(connection, workspace_id=workspace_id, page=paging.page)
    return paging.answer(found)


@router.post("", response_model=UserQuery, status_code=status.HTTP_201_CREATED)
async def add_query(
    body: NewUserQuery,
    caller: CallerIdentity,
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
    resources: RequestResources,
) -> QueryRow:
    """Say what you want to know about. Sources are discovered by a job; what is found shows up in `suggestions`."""
    await limit_discovery(resources, caller)
    query = await user_queries.add_query(
        connection,
        workspace_id=workspace_id,
        created_by=caller.user_id,
        raw_query=body.raw_query,
        hints=body.config_hints_json,
    )
    payload = DiscoverSources(user_query_id=query.id, watch=body.watch)
    await enqueue(connection, discover_sources, payload, workspace_id=workspace_id)
    return query


@router.get("/{query_id}", response_model=UserQuery)
async def read_query(query_id: UUID, connection: CallerTransaction) -> QueryRow:
    """Read a query with what was found for it."""
    return await user_queries.read_query(connection, query_id=query_id)


@router.patch("/{query_id}", response_model=UserQuery)
async def change_query(query_id: UUID, body: UserQueryChanges, connection: CallerTransaction) -> QueryRow:
    """Change what is kept with a query."""
    changes = body.model_dump(exclude_unset=True, exclude_none=True)
    return await user_queries.change_query(connection, query_id=query_id, changes=changes)


@router.delete("/{query_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_query(query_id: UUID, connection: CallerTransaction) -> None:
    """Delete a query. The sources that it led to stay."""
    await user_queries.delete_query(connection, query_id=query_id)


@router.post("/{query_id}/discover", response_model=UserQuery, status_code=status.HTTP_202_ACCEPTED)
async def discover_again(
    query_id: UUID, caller: CallerIdentity, connection: CallerTransaction, resources: RequestResources
) -> QueryRow:
    """Look for sources again."""
    await limit_discovery(resources, caller)
    query = await user_queries.change_query(connection, query_id=query_id, changes={"status": "pending", "error": None})
    payload = DiscoverSources(user_query_id=query_id, watch=False)
    await enqueue(connection, discover_sources, payload, workspace_id=query.workspace_id)
    return query


@router.post("/{query_id}/watch", response_model=readable_list(Source), status_code=status.HTTP_201_CREATED)
async def watch_found(query_id: UUID, body: SuggestionsToWatch, connection: CallerTransaction) -> list[SourceRow]:
    """Watch what was found: all of it, or the addresses named. Pages that are watched already are left out."""
    query = await user_queries.read_query(connection, query_id=query_id)
    return await watch_suggestions(connection, query=query, urls=body.urls)
