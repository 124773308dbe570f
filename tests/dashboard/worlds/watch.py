"""What the pages of watch have to show: watched pages that changed, and a question that was answered."""

from __future__ import annotations

import asyncio
from typing import Any

from headwater.products.watch.demo.pages import DOCS, FEED, LAMP, PRICING, STATUS, WATCHED, Watched
from tests.dashboard.browsing import PATIENCE_SECONDS, Person
from tests.dashboard.journeys import call_api, check_source, watch_page
from tests.dashboard.stack import Stack
from tests.fixtures.waiting import wait_until

CHANGES: dict[str, tuple[str, Any]] = {
    PRICING: (PRICING, "price"),
    STATUS: (STATUS, "state"),
    FEED: ("/harbor/news", "entry"),
    LAMP: (LAMP, "state"),
    DOCS: (DOCS, "removed"),
}
VIEWS = {"watch-source": ("tab=charts", "tab=versions", "tab=settings")}


async def make_world(stack: Stack, person: Person) -> dict[str, str]:
    """Watch pages and have them change; ask a question."""
    sources = dict(zip(CHANGES, await asyncio.gather(*(_start(stack, person, one) for one in WATCHED)), strict=True))
    for path, change in CHANGES.values():
        stack.web.change(path, change)
    found = await asyncio.gather(
        *(check_source(stack.url, person, source, expect_outcome="changed") for source in sources.values())
    )
    source_id = sources[PRICING]["id"]
    newer, older = await call_api(stack.url, person, "GET", f"/api/v1/monitored-sources/{source_id}/versions")
    return {
        "sourceId": source_id,
        "alertId": found[0]["alert_id"],
        "versionId": newer["id"],
        "fromId": older["id"],
        "toId": newer["id"],
        "queryId": await _ask(stack, person),
    }


async def _start(stack: Stack, person: Person, watched: Watched) -> dict[str, Any]:
    """Watch one of the pages of the demo."""
    _, site, path = watched.page.split("/", 2)
    return await watch_page(
        stack.url, person, stack.web.host_url(site, f"/{path}"), name=watched.name, kind=watched.kind
    )


async def _ask(stack: Stack, person: Person) -> str:
    """Ask where something is to be watched, and wait for the answer; returns the question's id."""
    body = {"raw_query": f"Prices at {stack.web.host_url('acme')}"}
    asked = await call_api(stack.url, person, "POST", "/api/v1/user-queries", json=body)

    async def is_answered() -> bool:
        found = await call_api(stack.url, person, "GET", f"/api/v1/user-queries/{asked['id']}")
        return bool(found["status"] != "pending")

    await wait_until(is_answered, what="the question to be answered", seconds=PATIENCE_SECONDS)
    return str(asked["id"])
