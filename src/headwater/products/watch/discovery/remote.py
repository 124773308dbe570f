"""Discovery as a service of its own: the client."""

from __future__ import annotations

from typing import Any

from headwater.core.auth import issue_service_token
from headwater.core.clock import Clock
from headwater.core.errors import HeadwaterError, InvalidInput, Unavailable
from headwater.kit.fetch import Fetcher
from headwater.products.watch.discovery.schemas import Discovery, DiscoveryRequest

AUDIENCE = "headwater-discovery"
_SECONDS = 60.0


class DiscoveryClient:
    """Asks the discovery service."""

    def __init__(self, fetcher: Fetcher, *, service_url: str, secret: str, clock: Clock) -> None:
        self._fetcher = fetcher
        self._url = f"{service_url.rstrip('/')}/discover-sources/"
        self._secret = secret
        self._clock = clock

    async def discover(self, request: DiscoveryRequest) -> Discovery:
        """Find sources. Raises what `discover` raises, and Unavailable when the service is away."""
        token = issue_service_token(self._secret, audience=AUDIENCE, clock=self._clock)
        try:
            response = await self._fetcher.request(
                "POST",
                self._url,
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
                body=request.model_dump_json().encode(),
                timeout=_SECONDS,
                trusted=True,
            )
        except HeadwaterError as error:
            raise Unavailable("Discovery can't be reached; try again shortly.") from error
        if response.ok:
            return Discovery.model_validate_json(response.body)
        body: dict[str, Any] = response.json() if response.status == InvalidInput.status else {}
        if body.get("code") in {"nothing_to_search", "nothing_found"}:
            raise InvalidInput(str(body["message"]), code=str(body["code"]), hint=body.get("hint"))
        raise Unavailable("Discovery doesn't answer as it should; try again shortly.")
