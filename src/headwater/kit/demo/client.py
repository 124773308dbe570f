"""The HTTP API as the demo's user calls it, the way any client would."""

from __future__ import annotations

from typing import Any

import aiohttp

from headwater.core.errors import UpstreamFailed

ENDPOINTS = "/api/v1/notifications/webhook-endpoints"


class DemoClient:
    """Speaks to the API as the demo's user."""

    def __init__(self, url: str, *, anon_key: str, session: aiohttp.ClientSession) -> None:
        """Take the API's address and its publishable key, which goes with every call of `/auth/v1`."""
        self._url = url.rstrip("/")
        self._session = session
        self._headers = {"apikey": anon_key}

    async def sign_in(self, email: str, password: str) -> None:
        """Sign up, or sign in where the user is there from an earlier demo."""
        credentials = {"email": email, "password": password}
        status, answer = await self.send("POST", "/auth/v1/signup", credentials)
        if status >= 400 or not answer.get("access_token"):
            answer = await self.request("POST", "/auth/v1/token?grant_type=password", credentials)
        self.use_token(answer["access_token"])

    def use_token(self, token: str) -> None:
        """Call as the user of this access token from now on."""
        self._headers["Authorization"] = f"Bearer {token}"

    async def open_endpoint(self, url: str) -> str:
        """Have events posted to a webhook receiver; returns the signing secret, a new one where the endpoint exists."""
        known = await self.request("GET", ENDPOINTS)
        found = next((endpoint for endpoint in known if endpoint["url"] == url), None)
        if found is None:
            return str((await self.request("POST", ENDPOINTS, {"url": url, "description": "Demo"}))["secret"])
        await self.request("PATCH", f"{ENDPOINTS}/{found['id']}", {"enabled": True})
        return str((await self.request("POST", f"{ENDPOINTS}/{found['id']}/rotate-secret"))["secret"])

    async def choose_channels(self) -> None:
        """Be notified of everything at once, by every channel."""
        wanted = {"channels": ["email", "webhook", "in_app"], "mode": "immediate", "severity_floor": "low"}
        await self.request("PUT", "/api/v1/notifications/preferences", wanted)

    async def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Make one call and return its JSON. Raises UpstreamFailed with the API's own message."""
        return self.accept(*await self.send(method, path, body), path=path)

    async def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Make one call; returns the status and the JSON, or the text where it is none."""
        async with self._session.request(method, f"{self._url}{path}", json=body, headers=self._headers) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else await response.text()

    def accept(self, status: int, answer: Any, *, path: str) -> Any:
        """Return the answer of a call that went well. Raises UpstreamFailed with the API's own message."""
        if status >= 400:
            said = answer.get("message") or answer.get("msg") if isinstance(answer, dict) else answer
            raise UpstreamFailed(f"{path} answered {status}: {said}", code="story_failed")
        return answer
