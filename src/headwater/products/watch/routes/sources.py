"""Sources: the pages and feeds that are watched."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response, status

from headwater.core.database.database import Database, driver
from headwater.core.database.readable import readable_list
from headwater.core.text import KEEPABLE
from headwater.kit.ai import AsyncEmbedder
from headwater.kit.fetch import Fetcher
from headwater.kit.http.caller import (
    CallerIdentity,
    CallerTransaction,
    RequestResources,
    WorkspaceId,
    open_raw_transaction,
)
from headwater.kit.http.pages import PAGED, ListPage
from headwater.kit.processes import ProcessPool
from headwater.products.watch.checks import history, versions
from headwater.products.watch.checks.rows import CheckRow, VersionLine, VersionRow
from headwater.products.watch.checks.schemas import Check, CheckRequested, Version, VersionSummary
from headwater.products.watch.diffs import diffs, sides
from headwater.products.watch.diffs.diffs import VersionDifference
from headwater.products.watch.diffs.schemas import VersionDiff
from headwater.products.watch.requesting import RequestedCheck, request_check
from headwater.products.watch.search import searching
from headwater.products.watch.search.schemas import PagesFound
from headwater.products.watch.search.searching import PagesMatched, Question, put_question
from headwater.products.watch.sources import sources
from headwater.products.watch.sources.adding import check_new_source
from headwater.products.watch.sources.rows import SourceRow
from headwater.products.watch.sources.schemas import NewSource, Source, SourceChanges

router = APIRouter(prefix="/api/v1/monitored-sources", tags=["watch: sources"])


@router.get("", response_model=readable_list(Source), responses=PAGED)
async def list_sources(
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
    paging: ListPage,
    status: Literal["active", "paused", "error"] | None = None,
    user_query_id: UUID | None = None,
    search: Annotated[str | None, Query(max_length=200, pattern=KEEPABLE)] = None,
) -> list[SourceRow]:
    """List the workspace's sources, newest first; page on with `before`."""
    found = await sources.list_sources(
        connection,
        workspace_id=workspace_id,
        status=status,
        user_query_id=user_query_id,
        search=search,
        page=paging.page,
    )
    return paging.answer(found)


async def check_address(body: NewSource, caller: CallerIdentity, resources: RequestResources) -> str:
    """Check the new address for a caller who is known."""
    return await check_new_source(body, fetcher=resources.get(Fetcher))


@router.post("", response_model=Source, status_code=status.HTTP_201_CREATED)
async def add_source(
    body: NewSource,
    caller: CallerIdentity,
    # Resolved before the transaction is opened: a slow name server must not hold a connection.
    url: Annotated[str, Depends(check_address)],
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
) -> SourceRow:
    """Watch a page or feed. Private addresses are refused; a page that is watched already is a 409 that names it."""
    return await sources.add_source(connection, body, url=url, workspace_id=workspace_id, created_by=caller.user_id)


async def read_question(
    resources: RequestResources,
    caller: CallerIdentity,
    q: Annotated[str, Query(min_length=1, max_length=500, pattern=KEEPABLE, description="What to look for.")],
) -> Question:
    """Have the model read what a caller who is known asks."""
    return await put_question(q, embedder=resources.get(AsyncEmbedder))  # type: ignore[type-abstract]


@router.get("/search", response_model=PagesFound)
async def search_pages(
    # Resolved before the transaction is opened: a slow provider must not hold a connection.
    question: Annotated[Question, Depends(read_question)],
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> PagesMatched:
    """Find the pages that say something like `q`, each with the passage that does, the most alike first.

    With a model of embeddings it goes by meaning; without one a page must have every word of `q` ("a phrase" in
    quotes, -without what follows a minus).
    """
    matches = await searching.search_pages(await driver(connection), question, workspace_id=workspace_id, limit=limit)
    return PagesMatched(question.by, matches)


@router.get("/{source_id}", response_model=Source)
async def read_source(source_id: UUID, request: Request) -> Response:
    """Read one source."""
    # What clients ask for most goes from Postgres to the wire untouched; the model above is its documentation.
    async with open_raw_transaction(request) as connection:
        body = await sources.read_source_as_json(connection, source_id=source_id)
    return Response(body, media_type="application/json")


@router.patch("/{source_id}", response_model=Source)
async def change_source(source_id: UUID, body: SourceChanges, connection: CallerTransaction) -> SourceRow:
    """Change how a source is watched, pause it or wake it."""
    return await sources.change_source(connection, source_id=source_id, changes=body)


@router.delete("/{source_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_source(source_id: UUID, connection: CallerTransaction) -> None:
    """Stop watching. The history stays; `restore` takes it back."""
    await sources.delete_source(connection, source_id=source_id)


@router.post("/{source_id}/restore", response_model=Source)
async def restore_source(source_id: UUID, connection: CallerTransaction) -> SourceRow:
    """Take a deletion back."""
    return await sources.restore_source(connection, source_id=source_id)


@router.post("/{source_id}/check", response_model=CheckRequested, status_code=status.HTTP_202_ACCEPTED)
async def check_source(source_id: UUID, connection: CallerTransaction) -> RequestedCheck:
    """Check a source now rather than when it is due."""
    return await request_check(connection, source_id=source_id)


@router.get("/{source_id}/history", response_model=readable_list(Check), responses=PAGED)
async def list_history(
    source_id: UUID,
    connection: CallerTransaction,
    paging: ListPage,
    outcome: Annotated[list[str] | None, Query(max_length=7)] = None,
) -> list[CheckRow]:
    """List a source's checks, newest first, each with the alert that it made; `outcome` narrows them."""
    await sources.read_source(connection, source_id=source_id)
    found = await history.list_checks(connection, source_id=source_id, outcomes=outcome, page=paging.page)
    return paging.answer(found)


@router.get("/{source_id}/versions", response_model=readable_list(VersionSummary), responses=PAGED)
async def list_versions(source_id: UUID, connection: CallerTransaction, paging: ListPage) -> list[VersionLine]:
    """List the distinct versions of a source's content, newest first."""
    await sources.read_source(connection, source_id=source_id)
    return paging.answer(await versions.list_versions(connection, source_id=source_id, page=paging.page))


@router.get("/{source_id}/versions/{version_id}", response_model=Version)
async def read_version(source_id: UUID, version_id: UUID, connection: CallerTransaction) -> VersionRow:
    """Read one version of a source's content."""
    return await versions.read_content(connection, version_id=version_id, source_id=source_id)


@router.get("/{source_id}/versions/{from_id}/diff/{to_id}", response_model=VersionDiff)
async def diff_versions(
    source_id: UUID, from_id: UUID, to_id: UUID, caller: CallerIdentity, resources: RequestResources
) -> VersionDifference:
    """Compare two versions as a check would."""
    # Over before the comparison begins, which may take its time: no connection waits for it.
    async with resources.get(Database).transaction(caller.identity) as connection:
        await sources.read_source(connection, source_id=source_id)
        found = await sides.find_version_sides(connection, source_id=source_id, from_id=from_id, to_id=to_id)
    return await diffs.diff_versions(found, pool=resources.get(ProcessPool))
