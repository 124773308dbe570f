"""The few calls of Headwater's HTTP API that the demo's story makes, as any client would make them."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from headwater.core.errors import UpstreamFailed

ENDPOINTS = "/api/v1/notifications/webhook-endpoints"
LONGEST_CHECK_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.1
LOOKS_BEFORE_ASKING_AGAIN = 50


class StoryClient:
    """Speaks to the API as the demo's user."""

    def __init__(self, url: str, *, anon_key: str, session: aiohttp.ClientSession) -> None:
        """Take the API's address and its publishable key, which goes with every call of `/auth/v1`."""
        self._url = url.rstrip("/")
        self._session = session
        self._headers = {"apikey": anon_key}

    async def sign_in(self, email: str, password: str) -> None:
        """Sign up, or sign in where the user is there from an earlier demo."""
        credentials = {"email": email, "password": password}
        status, answer = await self._send("POST", "/auth/v1/signup", credentials)
        if status >= 400 or not answer.get("access_token"):
            answer = await self.request("POST", "/auth/v1/token?grant_type=password", credentials)
        self._headers["Authorization"] = f"Bearer {answer['access_token']}"

    async def add_source(self, source: dict[str, Any]) -> str:
        """Watch a page and give the source's id; one that is watched already is found again."""
        status, answer = await self._send("POST", "/api/v1/monitored-sources", source)
        if status != 409:
            return str(_accept(status, answer, "monitored-sources")["id"])
        return str(answer["details"]["id"])

    async def open_endpoint(self, url: str) -> str:
        """Have events posted to a webhook receiver and give the signing secret; one from an earlier demo gets a new."""
        known = await self.request("GET", ENDPOINTS)
        found = next((endpoint for endpoint in known if endpoint["url"] == url), None)
        if found is None:
            return str((await self.request("POST", ENDPOINTS, {"url": url, "description": "Demo"}))["secret"])
        await self.request("PATCH", f"{ENDPOINTS}/{found['id']}", {"enabled": True})
        return str((await self.request("POST", f"{ENDPOINTS}/{found['id']}/rotate-secret"))["secret"])

    async def choose_channels(self) -> None:
        """Be told of everything at once, by every channel."""
        wanted = {"channels": ["email", "webhook", "in_app"], "mode": "immediate", "severity_floor": "low"}
        await self.request("PUT", "/api/v1/notifications/preferences", wanted)

    async def check_now(self, source_id: str) -> dict[str, Any]:
        """Check a source and wait for the outcome, as its history tells it. Raises TimeoutError after a minute.

        A check that ran already may have looked too early, and one that fell into the host's pause leaves no trace in
        the history: another is asked for. Of several the first one tells what was found.
        """
        checks = f"/api/v1/monitored-sources/{source_id}"
        asked: set[str] = set()
        async with asyncio.timeout(LONGEST_CHECK_SECONDS):
            while True:
                answer = await self.request("POST", f"{checks}/check")
                if not answer["already_running"]:
                    asked.add(answer["check_id"])
                for _ in range(LOOKS_BEFORE_ASKING_AGAIN if asked else 1):
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
                    found = [check for check in await self.request("GET", f"{checks}/history") if check["id"] in asked]
                    if found:
                        first: dict[str, Any] = found[-1]
                        return first

    async def find_summary(self, check: dict[str, Any]) -> str:
        """Return the summary of the alert that a check raised, or an empty string."""
        if check.get("alert_id") is None:
            return ""
        alerts = await self.request("GET", "/api/v1/alerts")
        return next((str(alert["summary"]) for alert in alerts if alert["id"] == check["alert_id"]), "")

    async def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Make one call and return its JSON. Raises UpstreamFailed with the API's own message."""
        status, answer = await self._send(method, path, body)
        return _accept(status, answer, path)

    async def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        async with self._session.request(method, f"{self._url}{path}", json=body, headers=self._headers) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else await response.text()


def _accept(status: int, answer: Any, path: str) -> Any:
    if status >= 400:
        said = answer.get("message") or answer.get("msg") if isinstance(answer, dict) else answer
        raise UpstreamFailed(f"{path} answered {status}: {said}", code="story_failed")
    return answer
