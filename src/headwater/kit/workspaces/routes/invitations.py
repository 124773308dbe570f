"""Endpoints of invitations: made and withdrawn by admins, read and accepted by whom they are for."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, status

from headwater.core.database.database import Database, Identity
from headwater.core.database.readable import readable_list
from headwater.kit.http.caller import OPEN_TO_ALL, CallerIdentity, CallerTransaction, Now, RequestResources
from headwater.kit.workspaces import invitations, workspaces
from headwater.kit.workspaces.invitations import InvitationSender
from headwater.kit.workspaces.routes.limits import limit_calls
from headwater.kit.workspaces.routes.schemas import (
    Invitation,
    InvitationSummary,
    InvitationToken,
    NewInvitation,
    Workspace,
)
from headwater.kit.workspaces.rows import InvitationRow, InvitationSummaryRow, WorkspaceRow

router = APIRouter(prefix="/api/v1/workspaces", tags=["workspaces"])


@router.get("/{workspace_id}/invitations", response_model=readable_list(Invitation))
async def list_invitations(workspace_id: UUID, connection: CallerTransaction) -> list[InvitationRow]:
    """List a workspace's invitations (admins)."""
    return await invitations.list_invitations(connection, workspace_id=workspace_id)


@router.post("/{workspace_id}/invitations", response_model=Invitation, status_code=status.HTTP_201_CREATED)
async def invite(
    workspace_id: UUID,
    body: NewInvitation,
    caller: CallerIdentity,
    connection: CallerTransaction,
    resources: RequestResources,
    now: Now,
) -> dict[str, Any]:
    """Invite an address (admins): a mail leads the person to the dashboard. The answer shows the same link once, and
    the token, which `accept-invitation` takes. Both work for that address alone, for seven days.
    """
    await limit_calls(resources, caller, what="invite", an_hour=60, at_once=30)
    row, token = await invitations.invite(
        connection,
        workspace_id=workspace_id,
        email=body.email,
        role=body.role,
        invited_by=caller.user_id,
        at=now,
    )
    sender = resources.get(InvitationSender)  # type: ignore[type-abstract]  # the registry takes a protocol as a key
    problem = await sender.send(connection, invitation=row, token=token)
    return {**asdict(row), "mail_problem": problem, "token": token, "url": sender.make_link(token)}


@router.delete("/{workspace_id}/invitations/{invitation_id}", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw_invitation(workspace_id: UUID, invitation_id: UUID, connection: CallerTransaction) -> None:
    """Withdraw an invitation (admins)."""
    await invitations.withdraw_invitation(connection, workspace_id=workspace_id, invitation_id=invitation_id)


@router.post("/read-invitation", response_model=InvitationSummary, openapi_extra=OPEN_TO_ALL)
async def read_invitation(body: InvitationToken, resources: RequestResources) -> InvitationSummaryRow:
    """Say what an invitation is to. The token is the key: one needn't be signed in."""
    async with resources.get(Database).transaction(Identity.anonymous()) as connection:
        return await invitations.read_invitation(connection, token=body.token)


@router.post("/accept-invitation", response_model=Workspace)
async def accept_invitation(
    body: InvitationToken, caller: CallerIdentity, connection: CallerTransaction
) -> WorkspaceRow:
    """Join the workspace that an invitation to one's own address is for."""
    workspace_id = await invitations.accept_invitation(connection, token=body.token)
    return await workspaces.read_workspace(connection, workspace_id=workspace_id, user_id=caller.user_id)
