"""How a member wants to be notified: read, changed, verified, unsubscribed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.clock import read_zone
from headwater.core.database.rows import list_columns
from headwater.core.errors import InvalidInput, RateLimited
from headwater.kit.jobs import enqueue
from headwater.kit.notify.delivery.delivering import DeliveryPayload, deliver
from headwater.kit.notify.rows import PreferencesRow
from headwater.kit.notify.tables import notification_deliveries as deliveries
from headwater.kit.notify.tables import notification_preferences as preferences
from headwater.kit.signed_links import LinkClaims
from headwater.kit.workspaces.tables import profiles, workspace_members

_DEFAULTS: Mapping[str, Any] = {
    "channels": ["email", "webhook", "in_app"],
    "mode": "immediate",
    "severity_floor": "low",
    "timezone": "UTC",
    "quiet_start": None,
    "quiet_end": None,
    "digest_hour": 8,
    "email": None,
    "email_verified_at": None,
    "unsubscribed_at": None,
}
_VERIFICATIONS_AN_HOUR = 5


async def read_preferences(connection: AsyncConnection, *, workspace_id: UUID, user_id: UUID) -> PreferencesRow:
    """Read a member's preferences; the defaults, in the timezone of their profile, where they never set any."""
    statement = select(*list_columns(PreferencesRow, preferences)).where(
        preferences.c.workspace_id == workspace_id, preferences.c.user_id == user_id
    )
    row = (await connection.execute(statement)).mappings().first()
    if row is not None:
        return PreferencesRow(**row)
    zone = (await connection.execute(select(profiles.c.timezone).where(profiles.c.id == user_id))).scalar()
    defaults = {**_DEFAULTS, "timezone": zone or _DEFAULTS["timezone"]}
    return PreferencesRow(workspace_id=workspace_id, user_id=user_id, **defaults)


async def save_preferences(
    connection: AsyncConnection, *, workspace_id: UUID, user_id: UUID, changes: Mapping[str, Any], at: datetime
) -> PreferencesRow:
    """Change a member's preferences. Another address is sent a mail that asks to confirm it.

    Raises:
        InvalidInput: the time zone is unknown, or only one end of the quiet hours is set.
        RateLimited: too many addresses were tried within the hour.
    """
    before = await read_preferences(connection, workspace_id=workspace_id, user_id=user_id)
    values = {name: value for name, value in changes.items() if name in _DEFAULTS and name != "email_verified_at"}
    if "subscribed" in changes:
        values["unsubscribed_at"] = None if changes["subscribed"] else (before.unsubscribed_at or at)
    after = replace(before, **values)
    read_zone(after.timezone)
    if (after.quiet_start is None) != (after.quiet_end is None):
        raise InvalidInput("Quiet hours need a start and an end.", code="half_quiet_hours")
    if values:
        # The first change keeps the timezone that was shown until then.
        first = {"timezone": before.timezone, **values}
        statement = insert(preferences).values(workspace_id=workspace_id, user_id=user_id, **first)
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_=values)
        )
    if after.email and after.email != before.email:
        await ask_to_verify(connection, workspace_id=workspace_id, user_id=user_id, address=after.email, at=at)
    return await read_preferences(connection, workspace_id=workspace_id, user_id=user_id)


async def ask_to_verify(
    connection: AsyncConnection, *, workspace_id: UUID, user_id: UUID, address: str, at: datetime
) -> None:
    """Send the mail that asks to confirm an address, at most a few an hour. Raises RateLimited."""
    recent = select(func.count()).where(
        deliveries.c.workspace_id == workspace_id,
        deliveries.c.user_id == user_id,
        deliveries.c.purpose == "verification",
        deliveries.c.due_at > at - timedelta(hours=1),
    )
    if (await connection.execute(recent)).scalar_one() >= _VERIFICATIONS_AN_HOUR:
        raise RateLimited("Too many addresses were tried; wait an hour.", retry_after=3600)
    digest = hashlib.sha256(address.lower().encode()).hexdigest()[:16]
    statement = (
        insert(deliveries)
        .values(
            workspace_id=workspace_id,
            user_id=user_id,
            channel="email",
            purpose="verification",
            address=address,
            idempotency_key=f"verification:{user_id}:{digest}:{at:%Y%m%d%H%M}",
            status="pending",
            due_at=at,
        )
        .on_conflict_do_nothing(index_elements=["workspace_id", "idempotency_key"])
        .returning(deliveries.c.id)
    )
    delivery_id = (await connection.execute(statement)).scalar()
    # A viewer may not enqueue; the sweep finds their mail.
    works_here = select(func.headwater.workspaces_with_role("editor").column_valued("id"))
    if delivery_id is not None and workspace_id in (await connection.execute(works_here)).scalars().all():
        await enqueue(connection, deliver, DeliveryPayload(delivery_id=delivery_id), workspace_id=workspace_id)


async def confirm_address(connection: AsyncConnection, claims: LinkClaims, *, at: datetime) -> None:
    """Note that an address belongs to its member. Raises InvalidInput when it isn't wanted any more."""
    statement = (
        update(preferences)
        .where(
            preferences.c.workspace_id == claims.workspace_id,
            preferences.c.user_id == claims.user_id,
            preferences.c.email == claims.address,
        )
        .values(email_verified_at=func.coalesce(preferences.c.email_verified_at, at))
        .returning(preferences.c.user_id)
    )
    if (await connection.execute(statement)).first() is None:
        raise InvalidInput("This link isn't valid any more.", code="invalid_link")


async def unsubscribe(connection: AsyncConnection, claims: LinkClaims, *, at: datetime) -> None:
    """Send a member no more e-mail from this workspace. Doing it twice, or after leaving, is no error."""
    member = select(workspace_members.c.workspace_id, workspace_members.c.user_id).where(
        workspace_members.c.workspace_id == claims.workspace_id, workspace_members.c.user_id == claims.user_id
    )
    if (await connection.execute(member)).first() is None:
        return
    statement = insert(preferences).values(workspace_id=claims.workspace_id, user_id=claims.user_id, unsubscribed_at=at)
    kept = func.coalesce(preferences.c.unsubscribed_at, at)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_={"unsubscribed_at": kept})
    )
