"""From a kept query to its sources: discovers, shows what was found, and watches it where that was asked for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.clock import Clock
from headwater.core.errors import Conflict, HeadwaterError, InvalidInput
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.kit.ai import Ai
from headwater.kit.controls import SharedCache
from headwater.kit.fetch import Fetcher
from headwater.kit.fetch.urls.normalising import normalise_url
from headwater.kit.jobs import JobContext
from headwater.kit.processes import ProcessPool
from headwater.products.watch.discovery import DiscoveryClient, OnFound, SiteReader, discover
from headwater.products.watch.discovery import queries as user_queries
from headwater.products.watch.discovery.rows import QueryRow
from headwater.products.watch.discovery.schemas import Discovery, DiscoveryRequest, MonitorableUrl
from headwater.products.watch.settings import WatchSettings
from headwater.products.watch.sources import sources
from headwater.products.watch.sources.rows import SourceRow
from headwater.products.watch.sources.schemas import NewSource


async def run_discovery(
    request: DiscoveryRequest, resources: Resources, *, share: str = "", on_found: OnFound | None = None
) -> Discovery:
    """Discover by the service where one is set, in this process where none is. Raises what `discover` raises.

    Pages are read as part of what `share` may have of the pool. `on_found` hears of the best so far as it is found; the
    service tells of all of it at the end.
    """
    service_url = resources.get(WatchSettings).discovery_service_url
    if service_url:
        secret = resources.get(Settings).service_secret
        if secret is None:
            raise InvalidInput("DISCOVERY_SERVICE_URL needs SERVICE_SECRET.", code="service_secret_missing")
        client = DiscoveryClient(
            resources.get(Fetcher),
            service_url=service_url,
            secret=secret.get_secret_value(),
            clock=resources.get(Clock),  # type: ignore[type-abstract]  # the registry takes a protocol as a key
        )
        return await client.discover(request)
    return await discover(
        request,
        reader=SiteReader(resources.get(Fetcher), resources.get(ProcessPool), share),
        ai=resources.get(Ai),
        cache=resources.get(SharedCache),
        on_found=on_found,
    )


async def discover_for_query(context: JobContext, *, query_id: UUID, watch: bool) -> None:
    """Find sources for a kept query. What goes wrong with the query itself is kept with it, for its owner to read."""
    async with context.transaction() as connection:
        query = await user_queries.read_query(connection, query_id=query_id)
    await context.report_progress(0, 2, "looking for sources")
    hints = query.config_hints_json
    request = DiscoveryRequest(raw_query=query.raw_query, context=str(hints.get("context", ""))[:2000] or None)

    async def show(found: list[MonitorableUrl]) -> None:
        suggestions = [one.model_dump() for one in found]
        async with context.transaction() as connection:
            await user_queries.change_query(connection, query_id=query_id, changes={"suggestions": suggestions})

    try:
        found = await run_discovery(request, context.resources, share=str(context.workspace_id), on_found=show)
    except InvalidInput as error:
        await _keep_failure(context, query_id, error)
        await context.report_progress(2, 2, "nothing found")
        return
    except HeadwaterError as error:
        if context.is_last_attempt:
            await _keep_failure(context, query_id, error)
        raise
    # What is watched names who asked for it.
    async with context.transaction(with_members=True) as connection:
        changes: dict[str, Any] = {
            "status": "discovered",
            "error": None,
            "refined_query": found.refined_query,
            "suggestions": [one.model_dump() for one in found.monitorable_urls],
        }
        query = await user_queries.change_query(connection, query_id=query_id, changes=changes)
        if watch:
            try:
                await watch_suggestions(connection, query=query)
            except Conflict as full:
                await user_queries.change_query(connection, query_id=query_id, changes={"error": full.message})
    await context.report_progress(2, 2, f"{len(found.monitorable_urls)} found")


async def _keep_failure(context: JobContext, query_id: UUID, error: HeadwaterError) -> None:
    notified = " ".join(filter(None, [error.message, error.hint]))
    async with context.transaction() as connection:
        await user_queries.change_query(connection, query_id=query_id, changes={"status": "failed", "error": notified})


async def watch_suggestions(
    connection: AsyncConnection, *, query: QueryRow, urls: list[str] | None = None
) -> list[SourceRow]:
    """Watch the suggestions of a query, all or those of `urls`, and return the sources that are new.

    Raises:
        Conflict: `limit_reached`; those before it are watched.
    """
    added = []
    # In the order of the key: whoever watches the same pages at the same time waits, and never in a ring.
    for one in sorted(query.suggestions, key=lambda suggestion: normalise_url(suggestion["url"])):
        if urls is not None and one["url"] not in urls:
            continue
        new = NewSource(url=one["url"], kind=one["kind"], name=one["title"][:200] or None, user_query_id=query.id)
        try:
            source = await sources.add_source(
                connection,
                new,
                url=one["url"],
                workspace_id=query.workspace_id,
                created_by=query.created_by,
            )
        except Conflict as conflict:
            if conflict.code != "already_watched":
                raise
            continue
        added.append(source)
    return added
