"""Endpoints of people and workspaces."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, status

from headwater.core.auth import TokenVerifier
from headwater.core.clock import Clock
from headwater.core.errors import HeadwaterError
from headwater.kit.workspaces import api_keys, invitations, profiles, workspaces
from headwater.kit.workspaces.caller import CallerIdentity, CallerTransaction, RequestResources, WorkspaceId
from headwater.kit.workspaces.schemas import (
    Activity,
    ApiKey,
    Invitation,
    InvitationToken,
    Me,
    Member,
    NewApiKey,
    NewInvitation,
    Profile,
    ProfileChanges,
    RoleChange,
    TokenToVerify,
    VerifiedToken,
    Workspace,
    WorkspaceName,
)

auth = APIRouter(prefix="/api/v1/auth", tags=["auth"])
rooms = APIRouter(prefix="/api/v1/workspaces", tags=["workspaces"])
keys = APIRouter(prefix="/api/v1/api-keys", tags=["api keys"])
routers = (auth, rooms, keys)


@auth.get("/me", response_model=Me)
async def read_me(caller: CallerIdentity, connection: CallerTransaction) -> dict[str, Any]:
    """Say who is calling: the person, and the workspaces that they are in."""
    return {
        "user_id": caller.user_id,
        "email": caller.email,
        "api_key_id": caller.key_id,
        "profile": await profiles.read_profile(connection, user_id=caller.user_id),
        "workspaces": await workspaces.list_workspaces(connection, user_id=caller.user_id),
    }


@auth.post("/verify-token", response_model=VerifiedToken)
async def verify_token(body: TokenToVerify, resources: RequestResources) -> VerifiedToken:
    """Say whether an access token holds, and what it says. The answer to a bad one is `valid: false`."""
    try:
        claims = await resources.get(TokenVerifier).verify(body.token)
    except HeadwaterError as error:
        if error.status >= status.HTTP_500_INTERNAL_SERVER_ERROR:
            raise
        return VerifiedToken(valid=False, reason=error.message)
    return VerifiedToken(
        valid=True,
        user_id=claims.get("sub"),
        email=claims.get("email"),
        role=claims.get("role"),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC) if "exp" in claims else None,
    )


@auth.post("/sync-profile", response_model=Profile)
async def sync_profile(body: ProfileChanges, caller: CallerIdentity, connection: CallerTransaction) -> dict[str, Any]:
    """Change one's profile. What is left out stays as it is."""
    changes = body.model_dump(exclude_unset=True, exclude_none=True)
    return await profiles.update_profile(connection, user_id=caller.user_id, changes=changes)


@rooms.get("", response_model=list[Workspace])
async def list_workspaces(caller: CallerIdentity, connection: CallerTransaction) -> list[dict[str, Any]]:
    """List the workspaces that one is in."""
    return await workspaces.list_workspaces(connection, user_id=caller.user_id)


@rooms.post("", response_model=Workspace, status_code=status.HTTP_201_CREATED)
async def create_workspace(
    body: WorkspaceName, caller: CallerIdentity, connection: CallerTransaction
) -> dict[str, Any]:
    """Make a workspace and own it."""
    return await workspaces.create_workspace(connection, name=body.name, user_id=caller.user_id)


@rooms.patch("/{workspace_id}", response_model=Workspace)
async def rename_workspace(
    workspace_id: UUID, body: WorkspaceName, caller: CallerIdentity, connection: CallerTransaction
) -> dict[str, Any]:
    """Rename a workspace (admins)."""
    await workspaces.rename_workspace(connection, workspace_id=workspace_id, name=body.name)
    return await workspaces.read_workspace(connection, workspace_id=workspace_id, user_id=caller.user_id)


@rooms.delete("/{workspace_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_workspace(workspace_id: UUID, connection: CallerTransaction) -> None:
    """Delete a shared workspace with all that it holds (owners). It can't be undone."""
    await workspaces.delete_workspace(connection, workspace_id=workspace_id)


@rooms.get("/{workspace_id}/members", response_model=list[Member])
async def list_members(workspace_id: UUID, connection: CallerTransaction) -> list[dict[str, Any]]:
    """List a workspace's members."""
    return await workspaces.list_members(connection, workspace_id=workspace_id)


@rooms.patch("/{workspace_id}/members/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
async def change_role(workspace_id: UUID, user_id: UUID, body: RoleChange, connection: CallerTransaction) -> None:
    """Give a member another role (admins; owners for owners)."""
    await workspaces.change_role(connection, workspace_id=workspace_id, user_id=user_id, role=body.role)


@rooms.delete("/{workspace_id}/members/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_member(workspace_id: UUID, user_id: UUID, connection: CallerTransaction) -> None:
    """Take a member out (admins), or leave oneself."""
    await workspaces.remove_member(connection, workspace_id=workspace_id, user_id=user_id)


@rooms.get("/{workspace_id}/invitations", response_model=list[Invitation])
async def list_invitations(workspace_id: UUID, connection: CallerTransaction) -> list[dict[str, Any]]:
    """List a workspace's invitations (admins)."""
    return await invitations.list_invitations(connection, workspace_id=workspace_id)


@rooms.post("/{workspace_id}/invitations", response_model=Invitation, status_code=status.HTTP_201_CREATED)
async def invite(
    workspace_id: UUID,
    body: NewInvitation,
    caller: CallerIdentity,
    connection: CallerTransaction,
    resources: RequestResources,
) -> dict[str, Any]:
    """Invite an address (admins). The answer shows the token once: hand it to the person, who sends it to
    `accept-invitation` when signed in. It works for that address alone, for seven days.
    """
    row, token = await invitations.invite(
        connection,
        workspace_id=workspace_id,
        email=body.email,
        role=body.role,
        invited_by=caller.user_id,
        at=resources.get(Clock).now(),  # type: ignore[type-abstract]  # the registry takes a protocol as a key
    )
    return {**row, "token": token}


@rooms.delete("/{workspace_id}/invitations/{invitation_id}", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw_invitation(workspace_id: UUID, invitation_id: UUID, connection: CallerTransaction) -> None:
    """Withdraw an invitation (admins)."""
    await invitations.withdraw_invitation(connection, workspace_id=workspace_id, invitation_id=invitation_id)


@rooms.post("/accept-invitation", response_model=Workspace)
async def accept_invitation(
    body: InvitationToken, caller: CallerIdentity, connection: CallerTransaction
) -> dict[str, Any]:
    """Join the workspace that an invitation to one's own address is for."""
    workspace_id = await invitations.accept_invitation(connection, token=body.token)
    return await workspaces.read_workspace(connection, workspace_id=workspace_id, user_id=caller.user_id)


@rooms.get("/{workspace_id}/activity", response_model=list[Activity])
async def list_activity(
    workspace_id: UUID,
    connection: CallerTransaction,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[dict[str, Any]]:
    """List who did what in a workspace, newest first."""
    return await workspaces.list_activity(connection, workspace_id=workspace_id, before=before, limit=limit)


@keys.get("", response_model=list[ApiKey])
async def list_keys(workspace_id: WorkspaceId, connection: CallerTransaction) -> list[dict[str, Any]]:
    """List the workspace's API keys: all for admins, one's own for others."""
    return await api_keys.list_keys(connection, workspace_id=workspace_id)


@keys.post("", response_model=ApiKey, status_code=status.HTTP_201_CREATED)
async def create_key(
    body: NewApiKey, caller: CallerIdentity, workspace_id: WorkspaceId, connection: CallerTransaction
) -> dict[str, Any]:
    """Make an API key. The answer is the only place where the key itself is shown."""
    row, key = await api_keys.create_key(
        connection,
        workspace_id=workspace_id,
        created_by=caller.user_id,
        name=body.name,
        scopes=list(dict.fromkeys(body.scopes)),
        expires_at=body.expires_at,
    )
    return {**row, "key": key}


@keys.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_key(key_id: UUID, connection: CallerTransaction) -> None:
    """Revoke an API key; it is refused from the next request on."""
    await api_keys.revoke_key(connection, key_id=key_id)
