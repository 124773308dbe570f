"""What the pages of jobs have to show: the jobs that the products began."""

from __future__ import annotations

from tests.dashboard.browsing import Person
from tests.dashboard.journeys import call_api
from tests.dashboard.stack import Stack

VIEWS: dict[str, tuple[str, ...]] = {"jobs": ("state=failed",)}


async def make_world(stack: Stack, person: Person) -> dict[str, str]:
    """Choose a job that there is."""
    page = await call_api(stack.url, person, "GET", "/api/v1/jobs")
    return {"jobId": page["items"][0]["id"]}
