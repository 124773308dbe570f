"""What workspaces bring to the doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import asyncpg

from headwater.kit.module import Module
from headwater.kit.workspaces.retention import activity
from headwater.kit.workspaces.settings import WorkspaceSettings

if TYPE_CHECKING:
    from fastapi import APIRouter


def list_routers() -> Sequence[APIRouter]:
    """Return the endpoints of people and workspaces."""
    from headwater.kit.workspaces.routes.workspaces import routers

    return routers


async def count_contents(connection: asyncpg.Connection) -> Mapping[str, int]:
    """Count the workspaces."""
    return {"workspaces": await connection.fetchval("select count(*) from public.workspaces")}


room = Module(
    name="workspaces",
    routers=list_routers,
    keeps=(activity,),
    settings=WorkspaceSettings,
    status=count_contents,
    policy_cases="headwater.kit.workspaces.policy_cases:cases",
)
