"""What jobs bring to the doors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from headwater.kit.jobs.overview import read_overview
from headwater.kit.module import Module

if TYPE_CHECKING:
    from fastapi import APIRouter


def list_routers() -> Sequence[APIRouter]:
    """Return the endpoints."""
    from headwater.kit.jobs.routes import router

    return (router,)


room = Module(
    name="jobs",
    title="Jobs",
    routers=list_routers,
    overview=read_overview,
    service_role={
        "workers/ages.py": "reads when schedules last ran, which belongs to no workspace",
        "workers/clock_watch.py": "puts right what a wrong clock wrote, in every workspace",
        "context.py": "a job that belongs to no workspace has no rows that a policy could give it",
        "metrics.py": "counts the jobs of every workspace",
    },
    policy_cases="headwater.kit.jobs.policy_cases:cases",
)
