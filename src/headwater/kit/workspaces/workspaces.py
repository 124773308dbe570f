"""Workspaces, their members and what happened in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.rows import list_columns
from headwater.core.errors import NotFound
from headwater.kit.http.workspace import require_workspace
from headwater.kit.pages import Page, PageRequest, read_page
from headwater.kit.workspaces.rows import ActivityRow, MemberRow, WorkspaceRow
from headwater.kit.workspaces.tables import activity_log, profiles, workspace_members, workspaces


def _workspaces_of(user_id: UUID) -> Select[Any]:
    return (
        select(*list_columns(WorkspaceRow, workspaces, role=workspace_members.c.role))
        .join(workspace_members, workspace_members.c.workspace_id == workspaces.c.id)
        .where(workspace_members.c.user_id == user_id)
        .order_by(workspaces.c.is_personal.desc(), workspaces.c.id)
    )


async def list_workspaces(connection: AsyncConnection, *, user_id: UUID) -> list[WorkspaceRow]:
    """List the workspaces that the user is in, each with the user's role, the personal one first."""
    return [WorkspaceRow(**row) for row in (await connection.execute(_workspaces_of(user_id))).mappings()]


async def read_workspace(connection: AsyncConnection, *, workspace_id: UUID, user_id: UUID) -> WorkspaceRow:
    """Read one workspace with the user's role in it. Raises NotFound."""
    statement = _workspaces_of(user_id).where(workspaces.c.id == workspace_id)
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        raise NotFound("There is no such workspace.")
    return WorkspaceRow(**row)


async def create_workspace(connection: AsyncConnection, *, name: str, user_id: UUID) -> WorkspaceRow:
    """Make a workspace that the caller owns."""
    made = select(func.public.create_workspace(name).table_valued("id").c.id)
    workspace_id: UUID = (await connection.execute(made)).scalar_one()
    return await read_workspace(connection, workspace_id=workspace_id, user_id=user_id)


async def rename_workspace(connection: AsyncConnection, *, workspace_id: UUID, name: str) -> None:
    """Rename a workspace. Raises NotFound when it isn't the caller's to rename."""
    statement = update(workspaces).where(workspaces.c.id == workspace_id).values(name=name).returning(workspaces.c.id)
    if (await connection.execute(statement)).first() is None:
        raise NotFound("There is no such workspace that you may rename.")


async def delete_workspace(connection: AsyncConnection, *, workspace_id: UUID) -> None:
    """Delete a shared workspace with all that it holds. Raises NotFound when it isn't the caller's to delete."""
    statement = delete(workspaces).where(workspaces.c.id == workspace_id).returning(workspaces.c.id)
    if (await connection.execute(statement)).first() is None:
        raise NotFound(
            "There is no such workspace that you may delete.", hint="Only owners delete, and never the personal one."
        )


async def list_members(connection: AsyncConnection, *, workspace_id: UUID) -> list[MemberRow]:
    """List the members of a workspace, those who joined first at the top. Raises NotFound."""
    await require_workspace(connection, workspace_id=workspace_id)
    of_person = {name: profiles.c[name] for name in ("email", "full_name", "avatar_url")}
    statement = (
        select(*list_columns(MemberRow, workspace_members, **of_person))
        .join(profiles, profiles.c.id == workspace_members.c.user_id)
        .where(workspace_members.c.workspace_id == workspace_id)
        .order_by(workspace_members.c.created_at, workspace_members.c.user_id)
    )
    return [MemberRow(**row) for row in (await connection.execute(statement)).mappings()]


async def change_role(connection: AsyncConnection, *, workspace_id: UUID, user_id: UUID, role: str) -> None:
    """Change the role of a member. Raises NotFound when the caller may not."""
    statement = (
        update(workspace_members)
        .where(workspace_members.c.workspace_id == workspace_id, workspace_members.c.user_id == user_id)
        .values(role=role)
        .returning(workspace_members.c.user_id)
    )
    if (await connection.execute(statement)).first() is None:
        raise NotFound("There is no such member whose role you may change.")


async def remove_member(connection: AsyncConnection, *, workspace_id: UUID, user_id: UUID) -> None:
    """Take a member out, or leave. Raises NotFound when the caller may not."""
    statement = (
        delete(workspace_members)
        .where(workspace_members.c.workspace_id == workspace_id, workspace_members.c.user_id == user_id)
        .returning(workspace_members.c.user_id)
    )
    if (await connection.execute(statement)).first() is None:
        raise NotFound("There is no such member whom you may remove.")


async def list_activity(connection: AsyncConnection, *, workspace_id: UUID, page: PageRequest) -> Page[ActivityRow]:
    """List what happened in a workspace, newest first. Raises NotFound."""
    await require_workspace(connection, workspace_id=workspace_id)
    statement = select(*list_columns(ActivityRow, activity_log)).where(activity_log.c.workspace_id == workspace_id)
    return await read_page(connection, statement, by=activity_log.c.id, page=page, row=ActivityRow)
