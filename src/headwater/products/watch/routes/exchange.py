"""Sources in and out as OPML, alerts out as a private feed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from headwater.core.database.database import Database
from headwater.core.settings import Settings
from headwater.kit.fetch import Fetcher
from headwater.kit.http.caller import (
    OPEN_TO_ALL,
    CallerIdentity,
    CallerTransaction,
    RequestResources,
    WorkspaceId,
)
from headwater.kit.processes import ProcessPool
from headwater.products.watch.alerts import alerts
from headwater.products.watch.alerts import feed as alert_feed
from headwater.products.watch.alerts.schemas import AlertFeed
from headwater.products.watch.sources import importing, sources
from headwater.products.watch.sources.outlines import read_outlines, write_outlines
from headwater.products.watch.sources.schemas import ImportResult, NewSource

router = APIRouter(tags=["watch: import and export"])
_OPML: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/x-opml": {}}, "description": "The sources as OPML 2.0."}
}
_OPML_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"text/x-opml": {"schema": {"type": "string", "format": "binary"}}}}
}
_RSS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/rss+xml": {}}, "description": "The alerts as RSS 2.0."}
}


@router.get("/api/v1/monitored-sources.opml", response_class=Response, responses=_OPML)
async def export_sources(workspace_id: WorkspaceId, connection: CallerTransaction) -> Response:
    """Export the workspace's sources as OPML, to take them to any reader."""
    document = write_outlines(await sources.list_all(connection, workspace_id=workspace_id))
    headers = {"Content-Disposition": 'attachment; filename="headwater-sources.opml"'}
    return Response(document, media_type="text/x-opml", headers=headers)


async def read_entries(
    request: Request, caller: CallerIdentity, resources: RequestResources
) -> list[tuple[NewSource, str] | str]:
    """Read the uploaded file and check its addresses. Raises TooLarge above 1 MB."""
    document = await importing.read_body(request.stream())
    listed = await resources.get(ProcessPool).run(read_outlines, document, share=str(caller.user_id))
    return await importing.check_entries(listed, fetcher=resources.get(Fetcher))


@router.post("/api/v1/monitored-sources/import", response_model=ImportResult, openapi_extra=_OPML_BODY)
async def import_sources(
    caller: CallerIdentity,
    # Resolved before the transaction is opened: neither a slow upload nor a slow name server may hold a connection.
    entries: Annotated[list[tuple[NewSource, str] | str], Depends(read_entries)],
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
) -> ImportResult:
    """Watch the outlines of an OPML file, sent as the request's body (1 MB and 2,000 outlines at most)."""
    return await importing.import_sources(connection, entries, workspace_id=workspace_id, created_by=caller.user_id)


@router.post("/api/v1/alerts/feed", response_model=AlertFeed)
async def renew_feed(
    caller: CallerIdentity, workspace_id: WorkspaceId, connection: CallerTransaction, resources: RequestResources
) -> AlertFeed:
    """Make the private address of the feed of your alerts. An earlier address stops working."""
    token = await alerts.renew_feed_token(connection, workspace_id=workspace_id, user_id=caller.user_id)
    return AlertFeed(url=f"{resources.get(Settings).resolved_public_url}/api/v1/alerts/feed.xml?token={token}")


@router.get("/api/v1/alerts/feed.xml", response_class=Response, responses=_RSS, openapi_extra=OPEN_TO_ALL)
async def read_feed(
    resources: RequestResources, token: Annotated[str, Query(min_length=20, max_length=100)]
) -> Response:
    """Read the feed of one's alerts. The token in the address is the only key."""
    settings = resources.get(Settings)
    document = await alert_feed.read_feed(resources.get(Database), token=token, public_url=settings.resolved_public_url)
    return Response(document, media_type="application/rss+xml", headers={"Cache-Control": "private, max-age=60"})
