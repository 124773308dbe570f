"""The overview: what happened since the last visit across products, and how things stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from headwater.app.attention import create_attention_router
from headwater.app.parts import PartReader, read_parts
from headwater.kit.http.caller import CallerIdentity, CallerTransaction, Now, WorkspaceId
from headwater.kit.overview import Asked, Contribution, Section, Window
from headwater.kit.workspaces.profiles import read_profile

_FIRST_VISIT = timedelta(days=7)


class OverviewAnswer(BaseModel):
    """What happened in a workspace, a section for each room or product that has something to say."""

    workspace_id: UUID
    since: datetime = Field(description="From when on things count as new: the last visit, or a week ago.")
    at: datetime = Field(description="When this was read.")
    sections: list[Section]


def create_overview_router(contributions: Sequence[Contribution]) -> APIRouter:
    """Make the endpoints over everything that contributes."""
    router = APIRouter(tags=["overview"])
    router.include_router(create_attention_router(contributions))

    @router.get("/api/v1/overview", response_model=OverviewAnswer)
    async def read_overview(
        *,
        caller: CallerIdentity,
        workspace_id: WorkspaceId,
        connection: CallerTransaction,
        now: Now,
        since: Annotated[
            AwareDatetime | None, Query(description="From when on; unset = since the visit before this one.")
        ] = None,
        days: Annotated[int, Query(ge=1, le=90, description="How far back the trends go.")] = 7,
        points: Annotated[int, Query(ge=10, le=500, description="At most so many points a trend.")] = 84,
    ) -> OverviewAnswer:
        """Say what happened since the last visit, how things stand, and how they went."""
        if since is None:
            since = (await read_profile(connection, user_id=caller.user_id)).previous_visit_at
        asked = Asked(
            workspace_id=workspace_id,
            user_id=caller.user_id,
            since=since or now - _FIRST_VISIT,
            window=Window.until(now, length=timedelta(days=days), points=points),
        )
        readers = [
            PartReader(one.name, one.title, partial(one.read, connection, asked)) for one in contributions if one.read
        ]
        sections = await read_parts(connection, readers, empty=Section)
        return OverviewAnswer(workspace_id=workspace_id, since=asked.since, at=now, sections=sections)

    return router
