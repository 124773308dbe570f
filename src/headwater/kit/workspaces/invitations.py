"""Invitations to a workspace, bound to an e-mail address. Only the hash of the token is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.rows import list_columns
from headwater.core.errors import NotFound
from headwater.kit.http.workspace import require_workspace
from headwater.kit.workspaces.rows import InvitationRow, InvitationSummaryRow
from headwater.kit.workspaces.tables import workspace_invitations

VALID_FOR = timedelta(days=7)
_READABLE = list_columns(InvitationRow, workspace_invitations)


class InvitationSender(Protocol):
    """Takes invitations to the people that they are for. The room of notifications, above this one, provides it."""

    def make_link(self, token: str) -> str:
        """Return the address under which the invitation is accepted."""
        ...

    async def send(self, connection: AsyncConnection, *, invitation: InvitationRow, token: str) -> str | None:
        """Send it when the caller's transaction commits; say why none will arrive, or None when one is on its way."""
        ...


async def invite(
    connection: AsyncConnection,
    *,
    workspace_id: UUID,
    email: str,
    role: str,
    invited_by: UUID,
    at: datetime,
) -> tuple[InvitationRow, str]:
    """Invite an address. Return the row and the token, which can't be read again.

    An open invitation of the same address is replaced, so that the newest token is the one that works.
    """
    await connection.execute(
        delete(workspace_invitations).where(
            workspace_invitations.c.workspace_id == workspace_id,
            func.lower(workspace_invitations.c.email) == email.lower(),
            workspace_invitations.c.accepted_at.is_(None),
        )
    )
    token = secrets.token_urlsafe(32)
    statement = (
        insert(workspace_invitations)
        .values(
            workspace_id=workspace_id,
            email=email,
            role=role,
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            invited_by=invited_by,
            expires_at=at + VALID_FOR,
        )
        .returning(*_READABLE)
    )
    return InvitationRow(**(await connection.execute(statement)).mappings().one()), token


async def list_invitations(connection: AsyncConnection, *, workspace_id: UUID) -> list[InvitationRow]:
    """List a workspace's invitations, newest first. Raises NotFound."""
    await require_workspace(connection, workspace_id=workspace_id)
    statement = (
        select(*_READABLE)
        .where(workspace_invitations.c.workspace_id == workspace_id)
        .order_by(workspace_invitations.c.id.desc())
    )
    return [InvitationRow(**row) for row in (await connection.execute(statement)).mappings()]


async def withdraw_invitation(connection: AsyncConnection, *, workspace_id: UUID, invitation_id: UUID) -> None:
    """Withdraw an invitation. Raises NotFound when there is none that the caller may withdraw."""
    statement = (
        delete(workspace_invitations)
        .where(workspace_invitations.c.id == invitation_id, workspace_invitations.c.workspace_id == workspace_id)
        .returning(workspace_invitations.c.id)
    )
    if (await connection.execute(statement)).first() is None:
        raise NotFound("There is no such invitation.")


async def read_invitation(connection: AsyncConnection, *, token: str) -> InvitationSummaryRow:
    """Read what an invitation is to; whoever has the token may. Raises NotFound when there is none any more."""
    found = select(
        func.headwater.read_invitation(token).table_valued(
            "workspace_name", "email", "role", "invited_by", "expires_at", "state"
        )
    )
    row = (await connection.execute(found)).mappings().first()
    if row is None:
        raise NotFound(
            "There is no such invitation any more.", hint="It was withdrawn, or a newer one was sent in its place."
        )
    return InvitationSummaryRow(**row)


async def accept_invitation(connection: AsyncConnection, *, token: str) -> UUID:
    """Join the workspace of an invitation to the caller's own address, and return its id.

    Raises:
        Forbidden: the token is unknown, used or expired, or was sent to another address.
    """
    workspace_id: UUID = (await connection.execute(select(func.public.accept_invitation(token)))).scalar_one()
    return workspace_id
