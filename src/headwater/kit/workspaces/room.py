"""What workspaces bring to the doors, with the endpoints of the rooms beneath that need to know who is calling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import asyncpg

from headwater.kit.module import Module
from headwater.kit.workspaces.retention import schedules
from headwater.kit.workspaces.settings import WorkspaceSettings

if TYPE_CHECKING:
    from fastapi import APIRouter


def list_routers() -> Sequence[APIRouter]:
    """Return the endpoints of people and workspaces."""
    from headwater.kit.workspaces.routes.workspaces import routers

    return routers


def list_job_routers() -> Sequence[APIRouter]:
    """Return the endpoints of jobs, which act as the caller in the caller's workspace."""
    from fastapi import Depends

    from headwater.kit.jobs.routes import create_jobs_router
    from headwater.kit.workspaces.caller import choose_workspace, open_transaction

    router = create_jobs_router(
        transaction=Depends(open_transaction, scope="function"),
        workspace=Depends(choose_workspace, scope="function"),
    )
    return (router,)


async def count_contents(connection: asyncpg.Connection) -> Mapping[str, int]:
    """Count the workspaces."""
    return {"workspaces": await connection.fetchval("select count(*) from public.workspaces")}


room = Module(
    name="workspaces",
    routers=lambda: (*list_routers(), *list_job_routers()),
    schedules=schedules,
    settings=WorkspaceSettings,
    status=count_contents,
    service_role={
        "api_keys.py": "finds whom a key acts for, before anybody is known to be calling",
        "retention.py": "deletes what is too old in every workspace",
    },
    policy_cases="headwater.kit.workspaces.policy_cases:cases",
)
