"""Discovery: plain words in, pages worth watching out."""

from __future__ import annotations

from fastapi import APIRouter, Request

from headwater.core.auth import read_bearer, verify_service_token
from headwater.core.clock import Clock
from headwater.core.errors import Unauthenticated
from headwater.core.resources import Resources
from headwater.core.settings import Settings
from headwater.kit.http.caller import Caller, CallerIdentity, RequestResources
from headwater.kit.workspaces.routes.limits import limit_calls
from headwater.products.watch.discovery import AUDIENCE
from headwater.products.watch.discovery.schemas import Discovery, DiscoveryRequest
from headwater.products.watch.discovery.searching import run_discovery

router = APIRouter(tags=["watch: discovery"])
service_router = APIRouter(tags=["discovery service"])
_AN_HOUR, _AT_ONCE = 60, 30


async def limit_discovery(resources: Resources, caller: Caller) -> None:
    """Count a discovery, which asks providers and other people's sites. Raises RateLimited."""
    await limit_calls(resources, caller, what="discovery", an_hour=_AN_HOUR, at_once=_AT_ONCE)


@router.post("/api/v1/discover-sources/", response_model=Discovery)
async def discover_sources(body: DiscoveryRequest, caller: CallerIdentity, resources: RequestResources) -> Discovery:
    """Find up to five pages or feeds that show when what you care about changes. Each was fetched and is alive."""
    await limit_discovery(resources, caller)
    return await run_discovery(body, resources, share=str(caller.user_id))


@service_router.post("/discover-sources/", response_model=Discovery)
async def discover_for_gateway(body: DiscoveryRequest, request: Request, resources: RequestResources) -> Discovery:
    """Find sources on behalf of the gateway, which shows a token signed with SERVICE_SECRET."""
    secret = resources.get(Settings).service_secret
    token = read_bearer(request.headers.get("authorization"))
    if secret is None or token is None:
        raise Unauthenticated("This service takes calls of the gateway only.")
    clock = resources.get(Clock)  # type: ignore[type-abstract]  # the registry takes a protocol as a key
    await verify_service_token(token, secret.get_secret_value(), audience=AUDIENCE, clock=clock)
    return await run_discovery(body, resources)
