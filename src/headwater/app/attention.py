"""What waits for the caller in a workspace, across products."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.app.parts import PartReader, read_parts
from headwater.kit.http.caller import CallerIdentity, CallerTransaction, WorkspaceId
from headwater.kit.overview import Attention, AttentionQuery, Contribution
from headwater.kit.overview.attention import ROLES, Role


class AttentionAnswer(BaseModel):
    """What waits for the caller, a section for each room or product that can have something waiting."""

    workspace_id: UUID
    count: int = Field(description="How many things wait in all sections.")
    sections: list[Attention]


def create_attention_router(contributions: Sequence[Contribution]) -> APIRouter:
    """Make the endpoint over everything that contributes."""
    router = APIRouter(prefix="/api/v1/attention", tags=["overview"])

    @router.get("", response_model=AttentionAnswer)
    async def read_attention(
        caller: CallerIdentity, workspace_id: WorkspaceId, connection: CallerTransaction
    ) -> AttentionAnswer:
        """Return what waits for the caller: how many things, and the most urgent, as far as they may act on them."""
        role = await _find_role(connection, workspace_id)
        query = AttentionQuery(workspace_id=workspace_id, user_id=caller.user_id, role=role)
        readers = [
            PartReader(one.name, one.title, partial(one.needs_attention, connection, query))
            for one in contributions
            if one.needs_attention
        ]
        sections = await read_parts(connection, readers, empty=Attention)
        return AttentionAnswer(workspace_id=workspace_id, count=sum(one.count for one in sections), sections=sections)

    return router


async def _find_role(connection: AsyncConnection, workspace_id: UUID) -> Role:
    """Return the highest role that the credential has in the workspace, as row-level security sees it."""
    held = (literal(workspace_id).in_(select(func.headwater.workspaces_with_role(role))) for role in ROLES)
    row = (await connection.execute(select(*held))).one()
    return [role for role, is_held in zip(ROLES, row, strict=True) if is_held][-1]
