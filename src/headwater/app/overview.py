"""The overview: what happened since the last visit across products, and how things stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from headwater.core.database.translating import translate_error
from headwater.core.telemetry import get_logger
from headwater.kit.http.caller import CallerIdentity, CallerTransaction, Now, WorkspaceId
from headwater.kit.overview import Asked, Contribution, Section, Window
from headwater.kit.workspaces.profiles import read_profile

logger = get_logger(__name__)
_FIRST_VISIT = timedelta(days=7)


class OverviewAnswer(BaseModel):
    """What happened in a workspace, a section for each room or product that has something to tell."""

    workspace_id: UUID
    since: datetime = Field(description="From when on things count as new: the last visit, or a week ago.")
    at: datetime = Field(description="When this was read.")
    sections: list[Section]


def create_overview_router(contributions: Sequence[Contribution]) -> APIRouter:
    """Make the endpoint over everything that contributes."""
    router = APIRouter(prefix="/api/v1/overview", tags=["overview"])

    @router.get("", response_model=OverviewAnswer)
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
        sections = await _read_sections(connection, contributions, asked)
        return OverviewAnswer(workspace_id=workspace_id, since=asked.since, at=now, sections=sections)

    return router


async def _read_sections(
    connection: AsyncConnection, contributions: Sequence[Contribution], asked: Asked
) -> list[Section]:
    try:
        async with connection.begin_nested():
            return [_name(await one.read(connection, asked), one) for one in contributions]
    except Exception as error:  # noqa: BLE001 - found again, logged and told where each is read by itself
        logger.warning("the overview is read section by section", error=repr(error))
    return [await _read_section(connection, one, asked) for one in contributions]


async def _read_section(connection: AsyncConnection, contribution: Contribution, asked: Asked) -> Section:
    section = Section()
    try:
        async with connection.begin_nested():
            section = await contribution.read(connection, asked)
    except Exception as error:  # one product's trouble is that section's alone
        # Without a database, though, there is nothing to show at all.
        if connection.invalidated or not connection.in_transaction():
            raise
        translated = translate_error(error)
        logger.exception("a section of the overview could not be read", section=contribution.name)
        section = Section(problem=translated.message if translated else "This part can't be shown now.")
    return _name(section, contribution)


def _name(section: Section, contribution: Contribution) -> Section:
    return section.model_copy(update={"name": contribution.name, "title": contribution.title})
