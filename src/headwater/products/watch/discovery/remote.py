"""Discovery as a service of its own: the client, and the tokens that our services show each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt

from headwater.core.clock import Clock
from headwater.core.errors import HeadwaterError, InvalidInput, Unauthenticated, Unavailable
from headwater.kit.fetch import Fetcher
from headwater.products.watch.discovery.schemas import Discovery, DiscoveryRequest

_AUDIENCE = "headwater-discovery"
_VALID_FOR = timedelta(seconds=60)
_SECONDS = 60.0


def issue_service_token(secret: str, *, clock: Clock) -> str:
    """Make the short-lived token with which one of our services calls discovery."""
    now = clock.now()
    return jwt.encode({"aud": _AUDIENCE, "iat": now, "exp": now + _VALID_FOR}, secret, algorithm="HS256")


def verify_service_token(token: str, secret: str) -> None:
    """Check a service's token. Raises Unauthenticated."""
    try:
        jwt.decode(token, secret, algorithms=["HS256"], audience=_AUDIENCE, options={"require": ["exp", "aud"]})
    except jwt.PyJWTError:
        raise Unauthenticated("This service takes calls of the gateway only.") from None


class DiscoveryClient:
    """Asks the discovery service."""

    def __init__(self, fetcher: Fetcher, *, service_url: str, secret: str, clock: Clock) -> None:
        self._fetcher = fetcher
        self._url = f"{service_url.rstrip('/')}/discover-sources/"
        self._secret = secret
        self._clock = clock

    async def discover(self, request: DiscoveryRequest) -> Discovery:
        """Find sources. Raises what `discover` raises, and Unavailable when the service is away."""
        try:
            response = await self._fetcher.request(
                "POST",
                self._url,
                headers={
                    "Authorization": f"Bearer {issue_service_token(self._secret, clock=self._clock)}",
                    "Content-Type": "application/json",
                },
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
