"""The few calls of watch's endpoints that the demo makes."""

from __future__ import annotations

import asyncio
from typing import Any

from headwater.core.errors import UpstreamFailed
from headwater.kit.demo import DemoClient

SOURCES = "/api/v1/monitored-sources"
_LONGEST_CHECK_SECONDS = 60.0
_LOOK_AGAIN_SECONDS = 0.1
_LOOKS_BEFORE_ASKING_AGAIN = 50


async def check_now(client: DemoClient, source_id: str) -> dict[str, Any]:
    """Check a source and wait for the outcome, as its history has it. Raises UpstreamFailed after a minute.

    A check that ran already may have looked too early, and one that fell into the host's pause leaves no trace in
    the history: another is asked for. Of several the first one says what was found.
    """
    checks = f"{SOURCES}/{source_id}"
    asked: set[str] = set()
    try:
        async with asyncio.timeout(_LONGEST_CHECK_SECONDS):
            while True:
                answer = await client.request("POST", f"{checks}/check")
                if not answer["already_running"]:
                    asked.add(answer["check_id"])
                for _ in range(_LOOKS_BEFORE_ASKING_AGAIN if asked else 1):
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
                    found = [
                        check for check in await client.request("GET", f"{checks}/history") if check["id"] in asked
                    ]
                    if found:
                        first: dict[str, Any] = found[-1]
                        return first
    except TimeoutError as error:
        raise UpstreamFailed("A check did not end within a minute.", code="story_failed") from error


async def find_summary(client: DemoClient, check: dict[str, Any]) -> str:
    """Return the summary of the alert that a check raised, or an empty string."""
    if check.get("alert_id") is None:
        return ""
    alerts = await client.request("GET", "/api/v1/alerts")
    return next((str(alert["summary"]) for alert in alerts if alert["id"] == check["alert_id"]), "")
