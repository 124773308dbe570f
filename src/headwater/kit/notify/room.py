"""What notifications bring to the doors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from headwater.core.resources import Resources
from headwater.kit.module import Module
from headwater.kit.notify import MailedInvitations, jobs, schedules
from headwater.kit.notify.doctor import count_contents, examine_mail
from headwater.kit.notify.overview import read_overview
from headwater.kit.notify.retention import keeps
from headwater.kit.workspaces.invitations import InvitationSender

if TYPE_CHECKING:
    from fastapi import APIRouter


def list_routers() -> Sequence[APIRouter]:
    """Return the endpoints."""
    from headwater.kit.notify.routes.routing import routers

    return routers


@asynccontextmanager
async def provide_invitations(resources: Resources) -> AsyncIterator[None]:
    """Let workspaces invite by mail."""
    resources.provide(InvitationSender, MailedInvitations(resources))  # type: ignore[type-abstract]
    yield


room = Module(
    name="notifications",
    title="Notifications",
    routers=list_routers,
    jobs=jobs,
    schedules=schedules,
    keeps=keeps,
    lifespan=provide_invitations,
    status=count_contents,
    doctor={"mail": examine_mail},
    overview=read_overview,
    service_role={
        "delivery/sweeping.py": "looks for messages that are due in every workspace; jobs of each then send them",
    },
    policy_cases="headwater.kit.notify.policy_cases:cases",
)
