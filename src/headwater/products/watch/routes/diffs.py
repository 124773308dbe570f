"""Differences for people to read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from headwater.core.database.database import Database
from headwater.kit.http.caller import CallerIdentity, RequestResources
from headwater.kit.processes import ProcessPool
from headwater.products.watch.diffs import diffs, sides
from headwater.products.watch.diffs.diffs import Readable
from headwater.products.watch.diffs.rows import MAX_CONTEXT
from headwater.products.watch.diffs.schemas import ReadableDiff

router = APIRouter(tags=["watch: differences"])

Context = Annotated[int, Query(ge=0, le=MAX_CONTEXT, description="Unchanged passages shown around each change.")]


@router.get("/api/v1/alerts/{alert_id}/diff", response_model=ReadableDiff)
async def read_alert_diff(
    alert_id: UUID, caller: CallerIdentity, resources: RequestResources, context: Context = 2
) -> Readable:
    """Read an alert's change row by row with the words marked that changed: side by side or in one column."""
    # Over before the comparison begins, which may take its time: no connection waits for it.
    async with resources.get(Database).transaction(caller.identity) as connection:
        found = await sides.find_alert_sides(connection, alert_id=alert_id)
    return await diffs.lay_out_alert(found, pool=resources.get(ProcessPool), context=context)


@router.get("/api/v1/monitored-sources/{source_id}/versions/{from_id}/diff/{to_id}/rows", response_model=ReadableDiff)
async def read_versions_diff(
    source_id: UUID,
    from_id: UUID,
    to_id: UUID,
    caller: CallerIdentity,
    resources: RequestResources,
    context: Context = 2,
) -> Readable:
    """Read what lies between two versions row by row with the words marked that changed."""
    async with resources.get(Database).transaction(caller.identity) as connection:
        found = await sides.find_version_sides(connection, source_id=source_id, from_id=from_id, to_id=to_id)
    return await diffs.lay_out_versions(found, pool=resources.get(ProcessPool), context=context)
