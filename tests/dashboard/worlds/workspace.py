"""What the pages of a workspace have to show: an API key, and an invitation that is open."""

from __future__ import annotations

from tests.dashboard.browsing import Person
from tests.dashboard.journeys import call_api
from tests.dashboard.stack import Stack

VIEWS: dict[str, tuple[str, ...]] = {}


async def make_world(stack: Stack, person: Person) -> dict[str, str]:
    """Make a key, and invite somebody to a workspace."""
    await call_api(stack.url, person, "POST", "/api/v1/api-keys", json={"name": "report", "scopes": ["read"]})
    team = await call_api(stack.url, person, "POST", "/api/v1/workspaces", json={"name": "Rivers"})
    body = {"email": f"guest-of-{person.name}@example.com", "role": "viewer"}
    path = f"/api/v1/workspaces/{team['id']}/invitations"
    invitation = await call_api(stack.url, person, "POST", path, json=body)
    return {"token": invitation["url"].rpartition("/")[2]}
