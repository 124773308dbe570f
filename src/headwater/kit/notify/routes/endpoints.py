"""Endpoints for the workspace's webhooks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, status

from headwater.core.database.readable import readable_list
from headwater.kit.http.caller import CallerIdentity, CallerTransaction, Now, RequestResources, WorkspaceId
from headwater.kit.notify import log
from headwater.kit.notify.delivery import endpoints, pinging
from headwater.kit.notify.delivery.tools import NotifyTools
from headwater.kit.notify.routes.schemas import Delivery, Endpoint, EndpointChanges, EndpointWithSecret, NewEndpoint
from headwater.kit.notify.rows import DeliveryRow, EndpointRow

webhooks = APIRouter(prefix="/api/v1/notifications/webhook-endpoints", tags=["webhooks"])


@webhooks.get("", response_model=readable_list(Endpoint))
async def list_endpoints(workspace_id: WorkspaceId, connection: CallerTransaction) -> list[EndpointRow]:
    """List where the workspace's events are posted."""
    return await endpoints.list_all(connection, workspace_id=workspace_id)


@webhooks.post("", response_model=EndpointWithSecret, status_code=status.HTTP_201_CREATED)
async def create_endpoint(
    body: NewEndpoint,
    caller: CallerIdentity,
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
    resources: RequestResources,
) -> dict[str, Any]:
    """Add an endpoint. The answer is the only one that shows its secret; verify messages as Standard Webhooks says."""
    tools = resources.get(NotifyTools)
    row, secret = await endpoints.create(
        connection,
        workspace_id=workspace_id,
        user_id=caller.user_id,
        values=body.model_dump(),
        fetcher=tools.fetcher,
        secret_box=tools.secret_box,
    )
    return {**asdict(row), "secret": secret}


@webhooks.patch("/{endpoint_id}", response_model=Endpoint)
async def change_endpoint(
    endpoint_id: UUID, body: EndpointChanges, connection: CallerTransaction, resources: RequestResources
) -> EndpointRow:
    """Change an endpoint, or enable one that was disabled. What is left out stays."""
    changes = body.model_dump(exclude_unset=True, exclude_none=True)
    fetcher = resources.get(NotifyTools).fetcher
    return await endpoints.change(connection, endpoint_id=endpoint_id, values=changes, fetcher=fetcher)


@webhooks.delete("/{endpoint_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_endpoint(endpoint_id: UUID, connection: CallerTransaction) -> None:
    """Delete an endpoint with its deliveries."""
    await endpoints.remove(connection, endpoint_id=endpoint_id)


@webhooks.post("/{endpoint_id}/rotate-secret", response_model=EndpointWithSecret)
async def rotate_secret(
    endpoint_id: UUID, connection: CallerTransaction, resources: RequestResources, now: Now
) -> dict[str, Any]:
    """Make a new secret for an endpoint. For a day messages are signed with both, so that none is refused."""
    secret_box = resources.get(NotifyTools).secret_box
    row, secret = await endpoints.rotate_secret(connection, endpoint_id=endpoint_id, secret_box=secret_box, at=now)
    return {**asdict(row), "secret": secret}


@webhooks.post("/{endpoint_id}/ping", response_model=Delivery, status_code=status.HTTP_202_ACCEPTED)
async def ping_endpoint(endpoint_id: UUID, connection: CallerTransaction, now: Now) -> DeliveryRow:
    """Send a test message; the delivery shows what the endpoint answered."""
    delivery_id = await pinging.ping(connection, endpoint_id=endpoint_id, at=now)
    return await log.find_delivery(connection, delivery_id)
