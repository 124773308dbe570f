"""Endpoints of the inbox, the preferences and the delivery log."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from headwater.core.database.readable import readable_list
from headwater.kit.http.caller import CallerIdentity, CallerTransaction, Now, RequestResources, WorkspaceId
from headwater.kit.http.pages import PAGED, ListPage
from headwater.kit.notify import inbox, log, preferences
from headwater.kit.notify.delivery.tools import NotifyTools
from headwater.kit.notify.events import Channel
from headwater.kit.notify.routes.schemas import (
    Delivery,
    EventKindDescription,
    MarkedRead,
    Notification,
    PreferenceChanges,
    Preferences,
    Status,
)
from headwater.kit.notify.rows import DeliveryRow, NotificationRow, PreferencesRow

notifications = APIRouter(prefix="/api/v1/notifications", tags=["notifications"])

EventKind = Annotated[str | None, Query(max_length=100, pattern=r"^[a-z_.]*$")]
EventId = Annotated[UUID | None, Query(description="The product's own id of what happened, such as an alert's.")]


@notifications.get("", response_model=readable_list(Notification), responses=PAGED)
async def list_inbox(
    caller: CallerIdentity,
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
    paging: ListPage,
    unread: bool = False,
) -> list[NotificationRow]:
    """List one's notifications, newest first. Go on with `before` = the last id."""
    found = await inbox.list_inbox(
        connection, workspace_id=workspace_id, user_id=caller.user_id, unread=unread, page=paging.page
    )
    return paging.answer(found)


@notifications.get("/event-kinds", response_model=list[EventKindDescription])
async def list_event_kinds(_: CallerIdentity, resources: RequestResources) -> list[EventKindDescription]:
    """List the kinds of events that there are, as webhooks choose them."""
    kinds = resources.get(NotifyTools).kinds.by_key.values()
    return [EventKindDescription(kind=one.key, title=one.title, severity=one.severity) for one in kinds]


@notifications.post("/read-all", response_model=MarkedRead)
async def mark_all_read(
    caller: CallerIdentity, workspace_id: WorkspaceId, connection: CallerTransaction, now: Now
) -> dict[str, int]:
    """Mark one's whole inbox as read."""
    marked = await inbox.mark_all_read(connection, workspace_id=workspace_id, user_id=caller.user_id, at=now)
    return {"marked": marked}


@notifications.post("/{notification_id}/read", response_model=Notification)
async def mark_read(notification_id: UUID, connection: CallerTransaction, now: Now) -> NotificationRow:
    """Mark one notification as read."""
    return await inbox.mark_read(connection, notification_id, at=now)


@notifications.get("/preferences", response_model=Preferences)
async def read_preferences(
    caller: CallerIdentity, workspace_id: WorkspaceId, connection: CallerTransaction
) -> dict[str, Any]:
    """Read how one is notified of what happens in the workspace."""
    found = await preferences.read_preferences(connection, workspace_id=workspace_id, user_id=caller.user_id)
    return _show_preferences(found, sign_in_address=caller.email)


@notifications.put("/preferences", response_model=Preferences)
async def save_preferences(
    body: PreferenceChanges,
    caller: CallerIdentity,
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
    now: Now,
) -> dict[str, Any]:
    """Change how one is notified. What is left out stays. Another address gets a mail that asks to confirm it."""
    saved = await preferences.save_preferences(
        connection, workspace_id=workspace_id, user_id=caller.user_id, changes=body.to_changes(), at=now
    )
    return _show_preferences(saved, sign_in_address=caller.email)


@notifications.get("/deliveries", response_model=readable_list(Delivery), responses=PAGED)
async def list_deliveries(
    workspace_id: WorkspaceId,
    connection: CallerTransaction,
    paging: ListPage,
    status: Status | None = None,
    channel: Channel | None = None,
    kind: EventKind = None,
    endpoint_id: UUID | None = None,
    event_id: EventId = None,
) -> list[DeliveryRow]:
    """List what was sent and how it fared, newest first, with each attempt. Go on with `before` = the last id."""
    found = await log.list_deliveries(
        connection,
        workspace_id=workspace_id,
        status=status,
        channel=channel,
        kind=kind,
        endpoint_id=endpoint_id,
        event_id=event_id,
        page=paging.page,
    )
    return paging.answer(found)


@notifications.get("/deliveries/{delivery_id}", response_model=Delivery)
async def read_delivery(delivery_id: UUID, connection: CallerTransaction) -> DeliveryRow:
    """Read one delivery with its attempts."""
    return await log.find_delivery(connection, delivery_id)


@notifications.post("/deliveries/{delivery_id}/replay", response_model=Delivery)
async def replay_delivery(delivery_id: UUID, connection: CallerTransaction, now: Now) -> DeliveryRow:
    """Send again what is `dead`, `uncertain` or `suppressed`, under the same Message-ID or webhook-id."""
    return await log.replay_delivery(connection, delivery_id, at=now)


def _show_preferences(found: PreferencesRow, *, sign_in_address: str) -> dict[str, Any]:
    # A token is only made for an address that the auth server trusts.
    verified = found.email_verified_at is not None if found.email else bool(sign_in_address)
    return {
        **asdict(found),
        "subscribed": found.subscribed,
        "address": found.email or sign_in_address,
        "address_verified": verified,
    }
