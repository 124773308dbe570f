"""Alerts: the changes that matter."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from headwater.core.database.readable import readable_list
from headwater.kit.http.caller import CallerIdentity, CallerTransaction, WorkspaceId
from headwater.kit.http.pages import PAGED, ListPage
from headwater.kit.notify import Severity
from headwater.products.watch.alerts import alerts
from headwater.products.watch.alerts.rows import AlertRow
from headwater.products.watch.alerts.schemas import Alert

router = APIRouter(prefix="/api/v1/alerts", tags=["watch: alerts"])


@router.get("", response_model=readable_list(Alert), responses=PAGED)
async def list_alerts(
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
    paging: ListPage,
    source_id: UUID | None = None,
    severity_from: Annotated[Severity | None, Query(description="At least this severe.")] = None,
    acknowledged: bool | None = None,
) -> list[AlertRow]:
    """List the workspace's alerts, newest first; page on with `before`."""
    found = await alerts.list_alerts(
        connection,
        workspace_id=workspace_id,
        source_id=source_id,
        severity_from=severity_from,
        acknowledged=acknowledged,
        page=paging.page,
    )
    return paging.answer(found)


@router.get("/{alert_id}", response_model=Alert)
async def read_alert(alert_id: UUID, connection: CallerTransaction) -> AlertRow:
    """Read one alert with what changed."""
    return await alerts.read_alert(connection, alert_id=alert_id)


@router.post("/{alert_id}/acknowledge", response_model=Alert)
async def acknowledge(
    alert_id: UUID, caller: CallerIdentity, connection: CallerTransaction, undo: bool = False
) -> AlertRow:
    """Acknowledge an alert; `undo=true` reverts it."""
    return await alerts.acknowledge(connection, alert_id=alert_id, user_id=caller.user_id, acknowledged=not undo)
