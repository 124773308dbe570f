"""The workspace that a request acts in. Row-level security shows nobody a workspace that they aren't in."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.errors import NotFound

_PERSONAL = text(
    """
    select workspace.id
    from public.workspaces as workspace
    join public.workspace_members as member on member.workspace_id = workspace.id
    where member.user_id = :user_id
    order by (workspace.is_personal and workspace.created_by = :user_id) desc, workspace.id
    limit 1
    """
)
_ONE = text("select id from public.workspaces where id = :workspace_id")


async def find_personal_workspace(connection: AsyncConnection, *, user_id: UUID) -> UUID:
    """Return the user's personal workspace, or the oldest one that they are in.

    Raises:
        NotFound: the user is in no workspace.
    """
    found: UUID | None = (await connection.execute(_PERSONAL, {"user_id": user_id})).scalar()
    if found is None:
        raise NotFound("You are in no workspace yet.", hint="POST /api/v1/workspaces makes one.")
    return found


async def require_workspace(connection: AsyncConnection, *, workspace_id: UUID) -> None:
    """Raise NotFound unless the caller is in a workspace."""
    if (await connection.execute(_ONE, {"workspace_id": workspace_id})).first() is None:
        raise NotFound("There is no such workspace.")
