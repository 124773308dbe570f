"""Endpoints of people and workspaces."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, status

from headwater.core.auth import TokenVerifier
from headwater.core.database.readable import readable_list
from headwater.core.errors import Forbidden, HeadwaterError, InvalidInput
from headwater.kit.http.caller import (
    OPEN_TO_ALL,
    CallerIdentity,
    CallerTransaction,
    Now,
    RequestResources,
    WorkspaceId,
)
from headwater.kit.http.pages import PAGED, ListPage
from headwater.kit.workspaces import api_keys, profiles, visits, workspaces
from headwater.kit.workspaces.routes.invitations import router as invitation_router
from headwater.kit.workspaces.routes.schemas import (
    AccountDeletion,
    Activity,
    ApiKey,
    Me,
    Member,
    NewApiKey,
    Profile,
    ProfileChanges,
    RoleChange,
    TokenToVerify,
    VerifiedToken,
    Visit,
    Workspace,
    WorkspaceName,
)
from headwater.kit.workspaces.rows import ActivityRow, KeyRow, MemberRow, ProfileRow, VisitRow, WorkspaceRow

auth = APIRouter(prefix="/api/v1/auth", tags=["auth"])
rooms = APIRouter(prefix="/api/v1/workspaces", tags=["workspaces"])
keys = APIRouter(prefix="/api/v1/api-keys", tags=["api keys"])
routers = (auth, rooms, invitation_router, keys)


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


@auth.post("/verify-token", response_model=VerifiedToken, openapi_extra=OPEN_TO_ALL)
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
async def sync_profile(body: ProfileChanges, caller: CallerIdentity, connection: CallerTransaction) -> ProfileRow:
    """Change one's profile. What is left out stays as it is."""
    return await profiles.update_profile(connection, user_id=caller.user_id, changes=body.to_changes())


@auth.post("/visits", response_model=Visit)
async def note_visit(caller: CallerIdentity, connection: CallerTransaction, now: Now) -> VisitRow:
    """Note that one is here, and learn when one was before. Whoever comes back within half an hour never left."""
    if caller.key_id is not None:
        raise Forbidden("Only people visit.", code="not_a_person")
    return await visits.note_visit(connection, user_id=caller.user_id, at=now)


@auth.post("/delete-account", status_code=status.HTTP_204_NO_CONTENT)
async def delete_account(body: AccountDeletion, caller: CallerIdentity, connection: CallerTransaction) -> None:
    """Delete one's account for good. Workspaces with other members pass on to whoever ranks next; others go."""
    if body.email.strip().lower() != caller.email.lower():
        raise InvalidInput("This isn't the address of your account.", code="address_differs")
    await profiles.delete_account(connection)


@rooms.get("", response_model=readable_list(Workspace))
async def list_workspaces(caller: CallerIdentity, connection: CallerTransaction) -> list[WorkspaceRow]:
    """List the workspaces that one is in."""
    return await workspaces.list_workspaces(connection, user_id=caller.user_id)


@rooms.post("", response_model=Workspace, status_code=status.HTTP_201_CREATED)
async def create_workspace(body: WorkspaceName, caller: CallerIdentity, connection: CallerTransaction) -> WorkspaceRow:
    """Make a workspace and own it."""
    return await workspaces.create_workspace(connection, name=body.name, user_id=caller.user_id)


@rooms.patch("/{workspace_id}", response_model=Workspace)
async def rename_workspace(
    workspace_id: UUID, body: WorkspaceName, caller: CallerIdentity, connection: CallerTransaction
) -> WorkspaceRow:
    """Rename a workspace (admins)."""
    await workspaces.rename_workspace(connection, workspace_id=workspace_id, name=body.name)
    return await workspaces.read_workspace(connection, workspace_id=workspace_id, user_id=caller.user_id)


@rooms.delete("/{workspace_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_workspace(workspace_id: UUID, connection: CallerTransaction) -> None:
    """Delete a shared workspace with all that it holds (owners). It can't be undone."""
    await workspaces.delete_workspace(connection, workspace_id=workspace_id)


@rooms.get("/{workspace_id}/members", response_model=readable_list(Member))
async def list_members(workspace_id: UUID, connection: CallerTransaction) -> list[MemberRow]:
    """List a workspace's members."""
    return await workspaces.list_members(connection, workspace_id=workspace_id)


@rooms.patch("/{workspace_id}/members/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
async def change_role(workspace_id: UUID, user_id: UUID, body: RoleChange, connection: CallerTransaction) -> None:
    """Change the role of a member (admins; owners for owners)."""
    await workspaces.change_role(connection, workspace_id=workspace_id, user_id=user_id, role=body.role)


@rooms.delete("/{workspace_id}/members/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_member(workspace_id: UUID, user_id: UUID, connection: CallerTransaction) -> None:
    """Take a member out (admins), or leave oneself."""
    await workspaces.remove_member(connection, workspace_id=workspace_id, user_id=user_id)


@rooms.get("/{workspace_id}/activity", response_model=readable_list(Activity), responses=PAGED)
async def list_activity(workspace_id: UUID, connection: CallerTransaction, paging: ListPage) -> list[ActivityRow]:
    """List who did what in a workspace, newest first."""
    return paging.answer(await workspaces.list_activity(connection, workspace_id=workspace_id, page=paging.page))


@keys.get("", response_model=readable_list(ApiKey))
async def list_keys(workspace_id: WorkspaceId, connection: CallerTransaction) -> list[KeyRow]:
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
    return {**asdict(row), "key": key}


@keys.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_key(key_id: UUID, connection: CallerTransaction) -> None:
    """Revoke an API key; it is refused from the next request on."""
    await api_keys.revoke_key(connection, key_id=key_id)
