"""Reads who may be notified: the members with their preferences, and the workspace's endpoints."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.readable import read_each
from headwater.kit.notify.planning.planning import Endpoint, Recipient
from headwater.kit.notify.tables import notification_preferences as preferences
from headwater.kit.notify.tables import webhook_endpoints
from headwater.kit.workspaces.tables import profiles, workspace_members


async def list_recipients(connection: AsyncConnection, *, workspace_id: UUID) -> list[Recipient]:
    """List the members of a workspace as recipients; one whose row can't be read keeps no other from being notified."""
    rows = (await connection.execute(_select_recipients(), {"in_workspace": workspace_id})).mappings()
    return read_each(rows, _read_recipient, kind="recipient", key="user_id")


async def list_endpoints(connection: AsyncConnection, *, workspace_id: UUID) -> list[Endpoint]:
    """List the enabled endpoints of a workspace."""
    rows = await connection.execute(_select_endpoints(), {"in_workspace": workspace_id})
    return read_each(rows, _read_endpoint, kind="endpoint", key="id")


# Both are asked for each group of alerts, and to write a statement down takes longer than to run it.
@cache
def _select_endpoints() -> Select[Any]:
    table = webhook_endpoints
    return (
        select(table.c.id, table.c.url, table.c.created_by, table.c.severity_floor, table.c.event_kinds)
        .where(table.c.workspace_id == bindparam("in_workspace"), table.c.enabled)
        .order_by(table.c.id)
    )


@cache
def _select_recipients() -> Select[Any]:
    workspace_id = bindparam("in_workspace", type_=Uuid())
    confirmed = func.headwater.confirmed_addresses(workspace_id).table_valued("user_id", "email").alias("confirmed")
    own = preferences.c.email
    verified = case(
        (own.is_not(None), preferences.c.email_verified_at.is_not(None)), else_=confirmed.c.email.is_not(None)
    )
    return (
        select(
            workspace_members.c.user_id,
            func.coalesce(own, confirmed.c.email, profiles.c.email, "").label("address"),
            verified.label("verified"),
            *(
                preferences.c[name]
                for name in (
                    "channels", "mode", "severity_floor", "timezone", "quiet_start", "quiet_end", "digest_hour",
                    "unsubscribed_at",
                )
            ),
        )
        .join_from(workspace_members, profiles, profiles.c.id == workspace_members.c.user_id, isouter=True)
        .join(confirmed, confirmed.c.user_id == workspace_members.c.user_id, isouter=True)
        .join(
            preferences,
            and_(
                preferences.c.workspace_id == workspace_members.c.workspace_id,
                preferences.c.user_id == workspace_members.c.user_id,
            ),
            isouter=True,
        )
        .where(workspace_members.c.workspace_id == workspace_id)
        .order_by(workspace_members.c.created_at, workspace_members.c.user_id)
    )  # fmt: skip


def _read_endpoint(row: Any) -> Endpoint:
    return Endpoint(row.id, row.url, row.created_by, row.severity_floor, frozenset(row.event_kinds))


def _read_recipient(row: Any) -> Recipient:
    return read_recipient(row, user_id=row["user_id"], address=row["address"], verified=bool(row["verified"]))


def read_recipient(row: Any, *, user_id: UUID, address: str, verified: bool) -> Recipient:
    """Read a member's preferences from a row that has the columns of their table.

    Without preferences of their own the defaults hold; the row may still know the timezone of their profile.
    """
    if row["mode"] is None:
        bare = Recipient(user_id, address, verified)
        return replace(bare, timezone=row["timezone"] or bare.timezone)
    return Recipient(
        user_id=user_id,
        address=address,
        verified=verified,
        channels=frozenset(row["channels"]),
        mode=row["mode"],
        severity_floor=row["severity_floor"],
        timezone=row["timezone"],
        quiet_start=row["quiet_start"],
        quiet_end=row["quiet_end"],
        digest_hour=row["digest_hour"],
        unsubscribed_at=row["unsubscribed_at"],
        has_chosen=True,
    )
