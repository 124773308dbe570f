"""Webhook endpoints of a workspace: made with a secret that is shown once and rotated without a gap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.rows import list_columns
from headwater.core.errors import Conflict, NotFound
from headwater.kit.fetch import Fetcher, FetchFailed
from headwater.kit.notify.rows import EndpointRow
from headwater.kit.notify.tables import webhook_endpoints as endpoints
from headwater.kit.webhooks import SecretBox, generate_secret

MAX_ENDPOINTS = 50
OLD_SECRET_HOLDS = timedelta(hours=24)
_SHOWN = list_columns(EndpointRow, endpoints)


def seal_context(endpoint_id: UUID) -> str:
    """Return what the secrets of an endpoint are bound to."""
    return f"webhook_endpoints:{endpoint_id}"


async def list_all(connection: AsyncConnection, *, workspace_id: UUID) -> list[EndpointRow]:
    """List a workspace's endpoints, without their secrets."""
    statement = select(*_SHOWN).where(endpoints.c.workspace_id == workspace_id).order_by(endpoints.c.id)
    return [EndpointRow(**row) for row in (await connection.execute(statement)).mappings()]


async def create(
    connection: AsyncConnection,
    *,
    workspace_id: UUID,
    user_id: UUID,
    values: Mapping[str, Any],
    fetcher: Fetcher,
    secret_box: SecretBox,
) -> tuple[EndpointRow, str]:
    """Add an endpoint; returns it with its secret, which nobody can read again.

    Raises:
        BlockedAddress: the address isn't public. Conflict: there are too many.
    """
    await check_address(fetcher, str(values["url"]))
    counted = select(func.count()).where(endpoints.c.workspace_id == workspace_id)
    if (await connection.execute(counted)).scalar_one() >= MAX_ENDPOINTS:
        raise Conflict(f"A workspace has at most {MAX_ENDPOINTS} endpoints.", code="too_many_endpoints")
    endpoint_id: UUID = (await connection.execute(select(func.headwater.uuidv7()))).scalar_one()
    secret = generate_secret()
    statement = insert(endpoints).values(
        id=endpoint_id,
        workspace_id=workspace_id,
        created_by=user_id,
        secret_sealed=secret_box.seal(secret, context=seal_context(endpoint_id)),
        **values,
    )
    row = (await connection.execute(statement.returning(*_SHOWN))).mappings().one()
    return EndpointRow(**row), secret


async def change(
    connection: AsyncConnection, *, endpoint_id: UUID, values: Mapping[str, Any], fetcher: Fetcher
) -> EndpointRow:
    """Change an endpoint. One that is enabled again begins without failures. Raises NotFound, BlockedAddress."""
    if "url" in values:
        await check_address(fetcher, str(values["url"]))
    changes = dict(values)
    if changes.get("enabled"):
        changes |= {"failures": 0, "disabled_reason": None}
    elif changes.get("enabled") is False:
        changes["disabled_reason"] = "It was disabled by a member."
    if not changes:
        return await find(connection, endpoint_id=endpoint_id)
    statement = update(endpoints).where(endpoints.c.id == endpoint_id).values(**changes).returning(*_SHOWN)
    return _require((await connection.execute(statement)).mappings().first())


async def find(connection: AsyncConnection, *, endpoint_id: UUID) -> EndpointRow:
    """Find one endpoint, without its secrets. Raises NotFound."""
    statement = select(*_SHOWN).where(endpoints.c.id == endpoint_id)
    return _require((await connection.execute(statement)).mappings().first())


async def remove(connection: AsyncConnection, *, endpoint_id: UUID) -> None:
    """Delete an endpoint with its deliveries. Raises NotFound."""
    statement = delete(endpoints).where(endpoints.c.id == endpoint_id).returning(endpoints.c.id)
    if (await connection.execute(statement)).first() is None:
        raise _no_endpoint()


async def rotate_secret(
    connection: AsyncConnection, *, endpoint_id: UUID, secret_box: SecretBox, at: datetime
) -> tuple[EndpointRow, str]:
    """Make a new secret for an endpoint; for a day, messages carry two signatures. Raises NotFound."""
    secret = generate_secret()
    statement = (
        update(endpoints)
        .where(endpoints.c.id == endpoint_id)
        .values(
            # A trigger moves the old one aside: the caller may write secrets but not read them.
            previous_secret_expires_at=at + OLD_SECRET_HOLDS,
            secret_sealed=secret_box.seal(secret, context=seal_context(endpoint_id)),
        )
        .returning(*_SHOWN)
    )
    return _require((await connection.execute(statement)).mappings().first()), secret


async def check_address(fetcher: Fetcher, url: str) -> None:
    """Refuse an address that isn't public now. One that can't be resolved may come to be: it is checked at sending.

    Raises:
        BlockedAddress: the address isn't public.
    """
    try:
        await fetcher.check_public(url)
    except FetchFailed as error:
        if error.kind == "blocked_address":
            raise


def _require(row: Any) -> EndpointRow:
    if row is None:
        raise _no_endpoint()
    return EndpointRow(**row)


def _no_endpoint() -> NotFound:
    return NotFound("There is no such endpoint, or it isn't yours to change.")
